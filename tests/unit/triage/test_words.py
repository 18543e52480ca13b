"""The word classifier: lines with alternatives, the same model every time, nothing in odd input."""

from pathlib import Path

import numpy as np
import pytest

from ivr.embedding.sentence_encoder import WIDTH
from ivr.errors import IvrError
from ivr.triage.features import SLOTS, normal
from ivr.triage.lines import (
    ANY_REASON,
    LABELS,
    MOST_VARIANTS,
    Line,
    check_lines,
    read_lines,
    variants_of,
)
from ivr.triage.neighbours import Neighbours
from ivr.triage.parts import MOST_PARTS, STRETCH_WORDS, parts_of, spoken
from ivr.triage.training import fit, train_words
from ivr.triage.word_reader import NoWordReader, TrainedWordReader, open_reader
from ivr.triage.words_model import WordsModel, WordsModelMissing
from tests.fakes.counted_encoder import CountedEncoder

NLU_DATA = Path(__file__).resolve().parents[3] / "nlu_data"
ASKS = ("agent please", "a person please", "let me speak to a person")
OTHER = ("where is my order", "thanks bye", "yes")
FEW = [
    *(Line(words, frozenset({"asked_for_person"}), at) for at, words in enumerate(ASKS)),
    *(Line(words, frozenset(), 10 + at) for at, words in enumerate(OTHER)),
]


@pytest.fixture(scope="module")
def reader() -> TrainedWordReader:
    return TrainedWordReader(fit(FEW, "few", CountedEncoder(), ("asked_for_person",)), CountedEncoder())


def test_it_tells_a_request_for_a_person_from_another(reader: TrainedWordReader) -> None:
    asks, other = (
        reader.read(words)["asked_for_person"] for words in ("a person please", "where is my order")
    )
    assert asks > other + 0.2


def test_the_same_lines_give_the_same_model(reader: TrainedWordReader) -> None:
    again = fit(FEW, "few", CountedEncoder(), ("asked_for_person",))
    assert (again.weights == reader.model.weights).all()
    assert (again.neighbours.rows == reader.model.neighbours.rows).all()


def test_some_reason_makes_the_likeliest_one_as_sure() -> None:
    labels = ("complaint", "safety", "asked_for_person", ANY_REASON)
    bias = np.array([-1.0, -2.0, -3.0, 2.0], dtype=np.float32)
    weights = np.zeros((SLOTS + WIDTH, 4), np.float32)
    encoder = CountedEncoder()
    near = Neighbours.of(encoder.encode(["a", "b"]), np.zeros((2, 4)), np.ones(2))
    model = WordsModel(labels, "made", encoder.version, weights, bias, np.zeros(4, np.float32), near)
    reader = TrainedWordReader(model, encoder)
    said = reader.read("well then")
    assert said["complaint"] == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-3)
    assert said["safety"] < 0.2
    assert ANY_REASON not in said


def test_the_nearest_lines_vote_and_strangers_hardly_count() -> None:
    rows = CountedEncoder().encode(["one", "two", "three"])
    wanted = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    near = Neighbours.of(rows, wanted, np.ones(3))
    votes = near.votes(rows)
    assert votes[0, 0] > 0 > votes[0, 1]
    assert votes[1, 1] > 0 > votes[1, 0]
    assert near.only(np.array([False, True, True])).votes(rows)[0, 0] < 0


@pytest.mark.parametrize("words", ["", "   ", "...!?", "\x00\x01", "♪♪"])
def test_nothing_said_means_nothing(reader: TrainedWordReader, words: str) -> None:
    assert reader.read(words) == {}


def test_very_long_and_mixed_speech_is_read(reader: TrainedWordReader) -> None:
    said = "hej I would like ett paket kiitos 123 " * 500
    assert 0.0 <= reader.read(said)["asked_for_person"] <= 1.0


def test_a_clause_of_a_long_turn_is_read_by_itself() -> None:
    said = "Well, it's a long story about a lamp. A person please!"
    assert parts_of(said) == [spoken(said), "it's a long story about a lamp", "a person please"]


def test_of_a_very_long_turn_only_so_much_is_read() -> None:
    parts = parts_of(" ".join(f"I bought lamp number {number}," for number in range(300)))
    assert len(parts) == MOST_PARTS
    assert len(parts[1].split()) == STRETCH_WORDS


def test_figures_and_case_make_no_difference() -> None:
    assert normal("It's ORDER 471192!") == "its order 0"


def test_alternatives_are_written_out() -> None:
    assert sorted(variants_of("[a|b] c")) == ["a c", "b c"]
    assert len(set(variants_of("[a|b|c] d [e|f|]"))) == MOST_VARIANTS


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
        TrainedWordReader.load(tmp_path, lambda _: CountedEncoder())
    reader = open_reader(tmp_path, lambda _: CountedEncoder())
    assert isinstance(reader, NoWordReader)
    assert reader.read("where is my order") == {}


def test_a_model_is_trained_once_and_read_with_the_encoder_it_was_trained_with(tmp_path: Path) -> None:
    (tmp_path / "triage").mkdir()
    (tmp_path / "triage" / "en.yml").write_text(
        "asked_for_person: |\n  [a|some] person please\ncalm: |\n  my order\n"
    )
    told: list[str] = []
    encoder = CountedEncoder()
    for _ in range(2):
        train_words(tmp_path, tmp_path, lambda _: encoder, told.append)
    assert told[-1] == "The word classifier is up to date."
    assert sorted(encoder.asked) == ["a person please", "my order", "some person please"]
    reader = TrainedWordReader.load(tmp_path, lambda _: encoder)
    asks, calm = (reader.read(words)["asked_for_person"] for words in ("some person please", "my order"))
    assert asks > calm
    with pytest.raises(WordsModelMissing, match="another sentence encoder"):
        TrainedWordReader.load(tmp_path, lambda _: CountedEncoder("newer"))


def test_without_the_encoder_nothing_is_read_either(tmp_path: Path) -> None:
    def no_encoder(data_dir: Path) -> CountedEncoder:
        raise IvrError("`ivr models sentences` makes it")

    (tmp_path / "triage").mkdir()
    (tmp_path / "triage" / "en.yml").write_text("asked_for_person: |\n  a person\ncalm: |\n  my order\n")
    train_words(tmp_path, tmp_path, lambda _: CountedEncoder(), print)
    assert isinstance(open_reader(tmp_path, no_encoder), NoWordReader)
