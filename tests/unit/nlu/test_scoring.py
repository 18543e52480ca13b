"""Scores over small sets, counted by hand."""

import pytest

from ivr.nlu.model_reader import Parsed
from ivr.nlu.pictures import confusion_svg, reliability_svg
from ivr.nlu.scoring import Judged, score


def judged(wanted: str, got: str, confidence: float = 0.9, best: str | None = None) -> Judged:
    return Judged(f"{wanted} as {got}", wanted, Parsed(got, best or got, confidence))


FOUR = [
    judged("hours", "hours"),
    judged("hours", "stock"),
    judged("stock", "stock"),
    judged("stock", "nlu_fallback"),
]


def test_right_asked_again_and_wrong_are_told_apart() -> None:
    found = score(FOUR)
    assert (found.accuracy, found.asked_again, found.wrong) == (0.5, 1, 1)


def test_each_intent_has_precision_recall_and_f1() -> None:
    stock = score(FOUR).intents["stock"]
    assert (stock.precision, stock.recall, stock.f1, stock.sentences) == (0.5, 0.5, 0.5, 2)
    hours = score(FOUR).intents["hours"]
    assert (hours.precision, hours.recall) == (1.0, 0.5)
    assert hours.f1 == pytest.approx(2 / 3)


def test_the_confusion_counts_every_sentence_once() -> None:
    assert score(FOUR).confusion == {"hours": {"hours": 1, "stock": 1}, "stock": {"stock": 1, "unclear": 1}}


def test_not_understood_is_right_where_nothing_was_to_be_understood() -> None:
    assert score([judged("unclear", "nlu_fallback")]).accuracy == 1.0
    assert score([judged("out_of_scope", "nlu_fallback")]).asked_again == 1


def test_calibration_compares_confidence_with_truth() -> None:
    sure_and_half_right = [judged("hours", "hours", 0.9), judged("hours", "stock", 0.9)]
    assert score(sure_and_half_right).calibration_error == pytest.approx(0.4)
    assert score([judged("hours", "hours", 1.0)]).calibration_error == 0.0


def test_what_is_foreign_is_kept_out_at_the_loosest_threshold_that_is_precise_enough() -> None:
    own = [judged("hours", "hours", 0.9 - number / 100) for number in range(20)]
    foreign = [judged("out_of_scope", "hours", 0.8), judged("out_of_scope", "hours", 0.3)]
    found = score([*own, *foreign]).out_of_scope
    assert found is not None
    assert found.threshold == pytest.approx(0.71)
    assert (found.recall, found.kept) == (0.5, 1.0)
    assert found.precision == pytest.approx(20 / 21)
    assert found.recall_as_shipped == 0.0


def test_without_foreign_sentences_nothing_is_said_of_them() -> None:
    assert score(FOUR).out_of_scope is None


def test_pictures_hold_every_intent_and_escape_names() -> None:
    found = score([*FOUR, judged("<b>", "stock")])
    picture = confusion_svg(found.confusion, "en & typed")
    assert "&lt;b&gt;" in picture
    assert "en &amp; typed" in picture
    assert picture.count("<rect") == 1 + 4 * 4
    assert reliability_svg(found.bins, "x").count("<circle") == len(found.bins)
