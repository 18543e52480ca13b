"""Which features a sentence has: words, word pairs and letter groups, hashed; a mishearing loses few."""

import re
import zlib

import numpy as np

SLOTS = 1 << 16
WORD_SLOTS = SLOTS // 2  # words and letters do not share slots
LONGEST_WORD_RUN = 3
LETTER_RUNS = (3, 4, 5)
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"['’`´]")
_DIGITS = re.compile(r"[0-9]+")


def normal(text: str) -> str:
    """Return the words alone: small letters, no punctuation, any figure as 0."""
    bare = _APOSTROPHES.sub("", text.casefold())
    return _DIGITS.sub("0", " ".join(_WORD.findall(bare)))


def features(normalised: str) -> tuple[np.ndarray, np.ndarray]:
    """Return slots (int64) and values (float32) of a normalised sentence, each half of unit length."""
    words = normalised.split()
    padded = ["<", *words, ">"]
    grams = {
        " ".join(padded[at : at + size])
        for size in range(1, LONGEST_WORD_RUN + 1)
        for at in range(len(padded) - size + 1)
    }
    letters = {
        word[at : at + size]
        for word in (f" {word} " for word in words)
        for size in LETTER_RUNS
        for at in range(len(word) - size + 1)
    }
    by_words = np.unique([zlib.crc32(gram.encode()) % WORD_SLOTS for gram in grams])
    by_letters = np.unique([WORD_SLOTS + zlib.crc32(gram.encode()) % WORD_SLOTS for gram in letters])
    slots = np.concatenate([by_words, by_letters]).astype(np.int64)
    values = np.concatenate([_unit(len(by_words)), _unit(len(by_letters))])
    return slots, values


def _unit(count: int) -> np.ndarray:
    return np.full(count, 1.0 / np.sqrt(max(count, 1)), dtype=np.float32)
