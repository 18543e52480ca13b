"""Words and figures of a text with their places; what the searches for names and numbers walk over. Pure."""

import re
from dataclasses import dataclass

_WHOLE = re.compile(r"\d+|[^\W\d_]+(?:['’-][^\W\d_]+)*|[^\w\s]|_")
_PARTS = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]|_")
_SENTENCE_ENDS = frozenset('.!?…:\n"“”»«')


@dataclass(frozen=True)
class Token:
    """A word, a run of figures or one sign, at characters `start` to `end`."""

    text: str
    start: int
    end: int
    is_first: bool  # of a sentence, so its capital letter says nothing

    @property
    def word(self) -> str:
        """Return the text in small letters."""
        return self.text.lower()

    @property
    def is_word(self) -> bool:
        """Say whether it is made of letters."""
        return self.text[0].isalpha()

    @property
    def is_capitalised(self) -> bool:
        """Say whether it is written as names are."""
        return self.text[0].isupper()


def tokens(text: str, is_hyphen_kept: bool = True) -> list[Token]:
    """Return the text's tokens in order; "Anna-Karin" is one, or three when hyphens are not kept."""
    pattern = _WHOLE if is_hyphen_kept else _PARTS
    found: list[Token] = []
    is_first = True
    for match in pattern.finditer(text):
        found.append(Token(match.group(), match.start(), match.end(), is_first))
        is_first = match.group() in _SENTENCE_ENDS
    return found
