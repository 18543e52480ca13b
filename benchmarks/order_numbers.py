"""How often an order number said in free speech comes out right, after the read-back and one correction.

    python -m benchmarks.order_numbers [--json FILE]

Numbers are drawn and written the way callers say them and recognition spells them: groups, tens,
hesitations, double and triple, corrections in one breath, sound-alikes, and (one in eight) one digit heard
wrong, which the caller mends after the read-back by saying the wrong group again. There is no sound in it.
"""

import argparse
import json
import random
from pathlib import Path

from ivr.dialogue.order_form import FormState, FormStep, take_answer
from ivr.dialogue.plain_words import plain_words
from ivr.dialogue.spoken.hearing import hear_numbers

SEED = 7
NUMBERS = 2000
HEARD_WRONG = 1 / 8  # digit strings with a wrong digit; base gets 92 % of real ones right
BAR = 0.97
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ALIKE = {"2": ("to", "too"), "4": ("for", "fore"), "8": ("ate",), "0": ("oh", "o"), "1": ("won",)}
_LEADS = ("", "it's ", "um ", "the number is ", "yeah so it's ", "order number ")
_CONFUSED = {
    "5": "9",
    "9": "5",
    "1": "9",
    "4": "8",
    "0": "4",
    "8": "4",
    "6": "3",
    "3": "6",
    "2": "3",
    "7": "1",
}


def spoken(number: str, dice: random.Random) -> str:
    """Return one way to say a number, as recognition may spell it."""
    ways = (_digit_words, _figures, _grouped, _doubles, _in_tens, _hesitating, _corrected, _alike)
    return dice.choice(_LEADS) + dice.choice(ways)(number, dice)


def _digit_words(number: str, dice: random.Random) -> str:
    return dice.choice((" ", ", ")).join(_WORDS[int(digit)] for digit in number)


def _figures(number: str, dice: random.Random) -> str:
    return dice.choice(("", " ", "-", ", ")).join(number)


def _grouped(number: str, dice: random.Random) -> str:
    size = dice.choice((2, 3))
    return dice.choice((" ", ", ", "-", ". ")).join(number[at : at + size] for at in range(0, 6, size))


def _doubles(number: str, dice: random.Random) -> str:
    said, at = [], 0
    while at < len(number):
        is_double = number[at : at + 2] == number[at] * 2
        said.append(f"double {_WORDS[int(number[at])]}" if is_double else _WORDS[int(number[at])])
        at += 2 if is_double else 1
    return " ".join(said)


def _in_tens(number: str, dice: random.Random) -> str:
    return " ".join(_pair(number[at : at + 2]) for at in range(0, 6, 2))


def _pair(pair: str) -> str:
    tens, unit = int(pair[0]), int(pair[1])
    if tens < 2 or unit == 0:
        return f"{_WORDS[tens]} {_WORDS[unit]}"
    return f"{_TENS[tens]} {_WORDS[unit]}"


def _hesitating(number: str, dice: random.Random) -> str:
    words = [_WORDS[int(digit)] for digit in number]
    words.insert(dice.randrange(1, 6), dice.choice(("um", "uh", "er,", "then")))
    return " ".join(words)


def _corrected(number: str, dice: random.Random) -> str:
    at = dice.randrange(1, 6)
    wrong = _CONFUSED[number[at]]
    words = [_WORDS[int(digit)] for digit in number]
    sorry = dice.choice(("no,", "sorry,", "no wait,", "I mean"))
    return " ".join([*words[:at], _WORDS[int(wrong)], sorry, *words[at:]])


def _alike(number: str, dice: random.Random) -> str:
    words = [_WORDS[int(digit)] for digit in number]
    places = [at for at in range(1, 5) if number[at] in _ALIKE]
    if places:
        at = dice.choice(places)
        words[at] = dice.choice(_ALIKE[number[at]])
    return " ".join(words)


def heard(text: str, lengths: tuple[int, ...]) -> tuple[str, ...]:
    """Return the digit strings that reach the form, as Rasa's pattern finds them."""
    words = plain_words(hear_numbers(text, "en", lengths).text).split()
    return tuple(word for word in words if word.isdecimal())


def after_read_back(number: str, said: str, dice: random.Random) -> str | None:
    """Return the number the form ends with when the caller mends a wrong one once."""
    step = take_answer(FormState("order_number", None, None, False), "inform_number", heard(said, (6,)))
    if step.order_number in (None, number):
        return step.order_number
    wrong = next(at for at in range(6) if step.order_number[at] != number[at])
    first = min(max(0, wrong - dice.choice((0, 1))), 4)
    again = " ".join(_WORDS[int(digit)] for digit in number[first : first + 2])
    state = FormState("postcode", step.order_number, None, False)
    mended: FormStep = take_answer(state, "deny", heard(f"no, {again}", (5, 4)))
    if mended.is_reopened:  # "Sorry about that. Let's try again": the caller says all of it
        whole = " ".join(_WORDS[int(digit)] for digit in number)
        numbers = heard(whole, (6,))
        mended = take_answer(FormState("order_number", None, None, False), "inform_number", numbers)
    return mended.order_number


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", type=Path, help="write the figures here too")
    chosen = options.parse_args()
    dice = random.Random(SEED)
    at_once = after = 0
    missed: list[str] = []
    for _ in range(NUMBERS):
        number = "".join(dice.choice("0123456789") for _ in range(6))
        recognised = number
        if dice.random() < HEARD_WRONG:
            at = dice.randrange(6)
            recognised = number[:at] + _CONFUSED[number[at]] + number[at + 1 :]
        said = spoken(recognised, dice)
        at_once += number in heard(said, (6,))
        if after_read_back(number, said, dice) == number:
            after += 1
        else:
            missed.append(f"{number}: {said!r} -> {heard(said, (6,))}")
    print(f"right at once {at_once / NUMBERS:.1%}, after read-back {after / NUMBERS:.1%} (bar {BAR:.0%})")
    print("".join(f"  {line}\n" for line in missed[:20]), end="")
    if chosen.json:
        figures = {"n": NUMBERS, "at_once": at_once / NUMBERS, "after_read_back": after / NUMBERS}
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
