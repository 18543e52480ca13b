"""What callers ask for that the bot does not know, put together."""

import random

import pytest

from ivr.insights.tally import QuotedCall
from ivr.insights.topics import Proposal, quoted_places, topics

GIFT = (
    "can I buy a gift card", "do you sell gift cards", "how much is a gift card",
    "is there a gift card for children", "can I pay with a gift card", "where do I find gift cards",
)  # fmt: skip
CHAIR = (
    "the leg of my chair is broken", "a chair arrived with a broken leg", "my new chair has a broken leg",
    "one leg of the chair is broken", "the chair leg was broken when I opened it",
)  # fmt: skip
JOB = (
    "I want to apply for a job", "apply for the job in your warehouse", "I would like to apply for a job",
    "I am calling to apply for the warehouse job", "job at your warehouse please",
)  # fmt: skip
PRESENTKORT = (
    "säljer ni presentkort", "var hittar jag presentkortet", "hur länge gäller ett presentkort",
    "kan man köpa presentkort på nätet", "vad kostar presentkorten",
)  # fmt: skip


def said(texts: tuple[str, ...], language: str = "en", why: str = "out_of_scope") -> list[QuotedCall]:
    return [
        QuotedCall(f"{why} {text}", "2026-11-02", language, "none", "open_question", why, text, "gave_up")
        for text in texts
    ]


def test_words_about_one_thing_become_a_topic_with_a_proposal() -> None:
    mixed = [*said(GIFT), *said(CHAIR), *said(JOB), *said(PRESENTKORT, "sv")]
    random.Random(3).shuffle(mixed)
    found = {topic.title.split()[0]: topic for topic in topics(mixed)}
    assert {name: (topic.calls, topic.proposal, topic.language) for name, topic in found.items()} == {
        "gift": (6, Proposal.ARTICLE, "en"),
        "leg": (5, Proposal.PROCESS, "en"),
        "job": (5, Proposal.INTENT, "en"),
        next(name for name in found if name.startswith("presentkort")): (5, Proposal.ARTICLE, "sv"),
    }


def test_fewer_than_five_callers_are_no_topic() -> None:
    assert topics(said(GIFT[:4])) == []
    again = QuotedCall("one call", "2026-11-02", "en", "none", "s", "out_of_scope", GIFT[0], None)
    assert topics([again] * 9) == [], "one caller who says it nine times"


def test_words_a_person_was_asked_with_are_no_topic() -> None:
    assert topics(said(GIFT, why="asked_for_person")) == []


@pytest.mark.parametrize("texts", [(), ("", "?", "123"), ("[phone]",) * 6, ("the a of",) * 8])
def test_nothing_said_is_no_topic(texts: tuple[str, ...]) -> None:
    calls = [
        QuotedCall(str(n), "d", "en", "none", "s", "no_match", text, None) for n, text in enumerate(texts)
    ]
    assert topics(calls) == []


def test_quotes_are_redacted_once_more() -> None:
    numbers = tuple(f"gift card to {number} please" for number in range(4111111111111111, 4111111111111117))
    (topic,) = topics(said((*numbers, "gift card to anna@example.com")))
    shown = " ".join(
        [*topic.quotes, *(quote for place in quoted_places(said(numbers)) for quote in place.quotes)]
    )
    assert "4111111111111111" not in shown
    assert "@" not in shown


def test_places_are_counted_by_call_and_shown_from_five_on() -> None:
    found = quoted_places([*said(GIFT), *said(GIFT), *said(JOB[:4], why="no_match")])
    assert [(place.why, place.step, place.calls) for place in found] == [("out_of_scope", "open_question", 6)]
