"""What is left of a sentence before it is understood, the same in training and in calls: words and digits."""

import re
import unicodedata

LONGEST = 500  # characters; 30 s of fast speech is about 450
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'"})
_NOT_WORDS = re.compile(r"[^\w']+|_+")
_LOOSE_APOSTROPHES = re.compile(r"(?<!\w)'+|'+(?!\w)")


def plain_words(text: str) -> str:
    """Return lower-case words separated by single spaces, without punctuation.

    Nothing survives that Rasa reads as a command ("/intent{...}") or that markup needs: what a caller
    says can only ever be words.
    """
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).translate(_APOSTROPHES).lower()
    words = _LOOSE_APOSTROPHES.sub(" ", _NOT_WORDS.sub(" ", folded))
    return " ".join(words.split())[:LONGEST]
