"""How often an order number said in free speech comes out right: at once, and after it was read back.

    .venv/bin/python -m benchmarks.order_numbers ../shared/data [--sizes base] [--languages en sv] [--each 20]

Callers say numbers in groups, in tens, with hesitations, doubles and corrections in one breath, over 8 kHz
mu-law, half of them with noise 15 dB below the voice: single digits of real people joined (they say digits
and nothing else), and synthetic voices. What was heard goes the way it goes in a call: the transcriber with
the question on the floor, the choice between readings, the form. A number read back wrong is mended as
callers do it, by the wrong part or by all of it said again; one not understood at all is said again. Two
such tries are counted; after them the bot asks for keys, which is not counted as right.

`shop` is how many other orders exist. With `--spelling FOLDER` (Debian's asterisk-core-sounds-en-wav,
.../en_US_f_Allison) codes of letters and digits are heard from a real person too.
"""

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import report
from benchmarks.asr import own
from benchmarks.number_clips import Mouth, RecordedSpelling, heard_on_the_phone, mouths, noises
from benchmarks.spoken_numbers import (
    CODE_SHAPE,
    DIGITS,
    LETTERS,
    code_spoken,
    number_again,
    number_spoken,
    part_again,
)
from ivr.conversation.expectation import Expectation, Expecting
from ivr.dialogue.order_form import FormState, take_answer
from ivr.dialogue.plain_words import plain_words
from ivr.dialogue.spoken.codes import DIGIT, hear_code, likeliest_code
from ivr.dialogue.spoken.hearing import hear_numbers
from ivr.dialogue.spoken.readings import likeliest_words
from ivr.speech.transcriber import Transcriber, Transcription
from ivr.speech.whisper_transcriber import Window

SEED = 7
SNR_DB = 15.0
TRIES_MORE = 2
NUMBER = Expectation(Expecting.DIGITS, "order_number", 6)
CODE = Expectation(Expecting.DIGITS, "order_number", CODE_SHAPE.count(DIGIT), CODE_SHAPE)
POSTCODE = Expectation(Expecting.DIGITS, "postcode", 5)
_DENIALS = ("no", "nej")


class Line:
    """One transcriber at the end of a phone line with noise on it."""

    def __init__(self, hear: Transcriber, noise: Sequence[np.ndarray], dice: random.Random) -> None:
        self._hear = hear
        self._noise = noise
        self.dice = dice

    def hears(self, mouth: Mouth, words: str, expects: Expectation) -> Transcription:
        """Let somebody say something, with noise every other time."""
        is_noisy = bool(self._noise) and self.dice.random() < 0.5
        noise = self.dice.choice(self._noise) if is_noisy else None
        audio = heard_on_the_phone(mouth.say(words, self.dice), noise, SNR_DB)
        return self._hear.transcribe(audio.astype(np.float32), mouth.language, expects)


def number_call(line: Line, mouth: Mouth, number: str, orders: set[str]) -> str:
    """Hold the part of a call that is about the number; return when it was right, "never" if it was not."""
    said = (
        number_spoken(number, mouth.language, line.dice) if mouth.can_speak else _grouped(number, line.dice)
    )
    heard = line.hears(mouth, said, NUMBER)
    at_first = digits_in(heard.text, mouth.language, (6,))
    is_greedy_right = bool(at_first) and at_first[-1] == number
    state = FormState("order_number", None, None, False)
    for tries in range(1 + TRIES_MORE):
        if tries:
            heard = _said_again(line, mouth, number, state)
        is_open = state.order_number is None
        words = heard.text
        if is_open:
            words = likeliest_words((words, *heard.readings), mouth.language, (6,), orders.__contains__)
        numbers = () if heard.doubt else digits_in(words, mouth.language, (6,) if is_open else (5, 4))
        intent = "deny" if plain_words(words).startswith(_DENIALS) else "inform_number"
        step = take_answer(state, intent, numbers)
        if step.order_number == number and (step.is_number_new or is_open):
            return ("greedy" if is_greedy_right else "at_once") if tries == 0 else f"after_{tries}"
        asked = "order_number" if step.order_number is None else "postcode"
        state = FormState(asked, step.order_number, step.first_digits, False)
    return "never"


def _said_again(line: Line, mouth: Mouth, number: str, state: FormState) -> Transcription:
    """Say it again: the rest of half a number, a part that was read back wrong, or all of it."""
    if state.order_number is None:
        rest = (
            number[len(state.first_digits or "") :]
            if number.startswith(state.first_digits or "-")
            else number
        )
        return line.hears(mouth, _plain(mouth, rest), NUMBER)
    wrong = [at for at in range(6) if state.order_number[at] != number[at]]
    is_part = mouth.can_speak and len(wrong) == 1 and line.dice.random() < 0.5
    if not is_part:
        return line.hears(
            mouth, number_again(number, mouth.language) if mouth.can_speak else number, POSTCODE
        )
    first = min(max(0, wrong[0] - line.dice.randrange(2)), 4)
    return line.hears(mouth, part_again(number[first : first + 2], mouth.language), POSTCODE)


