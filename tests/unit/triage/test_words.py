"""The word classifier: lines with alternatives, the same model every time, nothing in odd input."""

from pathlib import Path

import numpy as np
import pytest

from ivr.triage.features import SLOTS, normal, windows
from ivr.triage.lines import ANY_REASON, LABELS, Line, check_lines, misheard, read_lines, variants_of
from ivr.triage.training import fit
from ivr.triage.word_reader import NoWordReader, TrainedWordReader, WordsModelMissing, open_reader

NLU_DATA = Path(__file__).resolve().parents[3] / "nlu_data"
ASKS = ("agent please", "a person please", "let me speak to a person")
OTHER = ("where is my order", "thanks bye", "yes")
FEW = [
    *(Line(words, frozenset({"asked_for_person"}), at) for at, words in enumerate(ASKS)),
    *(Line(words, frozenset(), 10 + at) for at, words in enumerate(OTHER)),
]


@pytest.fixture(scope="module")
def reader() -> TrainedWordReader:
    return fit(FEW, "few", ("asked_for_person",))


def test_it_tells_a_request_for_a_person_from_another(reader: TrainedWordReader) -> None:
    asks, other = (
        reader.read(words)["asked_for_person"] for words in ("a person please", "where is my order")
    )
    assert asks > other + 0.2


def test_the_same_lines_give_the_same_model(reader: TrainedWordReader) -> None:
    again = fit(FEW, "few", ("asked_for_person",))
    assert (again.weights == reader.weights).all()


def test_some_reason_makes_the_likeliest_one_as_sure() -> None:
    labels = ("complaint", "safety", "asked_for_person", ANY_REASON)
    bias = np.array([-1.0, -2.0, -3.0, 2.0], dtype=np.float32)
    reader = TrainedWordReader(np.zeros((SLOTS, 4), dtype=np.float32), bias, labels, "made")
    said = reader.read("well then")
    assert said["complaint"] == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-3)
    assert said["safety"] < 0.2
    assert ANY_REASON not in said


@pytest.mark.parametrize("words", ["", "   ", "...!?", "\x00\x01", "♪♪"])
def test_nothing_said_means_nothing(reader: TrainedWordReader, words: str) -> None:
    assert reader.read(words) == {}


def test_very_long_and_mixed_speech_is_read(reader: TrainedWordReader) -> None:
    said = "hej I would like ett paket kiitos 123 " * 500
    assert 0.0 <= reader.read(said)["asked_for_person"] <= 1.0


def test_a_clause_of_a_long_turn_is_read_by_itself() -> None:
    assert "a person please" in windows(
        "Well, it is a long story about a lamp. A person, please. A person please!"
    )


def test_figures_and_case_make_no_difference() -> None:
    assert normal("It's ORDER 471192!") == "its order 0"


def test_alternatives_are_written_out() -> None:
    assert sorted(variants_of("[a|b] c [d|]")) == ["a c ", "a c d", "b c ", "b c d"]


def test_mishearing_keeps_something() -> None:
    import random

    assert all(misheard("a person please", random.Random(seed)) for seed in range(50))


def test_the_lines_that_ship_are_in_order_and_teach_every_label() -> None:
    assert [str(problem) for problem in check_lines(NLU_DATA)] == []
    taught = {label for line in read_lines(NLU_DATA) for label in line.labels}
    assert taught == set(LABELS)


def test_a_label_nobody_knows_and_an_open_bracket_are_named(tmp_path: Path) -> None:
    (tmp_path / "triage").mkdir()
    (tmp_path / "triage" / "en.yml").write_text("angry: |\n  grr\ncalm: |\n  yes [no|\n")
    assert [problem.line for problem in check_lines(tmp_path)] == [1, 4]


def test_without_a_model_nothing_is_read(tmp_path: Path) -> None:
    with pytest.raises(WordsModelMissing, match="ivr nlu train"):
        TrainedWordReader.load(tmp_path)
    reader = open_reader(tmp_path)
    assert isinstance(reader, NoWordReader)
    assert reader.read("where is my order") == {}
