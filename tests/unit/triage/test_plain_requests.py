"""Plain requests for a person: found in each language, and not where somebody merely talks of people."""

import pytest

from ivr.triage.plain_requests import SURE, asks_plainly, declines_plainly
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
        "okay and could you hand me on to whoever does the payment plans",
        "could you swing me over to the shop then",
        "can one of your colleagues ring me tonight",
        "is Ingrid in today",
        "I won't talk to a machine",
        "kan du be någon höra av sig",
        "koppla samtalet till den som bestämmer",
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
        "I spoke with one of your people last week",
        "you have no idea what you put us through",
        "is Monday available",
        "will the driver ring me before he comes",
        "",
    ],
)
def test_talk_of_people_is_none(words: str) -> None:
    assert not asks_plainly(words)


@pytest.mark.parametrize(
    ("words", "is_declined"),
    [
        ("We do not want to talk to anybody, just the price", True),
        ("you don't have to transfer me", True),
        ("I don't need a human for this, I just want tracking", True),
        ("jag behöver inte prata med nån, säg bara tiden", True),
        ("jeg vil ikke snakke med noen", True),
        ("I don't want to talk to a robot, I want a human", False),
        ("I don't want anyone else, I want Peter", False),
        ("don't you have a person there", False),
        ("jag vill inte ha nån maskin", False),
        ("jag vill inte ha honom, hämta någon annan", False),
    ],
)
def test_declining_a_person_is_told_from_asking_for_another(words: str, is_declined: bool) -> None:
    assert declines_plainly(words) is is_declined
    assert not (is_declined and asks_plainly(words))


def test_it_works_without_a_trained_model() -> None:
    assert NoWordReader().read("let me talk to a human") == {"asked_for_person": SURE}
    assert NoWordReader().read("where is my order") == {}
