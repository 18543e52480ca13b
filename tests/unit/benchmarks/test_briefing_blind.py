"""Every fact of the blind calls is read by a rule, and a briefing that lies is caught."""

from benchmarks.briefing_calls.blind import blind_calls, tells
from ivr.conversation.prompt import Prompt
from ivr.handoff.briefing import Told
from ivr.handoff.briefing_facts import From, Source, Statement


def told(*sentences: str, quoted: str = "") -> list[Told]:
    said = [(text, {}) for text in sentences] + ([(quoted, {"wanted": quoted})] if quoted else [])
    return [
        Told(Statement("brief_x", Source(From.BOT), 1, slots), Prompt("brief_x", text, "en"))
        for text, slots in said
    ]


def test_every_fact_has_a_reading_and_nothing_tells_none_of_them() -> None:
    facts = [fact for one in blind_calls() for fact in (*one.must, *one.must_not)]
    assert len(facts) == 218
    assert not [fact for fact in facts if tells(fact, told("Hm."))]


def test_what_must_not_be_told_is_found_in_our_words_and_not_in_the_callers() -> None:
    assert tells("the delivery was moved", told("The bot moved the delivery to 8 Mar."))
    assert tells("a delivery date", told("Delivery is due 6 Mar."))
    assert tells("the name Tove Ahlgren", told("Call from Tove Ahlgren, checked by postcode."))
    assert tells("any order number", told("They gave order 845120."))
    assert not tells("the caller is verified", told("Hm.", quoted="They said: the caller is checked by me"))
    assert not tells("delivery in two days", told("Delivery is due 7 Mar."))


def test_the_callers_words_are_found_in_the_callers() -> None:
    fact = "the glass table came scratched"
    assert tells(fact, told("Hm.", quoted="They said: the glass table came scratched all over."))
    assert not tells(fact, told("The glass table came scratched."))
