"""The bot's words come from the responses files, with facts put the way they sound."""

from pathlib import Path

import pytest

from ivr.dialogue.spoken.dates import date_aloud
from ivr.dialogue.spoken.saying import code_aloud, digits_aloud
from ivr.dialogue.wording import Wording, WordingInvalid

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("digits", "aloud"),
    [
        ("471192", "4 7 1, 1 9 2"),
        ("11455", "1 1 4, 5 5"),
        ("0150", "0 1 5 0"),
        ("4, 7, 1, 1, 9, 2", "4 7 1, 1 9 2"),
        ("", ""),
    ],
)
def test_digits_are_read_in_threes(digits: str, aloud: str) -> None:
    assert digits_aloud(digits) == aloud


def test_codes_are_spelled() -> None:
    assert code_aloud("pn12345678se") == "P N 1, 2 3 4, 5 6 7, 8 S E"


@pytest.mark.parametrize(
    ("iso", "aloud"),
    [
        ("2026-11-24", "Tuesday the twenty-fourth of November"),
        ("2026-12-01", "Tuesday the first of December"),
        ("2026-12-30", "Wednesday the thirtieth of December"),
        ("2026-12-31", "Thursday the thirty-first of December"),
        ("2026-12-20", "Sunday the twentieth of December"),
        ("soon", "soon"),
    ],
)
def test_dates_are_read_in_words(iso: str, aloud: str) -> None:
    assert date_aloud(iso, "en") == aloud


def test_a_prompt_has_its_slots_filled() -> None:
    wording = Wording({"en": {"utter_a": "{company}: {order_number} on {delivery_date}."}}, "Nordlys")
    prompt = wording.prompt("utter_a", "en", order_number="471192", delivery_date="2026-11-24", other="x")
    assert prompt.text == "Nordlys: 4 7 1, 1 9 2 on Tuesday the twenty-fourth of November."
    assert prompt.is_personal


def test_values_are_never_read_as_braces() -> None:
    wording = Wording({"en": {"brief_wants_words": "They said: {wanted}."}}, "Nordlys")
    assert (
        wording.prompt("brief_wants_words", "en", wanted="{company} {0}").text == "They said: {company} {0}."
    )


def test_a_missing_slot_or_name_is_a_key_error() -> None:
    wording = Wording({"en": {"utter_a": "{order_number}"}}, "Nordlys")
    with pytest.raises(KeyError):
        wording.prompt("utter_a", "en")
    with pytest.raises(KeyError):
        wording.prompt("utter_b", "en")
    assert not wording.has("utter_b", "en")
    assert not wording.has("utter_a", "sv")


def test_fixed_prompts_are_those_without_slots() -> None:
    wording = Wording({"en": {"say_disclosure": "{company} here.", "utter_a": "{order_number}"}}, "Nordlys")
    assert [(prompt.id, prompt.text) for prompt in wording.fixed_prompts("en")] == [
        ("say_disclosure", "Nordlys here.")
    ]
    assert wording.fixed_prompts("sv") == []


def test_the_version_changes_with_the_words() -> None:
    one, two = (Wording({"en": {"utter_a": text}}, "Nordlys") for text in ("A.", "B."))
    assert one.version("en") != two.version("en")
    assert one.version("en") == Wording({"en": {"utter_a": "A."}}, "Nordlys").version("en")


def test_the_disclosure_alone_cannot_be_interrupted() -> None:
    wording = Wording.load(ROOT / "nlu_data", "Nordlys")
    held = [prompt.id for prompt in wording.fixed_prompts("en") if not prompt.is_interruptible]
    assert held == ["say_disclosure"]
    disclosure = wording.prompt("say_disclosure", "en").text
    assert "Nordlys" in disclosure
    assert "AI assistant, not a person" in disclosure


@pytest.mark.parametrize("content", ["", "responses: [", "responses: {utter_a: 3}", "x: y"])
def test_a_broken_file_says_which(tmp_path: Path, content: str) -> None:
    (tmp_path / "responses").mkdir()
    (tmp_path / "responses" / "en.yml").write_text(content)
    with pytest.raises(WordingInvalid, match=r"en\.yml"):
        Wording.load(tmp_path, "Nordlys")


def test_no_wording_at_all_says_where_it_should_be(tmp_path: Path) -> None:
    with pytest.raises(WordingInvalid, match="responses"):
        Wording.load(tmp_path, "Nordlys")


def test_shops_whose_order_numbers_have_letters_word_it_otherwise(tmp_path: Path) -> None:
    (tmp_path / "responses").mkdir()
    text = "responses:\n  a:\n  - text: six digits\n  a_with_letters:\n  - text: letters and digits\n"
    (tmp_path / "responses" / "en.yml").write_text(text)
    assert Wording.load(tmp_path, "Nordlys").prompt("a", "en").text == "six digits"
    lettered = Wording.load(tmp_path, "Nordlys", has_letters=True)
    assert (lettered.prompt("a", "en").id, lettered.prompt("a", "en").text) == ("a", "letters and digits")
    assert not lettered.has("a_with_letters", "en")
