"""The model of turn ends: what it learns from, that it tells beginnings from sentences, odd input."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ivr.calls.turn_ends import (
    MODEL,
    SLOTS,
    NoTurnEnds,
    TrainedTurnEnds,
    TurnEndsMissing,
    features,
    fingerprint,
    open_turn_ends,
)
from ivr.embedding.sentence_encoder import WIDTH
from ivr.nlu.turn_ends_training import BOTH, TOLD, Cut, _store, cuts, fit, told
from tests.fakes.counted_encoder import CountedEncoder

SENTENCES = [
    ("en", "i want to cancel my order"),
    ("en", "i want to return a lamp"),
    ("en", "i want to return my lamp"),
    ("en", "cancel my order"),
    ("en", "where is my order"),
    ("en", "where is my lamp"),
    ("sv", "var är min order"),
    ("sv", "jag vill ha en lampa"),
]


@pytest.fixture(scope="module")
def model() -> TrainedTurnEnds:
    return fit(list(cuts(SENTENCES)), "few")


def test_a_sentence_is_whole_and_each_beginning_of_it_is_not():
    assert set(cuts([("nb", "jeg venter her")])) >= {
        Cut(("jeg", "venter", "her"), "nb", True),
        Cut(("jeg", "venter"), "nb", False),
        Cut(("jeg",), "nb", False),
    }


def test_a_beginning_that_is_a_sentence_itself_counts_little_against_it():
    found = list(cuts([("en", "where is it"), ("en", "where is it now")]))
    assert Cut(("where", "is", "it"), "en", True) in found
    assert Cut(("where", "is", "it"), "en", False, BOTH) in found


def test_turns_the_triage_learns_from_are_whole_and_none_of_their_beginnings_is_half(tmp_path: Path):
    (tmp_path / "triage").mkdir()
    (tmp_path / "triage" / "en_1_shop.yml").write_text("calm: |\n  It's [green|blue], I think\n")
    found = told(tmp_path)
    assert found in ([("en", "it's green i think")], [("en", "it's blue i think")])
    assert list(cuts([], found)) == [
        Cut(tuple(found[0][1].split()), "en", True, TOLD, is_request=False),
    ]
    both = cuts([("en", "where is it")], [("en", "where is")])
    assert Cut(("where", "is"), "en", False, BOTH) in list(both)


def test_only_what_asks_for_something_counts_as_known():
    assert fit(list(cuts([("en", "where is it")], [("en", "it is late")])), "x").known == frozenset(
        {fingerprint(("where", "is", "it"), "en")}
    )


def test_a_beginning_is_less_likely_all_than_a_sentence_that_was_never_trained(model: TrainedTurnEnds):
    half, whole = (model.whole(words, "en") for words in ("I want to return", "I want to cancel my lamp."))
    assert half is not None
    assert whole is not None
    assert whole > half + 0.3


def test_languages_do_not_mix(model: TrainedTurnEnds):
    assert model.whole("var är min order", "sv") > model.whole("jag vill", "sv")
    assert model.whole("mikä se on", "fi") is None


def test_the_same_sentences_give_the_same_model(model: TrainedTurnEnds):
    again = fit(list(cuts(SENTENCES)), "few")
    assert (again.weights == model.weights).all()
    assert again.bias == model.bias


@pytest.mark.parametrize("words", ["", "...", "\x00", "♪"])
def test_of_nothing_said_nothing_is_known(model: TrainedTurnEnds, words: str):
    assert model.whole(words, "en") is None


def test_hums_between_words_change_nothing_but_the_last_one_does():
    plain, hummed, ending = (
        set(features(words.split(), "en")[0])
        for words in ("where is my order", "um where is uh my order", "where is my order um")
    )
    assert plain == hummed
    assert plain != ending


class HeardTheLastWord:
    """An encoder whose rows tell one thing: whether the words end in "my" or "to"."""

    version = "last word"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), WIDTH), np.float32)
        rows[:, 0] = [text.endswith((" my", " to")) for text in texts]
        return rows


def test_meaning_is_a_second_judge_where_the_encoder_is_there_and_the_one_it_learned_with(tmp_path: Path):
    learned_from = [
        Cut((f"a{number}", "b", end), "en", is_whole)
        for number in range(80)
        for end, is_whole in (("c", True), ("my", False))
    ]
    made = fit(learned_from, "two", HeardTheLastWord())
    assert made.meaning.weights[0] < 0
    _store(made, tmp_path / MODEL)
    alone, both, other = (
        TrainedTurnEnds.load(tmp_path, encoder).whole("we want my", "en")
        for encoder in (None, HeardTheLastWord(), CountedEncoder())
    )
    assert both != alone
    assert other == alone


def test_what_designers_wrote_down_is_likelier_all_also_after_a_greeting_and_a_hum(model: TrainedTurnEnds):
    without = TrainedTurnEnds(model.weights, model.bias, model.languages, "x", frozenset())
    for words in ("where is my order", "um hello where is my order", "Yes, cancel uh my order."):
        assert model.whole(words, "en") > without.whole(words, "en")
    for words in ("where is the order", "hello", "um"):
        assert model.whole(words, "en") == without.whole(words, "en")


def test_without_a_model_the_rules_decide_alone(tmp_path: Path):
    found = open_turn_ends(tmp_path)
    assert isinstance(found, NoTurnEnds)
    assert found.whole("where is my order", "en") is None


def test_a_model_of_another_shape_is_refused(tmp_path: Path):
    file = tmp_path / "models" / "turn_ends" / "ends.npz"
    file.parent.mkdir(parents=True)
    about = np.array('{"languages": ["en"], "version": "1"}')
    np.savez(file, weights=np.zeros(SLOTS // 2), bias=np.array(0.0), known=np.array([7]), about=about)
    with pytest.raises(TurnEndsMissing, match="another version"):
        TrainedTurnEnds.load(tmp_path)
