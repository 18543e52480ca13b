"""Which utterances the inbox shows, in which order, and for which reasons."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ivr.nlu.studio.inbox import Item, inbox, key_of, utterances
from ivr.records.kinds import Kind
from ivr.records.store import CallEvent

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
Row = tuple[Kind, dict[str, Any]]


def call(call_id: str, *rows: Row) -> list[CallEvent]:
    return [
        CallEvent(call_id, seq, BEGAN + timedelta(seconds=seq), str(kind), facts)
        for seq, (kind, facts) in enumerate(rows, 1)
    ]


def heard(text: str, turn: int = 1) -> Row:
    return Kind.UTTERANCE_HEARD, {"turn": turn, "text": text}


def answered(intent: str, confidence: float, verdict: str = "answered", turn: int = 1) -> Row:
    facts = {"turn": turn, "intent": intent, "intent_confidence": confidence, "verdict": verdict}
    return Kind.TURN_ANSWERED, facts


def shown(
    *calls: list[CallEvent], decided: tuple[str, ...] = (), trained: tuple[str, ...] = ()
) -> list[Item]:
    languages: Mapping[str, str] = {events[0].call_id: "en" for events in calls}
    events = [event for own in calls for event in own]
    return inbox(utterances(events, languages), decided, trained)


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        ([heard("a b"), answered("nlu_fallback", 0.9)], ("not understood",)),
        ([heard("a b"), answered("stock", 0.9, "no_match")], ("not understood",)),
        ([heard("a b")], ("not understood",)),  # hung up before an answer
        ([heard("a b"), answered("out_of_scope", 0.99)], ("out of scope",)),
        ([heard("a b"), answered("stock", 0.84)], ("unsure",)),
        (
            [heard("a b"), answered("stock", 0.99), (Kind.ESCALATED, {"reason": "frustrated"})],
            ("a person took over",),
        ),
        (
            [heard("a b"), answered("stock", 0.99), (Kind.WRAPPED_UP, {"disposition": "passed_on"})],
            ("the agent disagreed",),
        ),
    ],
)
def test_an_utterance_is_shown_for_a_reason(rows: list[Row], reasons: tuple[str, ...]) -> None:
    (item,) = shown(call("CA1", *rows))
    assert item.reasons == reasons


@pytest.mark.parametrize(
    "rows",
    [
        [heard("a b"), answered("stock", 0.99)],
        [heard("yes"), answered("affirm", 0.5)],  # an answer to a question of the bot
        [heard("a b"), answered("stock", 0.99), (Kind.WRAPPED_UP, {"disposition": "solved"})],
        [heard("a b"), answered("speak_to_person", 0.99), (Kind.ESCALATED, {"reason": "asked"})],
        [(Kind.CALL_STARTED, {"is_synthetic": True}), heard("a b"), answered("stock", 0.2)],
        [heard("  "), answered("stock", 0.2)],
    ],
)
def test_what_teaches_nothing_is_left_out(rows: list[Row]) -> None:
    assert shown(call("CA1", *rows)) == []


def test_the_agents_word_counts_for_the_wish_and_not_for_the_yes_after_it() -> None:
    items = shown(
        call(
            "CA1",
            heard("send it"),
            answered("stock", 0.99),
            heard("yes", 2),
            answered("affirm", 0.99, turn=2),
            (Kind.WRAPPED_UP, {"disposition": "wrong_place"}),
        )
    )
    assert [item.newest.text for item in items] == ["send it"]


def test_the_same_words_stand_together_and_weigh_more_but_less_than_disagreement() -> None:
    unsure = [call(f"CA{n}", heard("Send it."), answered("stock", 0.6)) for n in range(3)]
    alone = call("CB1", heard("bring it"), answered("stock", 0.6))
    contradicted = call(
        "CB2", heard("keep it"), answered("stock", 0.9), (Kind.WRAPPED_UP, {"disposition": "wrong_place"})
    )
    items = shown(*unsure, alone, contradicted)
    assert [(item.newest.text, item.count) for item in items] == [
        ("keep it", 1),
        ("Send it.", 3),
        ("bring it", 1),
    ]


def test_words_somebody_dealt_with_or_the_bot_knows_are_left_out() -> None:
    unsure = call("CA1", heard("send it"), answered("stock", 0.6))
    key = key_of("en", "Send it!")
    assert shown(unsure, decided=(key,)) == []
    assert shown(unsure, trained=(key,)) == []
    assert shown(unsure, trained=(key_of("sv", "send it"),)) != []


def test_a_call_that_changes_its_language_is_read_in_both() -> None:
    events = call(
        "CA1",
        heard("hello there"),
        (Kind.LANGUAGE_CHANGED, {"from": "en", "to": "sv"}),
        heard("var är den", 2),
    )
    assert [one.language for one in utterances(events, {"CA1": "en"})] == ["en", "sv"]
