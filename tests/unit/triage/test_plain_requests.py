"""Plain requests for a person: found in each language, and not where somebody merely talks of people."""

import pytest

from ivr.triage.plain_requests import SURE, asks_plainly
from ivr.triage.word_reader import NoWordReader


@pytest.mark.parametrize(
    "words",
    [
        "Could I speak to a person, please?",
        "operator",
        "agent agent please",
        "just put me through",
        "kan jag få prata med nån",
        "Koppla mig till en människa!",
        "får jeg snakke med noen",
        "haluan puhua ihmisen kanssa",
        "is there somebody I could ask about it",
        "I'd rather discuss this with a member of staff",
        "finns det någon jag kan fråga",
        "jag vill få tag på ekonomiavdelningen",
    ],
)
def test_a_plain_request_is_found(words: str) -> None:
    assert asks_plainly(words)


@pytest.mark.parametrize(
    "words",
    [
        "am I talking to a person",
        "do I have to speak to someone about it",
        "what does the operator cost",
        "can another person fetch it for me",
        "kan någon annan hämta paketet",
        "pratar jag med en människa",
        "is the chair for one person",
        "",
    ],
)
def test_talk_of_people_is_none(words: str) -> None:
    assert not asks_plainly(words)


def test_it_works_without_a_trained_model() -> None:
    assert NoWordReader().read("let me talk to a human") == {"asked_for_person": SURE}
    assert NoWordReader().read("where is my order") == {}