def _plain(mouth: Mouth, digits: str) -> str:
    return part_again(digits, mouth.language).split(", ", 1)[1] if mouth.can_speak else digits


def _grouped(number: str, dice: random.Random) -> str:
    size = dice.choice((2, 3, 6))
    return " ".join(number[at : at + size] for at in range(0, 6, size))


def code_call(line: Line, mouth: Mouth, code: str, codes: set[str]) -> str:
    """Say a code of letters and digits, up to twice more by the spelling alphabet."""
    for tries in range(1 + TRIES_MORE):
        if mouth.can_speak:
            said = code_spoken(code, mouth.language, line.dice, is_again=tries > 0)
        else:
            is_alphabet = tries > 0 or line.dice.random() < 0.5
            said = f"{code[:2] if is_alphabet else code[:2].lower()} {code[2:]}"
        heard = line.hears(mouth, said, CODE)
        by_itself = hear_code(heard.text, CODE_SHAPE, mouth.language)
        readings = (heard.text, *heard.readings)
        found = likeliest_code(readings, CODE_SHAPE, mouth.language, codes.__contains__)
        if found == code and not heard.doubt:
            return ("greedy" if by_itself == code else "at_once") if tries == 0 else f"after_{tries}"
    return "never"


def digits_in(text: str, language: str, lengths: tuple[int, ...]) -> tuple[str, ...]:
    """Return the digit strings that reach the form, as Rasa's pattern finds them."""
    words = plain_words(hear_numbers(text, language, lengths).text).split()
    return tuple(word for word in words if word.isdecimal())


def figures(counts: Counter[str]) -> dict[str, Any]:
    """Return shares: of the first text alone, with readings and orders, after one and two corrections."""
    n = counts.total()
    share, found = 0, {}
    for name in ("greedy", "at_once", "after_1", "after_2"):
        share += counts[name]
        found[name] = round(share / n, 3)
    return {"n": n, **found}


def main() -> None:
    """Measure, print, save."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with speech/ and noise/")
    parser.add_argument("--models", type=Path, default=Path("var/models"))
    parser.add_argument("--sizes", nargs="+", default=["base"])
    parser.add_argument("--languages", nargs="+", default=["en", "sv"])
    parser.add_argument("--each", type=int, default=20, help="numbers, and codes, of each voice")
    parser.add_argument("--shop", type=int, default=10_000)
    parser.add_argument("--spelling", type=Path)
    parser.add_argument("--voices", nargs="+", help="only those whose name begins so")
    parser.add_argument("--kinds", nargs="+", default=["numbers", "codes"])
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    machine = report.machine()
    rows: dict[str, Any] = report.load("order_numbers").get("rows", {})
    for size in chosen.sizes:
        hear = own(Window.REMEMBERED_SILENCE)(chosen.models, size, chosen.threads)
        for language in chosen.languages:
            callers = mouths(chosen.data / "speech", language)
            if chosen.spelling and language == "en":
                callers.append(RecordedSpelling(chosen.spelling))
            for mouth in callers:
                if chosen.voices and not mouth.name.startswith(tuple(chosen.voices)):
                    continue
                line = Line(hear, noises(chosen.data / "noise/wav"), random.Random(f"{SEED} {mouth.name}"))
                made: dict[str, Counter[str]] = {}
                if "numbers" in chosen.kinds:
                    made["numbers"] = _numbers(line, mouth, chosen.each, chosen.shop)
                if "codes" in chosen.kinds and (mouth.can_speak or isinstance(mouth, RecordedSpelling)):
                    made["codes"] = _codes(line, mouth, chosen.each, chosen.shop)
                for kind, counts in made.items():
                    rows[f"{size}, {language}, {mouth.name}, {kind}"] = figures(counts)
                report.save("order_numbers", {"machine": machine, "shop": chosen.shop, "rows": rows})
    columns = ("n", "greedy", "at_once", "after_1", "after_2")
    lines = [(name, *(row[column] for column in columns)) for name, row in rows.items()]
    print(report.table(("who, what", "n", "first text", "chosen", "after one", "after two"), lines))


def _numbers(line: Line, mouth: Mouth, each: int, shop: int) -> Counter[str]:
    orders = {"".join(line.dice.choices(DIGITS, k=6)) for _ in range(shop)}
    mine = sorted(orders)[:: max(1, len(orders) // each)][:each]
    return Counter(number_call(line, mouth, number, orders) for number in mine)


def _codes(line: Line, mouth: Mouth, each: int, shop: int) -> Counter[str]:
    codes = {"".join(line.dice.choices(LETTERS, k=2) + line.dice.choices(DIGITS, k=4)) for _ in range(shop)}
    mine = sorted(codes)[:: max(1, len(codes) // each)][:each]
    return Counter(code_call(line, mouth, code, codes) for code in mine)


if __name__ == "__main__":
    main()
