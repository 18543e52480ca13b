"""Digits are heard however they are spoken, and ordinary words stay words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.spoken.hearing import hear_numbers

ORDER = (6,)
POSTCODE = (5, 4)


@pytest.mark.parametrize(
    "said",
    [
        "four seven double one nine two",
        "Four, seven, one, one, nine, two.",
        "forty-seven eleven ninety-two",
        "forty seven, eleven, ninety two",
        "four hundred seventy one, one nine two",
        "four hundred and seventy-one, one hundred and ninety-two",
        "four hundred seventy-one thousand one hundred ninety-two",
        "47 11 92",
        "471-192",
        "471,192",
        "471 192.",
        "4-7-1-1-9-2",
        "4 7 double 1 9 2",
        "four seven um one one uh nine two",
        "It's 471192.",
        "oh, it's 471192",
        "I'm calling for 471192",
        "four seven won one nine to",
        "for seven one one nine two",
        "four seven one, no, four seven one one nine two",
        "four seven double one nine three, no, two",
        "three seven, sorry, four seven double one nine two",
        "four eight, I mean four seven one one nine two",
    ],
)
def test_an_order_number_is_heard(said: str) -> None:
    assert hear_numbers(said, "en", ORDER).digits == "471192"


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("one one four five five", "11455"),
        ("114 55", "11455"),
        ("oh one five oh", "0150"),
        ("zero one fifty", "0150"),
        ("it's triple two five five", "22255"),
        ("eleven four double five", "11455"),
        ("eleven thousand four hundred and fifty-five", "11455"),
        ("90210", "90210"),
    ],
)
def test_a_postcode_is_heard(said: str, digits: str) -> None:
    assert hear_numbers(said, "en", POSTCODE).digits == digits


def test_a_number_inside_a_sentence_is_written_in_figures() -> None:
    heard = hear_numbers("Where is my order, four seven double one nine two, please?")
    assert heard.text == "Where is my order, 471192, please?"
    assert heard.digits == "471192"


@pytest.mark.parametrize(
    "said",
    [
        "I have two questions",
        "one moment please",
        "I want to talk to a person",
        "I want to speak to one person",
        "oh no",
        "what was that for",
        "give me one second, I need to find it",
        "too bad",
        "yes",
        "",
        "...",
    ],
)
@pytest.mark.parametrize("awaited", [(), ORDER, POSTCODE])
def test_ordinary_words_stay_words(said: str, awaited: tuple[int, ...]) -> None:
    heard = hear_numbers(said, "en", awaited)
    assert heard.digits is None
    assert heard.text.split() == said.replace(",", ", ").split() or heard.text == said


def test_a_refusal_before_a_number_stays_in_the_sentence() -> None:
    assert hear_numbers("No, it's four eight double one nine two", "en", POSTCODE).text == "No, it's 481192"


def test_part_of_a_number_counts_only_when_it_is_awaited() -> None:
    assert hear_numbers("four seven one", "en", ORDER).digits == "471"
    assert hear_numbers("four seven one").digits is None


def test_the_number_that_fits_is_taken_among_several() -> None:
    assert hear_numbers("order 471192, the one with 20 shirts", "en", ORDER).digits == "471192"


def test_figures_of_other_scripts_are_digits_too() -> None:
    assert hear_numbers("٤٧١١٩٢", "en", ORDER).digits == "471192"


def test_swedish_digits_are_known() -> None:
    assert hear_numbers("fyra sju ett ett nio två", "sv", ORDER).digits == "471192"
    assert hear_numbers("fyrtiosju elva nittiotvå", "sv", ORDER).digits == "471192"
    assert hear_numbers("nej, det är ett ett fyra fem fem", "sv", POSTCODE).text == "nej, det är 11455"


UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
STEMS = ["thir", "four", "fif", "six", "seven", "eigh", "nine"]
TEENS = ["ten", "eleven", "twelve", *(f"{stem}teen" for stem in STEMS)]
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def two_spoken(pair: str) -> str:
    """Say two digits as one number; pairs with a leading zero digit by digit."""
    value = int(pair)
    if value < 10:
        return f"oh {UNITS[value]}"
    if value < 20:
        return TEENS[value - 10]
    return TENS[value // 10] + (f"-{UNITS[value % 10]}" if value % 10 else "")


def three_spoken(triple: str) -> str:
    """Say three digits as a number; a leading zero digit by digit."""
    hundreds, rest = int(triple[0]), int(triple[1:])
    if hundreds == 0:
        return " ".join(UNITS[int(digit)] for digit in triple)
    head = f"{UNITS[hundreds]} hundred"
    if rest == 0:
        return head
    return f"{head} and {two_spoken(triple[1:]) if rest >= 10 else UNITS[rest]}"


def repeats_spoken(digits: str) -> str:
    """Say doubles and triples where there are any."""
    words = []
    at = 0
    while at < len(digits):
        run = 1
        while run < 3 and at + run < len(digits) and digits[at + run] == digits[at]:
            run += 1
        words.append(["", "", "double ", "triple "][run] + UNITS[int(digits[at])])
        at += run
    return " ".join(words)


def chunks(digits: str, size: int) -> list[str]:
    return [digits[at : at + size] for at in range(0, len(digits), size)]


WAYS = {
    "one by one": lambda digits: " ".join(UNITS[int(digit)] for digit in digits),
    "with commas": lambda digits: ", ".join(UNITS[int(digit)] for digit in digits),
    "hesitating": lambda digits: " um ".join(UNITS[int(digit)] for digit in digits),
    "in pairs": lambda digits: ", ".join(map(two_spoken, chunks(digits, 2))),
    "in threes": lambda digits: ", ".join(map(three_spoken, chunks(digits, 3))),
    "doubles": repeats_spoken,
    "figures in pairs": lambda digits: " ".join(chunks(digits, 2)),
    "figures with hyphens": lambda digits: "-".join(chunks(digits, 3)),
    "a sentence": lambda digits: f"Well, it's {' '.join(UNITS[int(digit)] for digit in digits)}, thank you.",
}


@given(digits=st.text("0123456789", min_size=6, max_size=6), way=st.sampled_from(sorted(WAYS)))
def test_any_order_number_spoken_in_any_way_comes_back(digits: str, way: str) -> None:
    assert hear_numbers(WAYS[way](digits), "en", ORDER).digits == digits


@given(digits=st.text("0123456789", min_size=6, max_size=6), way=st.sampled_from(sorted(WAYS)))
def test_it_comes_back_unasked_too(digits: str, way: str) -> None:
    said = WAYS[way](digits)
    if said.startswith("oh "):  # "oh" at the very start of free speech is an interjection
        return
    assert hear_numbers(f"my order is {said}").digits == digits


@given(
    wrong=st.text("0123456789", min_size=1, max_size=6),
    digits=st.text("0123456789", min_size=6, max_size=6),
    word=st.sampled_from(["no", "sorry", "I mean", "wait"]),
)
def test_a_corrected_number_replaces_what_was_said_before(wrong: str, digits: str, word: str) -> None:
    said = f"{WAYS['one by one'](wrong)}, {word}, {WAYS['one by one'](digits)}"
    assert hear_numbers(said, "en", ORDER).digits == digits


@given(st.text(max_size=200), st.sampled_from([(), ORDER, POSTCODE]), st.sampled_from(["en", "sv", "xx"]))
def test_nothing_said_can_break_it(said: str, awaited: tuple[int, ...], language: str) -> None:
    heard = hear_numbers(said, language, awaited)
    assert heard.digits is None or heard.digits.isascii()
    assert heard.digits is None or heard.digits in heard.text


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("five one eight nine, I mean one nine zero", "518190"),
        ("two six no, three one nine five two", "231952"),
        ("four seven one one nine three, no, two", "471192"),
    ],
)
def test_a_correction_in_one_breath_leaves_a_number_of_the_awaited_length(said: str, digits: str) -> None:
    assert hear_numbers(said, "en", (6,)).digits == digits
