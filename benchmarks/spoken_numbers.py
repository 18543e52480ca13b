"""How callers say an order number or a code: the ways that order_numbers.py lets its voices speak."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ivr.dialogue.spoken.letter_words import LETTER_WORDS

CODE_SHAPE = "AA9999"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
_CONFUSED = dict(zip("0123456789", "4936890147", strict=True))


@dataclass(frozen=True)
class _Words:
    """One language's words. `tens` name 20 to 90, `teens` 10 to 19."""

    digits: tuple[str, ...]
    teens: tuple[str, ...]
    tens: tuple[str, ...]
    leads: tuple[str, ...]
    hesitations: tuple[str, ...]
    corrections: tuple[str, ...]
    no: str
    again: str
    double: str
    glue: str
    likened: str


WORDS: Mapping[str, _Words] = {
    "en": _Words(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
        (
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ),
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
        ("", "It's ", "Um, ", "The number is ", "Yeah, so it's ", "Order number "),
        ("um,", "uh,", "er,", "and then,"),
        ("no,", "sorry,", "no wait,", "I mean"),
        "No, ",
        "No, it's ",
        "double",
        " ",
        "as in",
    ),
    "sv": _Words(
        ("noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio"),
        ("tio", "elva", "tolv", "tretton", "fjorton", "femton", "sexton", "sjutton", "arton", "nitton"),
        ("tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio"),
        ("", "Det är ", "Öh, ", "Numret är ", "Ja, det är ", "Ordernummer "),
        ("öh,", "eh,", "sen"),
        ("nej,", "förlåt,", "nej vänta,", "jag menar"),
        "Nej, ",
        "Nej, det är ",
        "dubbel",
        "",
        "som i",
    ),
}


def number_spoken(number: str, language: str, dice: random.Random) -> str:
    """Return one way to say a number of six digits."""
    way: Callable[[str, _Words, random.Random], str] = dice.choice(
        (_one_by_one, _in_threes, _in_twos, _with_doubles, _in_tens, _hesitating, _corrected)
    )
    words = WORDS[language]
    return f"{dice.choice(words.leads)}{way(number, words, dice)}."


def number_again(number: str, language: str) -> str:
    """Return how the whole number is said again after it was read back wrong."""
    return f"{WORDS[language].again}{_in_threes(number, WORDS[language], random.Random(0))}."


def part_again(part: str, language: str) -> str:
    """Return how a wrong part is said again: "No, four eight"."""
    return f"{WORDS[language].no}{_plainly(part, WORDS[language])}."


def code_spoken(code: str, language: str, dice: random.Random, is_again: bool = False) -> str:
    """Return one way to say two letters and four digits; again, letters are spelled by the alphabet."""
    words = WORDS[language]
    alphabet: dict[str, str] = {}
    for word, letter in LETTER_WORDS[language].alphabet.items():
        if language == "en" or word not in LETTER_WORDS["en"].alphabet:
            alphabet.setdefault(letter, word)
    way = "alphabet" if is_again else dice.choice(("bare", "alphabet", "likened"))
    spelled = {
        "bare": [f"{letter}," for letter in code[:2]],
        "alphabet": [f"{alphabet[letter].capitalize()}," for letter in code[:2]],
        "likened": [f"{letter} {words.likened} {alphabet[letter].capitalize()}," for letter in code[:2]],
    }[way]
    number = dice.choice((_plainly(code[2:], words), _in_tens(code[2:], words, dice)))
    return f"{dice.choice(words.leads)}{' '.join(spelled)} {number}."


def _plainly(number: str, words: _Words) -> str:
    return " ".join(words.digits[int(digit)] for digit in number)


def _one_by_one(number: str, words: _Words, dice: random.Random) -> str:
    return dice.choice((" ", ", ")).join(words.digits[int(digit)] for digit in number)


def _in_threes(number: str, words: _Words, dice: random.Random) -> str:
    return f"{_plainly(number[:3], words)}, {_plainly(number[3:], words)}"


def _in_twos(number: str, words: _Words, dice: random.Random) -> str:
    return ", ".join(_plainly(number[at : at + 2], words) for at in range(0, len(number), 2))


def _with_doubles(number: str, words: _Words, dice: random.Random) -> str:
    said, at = [], 0
    while at < len(number):
        is_double = number[at : at + 2] == number[at] * 2
        said.append((f"{words.double} " if is_double else "") + words.digits[int(number[at])])
        at += 2 if is_double else 1
    return " ".join(said)


def _in_tens(number: str, words: _Words, dice: random.Random) -> str:
    return ", ".join(_pair(number[at : at + 2], words) for at in range(0, len(number), 2))


def _pair(pair: str, words: _Words) -> str:
    tens, unit = int(pair[0]), int(pair[1])
    if tens == 0:
        return f"{words.digits[0]} {words.digits[unit]}"
    if tens == 1:
        return words.teens[unit]
    return words.tens[tens - 2] + (f"{words.glue}{words.digits[unit]}" if unit else "")


def _hesitating(number: str, words: _Words, dice: random.Random) -> str:
    said = [words.digits[int(digit)] for digit in number]
    said.insert(dice.randrange(1, 6), dice.choice(words.hesitations))
    return " ".join(said)


def _corrected(number: str, words: _Words, dice: random.Random) -> str:
    at = dice.randrange(1, 6)
    said = [words.digits[int(digit)] for digit in number]
    wrong = words.digits[int(_CONFUSED[number[at]])]
    return " ".join([*said[:at], f"{wrong},", dice.choice(words.corrections), *said[at:]])
