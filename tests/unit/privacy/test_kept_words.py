"""Which facts are redacted before they are stored, and in which language."""

from datetime import UTC, datetime
from pathlib import Path

from ivr.privacy.kept_words import CALLS_REMEMBERED, KeptWords
from ivr.records.feed import Feed
from ivr.records.journaled_records import JournaledRecords
from ivr.records.kinds import Kind
from tests.fakes.memory_records import MemoryCallRecords
from tests.fakes.steered_clock import SteeredClock

CARD = "4111 1111 1111 1111"


def test_words_are_redacted_and_names_of_things_are_not() -> None:
    facts = {"text": f"it is {CARD}", "engine": f"engine {CARD}", "turn": 1}
    assert KeptWords().clean("CA1", facts) == {
        "text": "it is [card number]",
        "engine": f"engine {CARD}",
        "turn": 1,
    }


def test_words_are_found_however_deep_they_stand() -> None:
    facts = {"counted": [{"signal": "anger", "words": "I'm Anna Berg"}], "case": {"wanted": CARD}}
    assert KeptWords().clean("CA1", facts) == {
        "counted": [{"signal": "anger", "words": "I'm [name]"}],
        "case": {"wanted": "[card number]"},
    }


def test_a_call_is_read_in_the_language_it_speaks() -> None:
    words = KeptWords()
    words.clean("CA1", {"language": "sv", "text": "Hej"})
    spoken = {"text": "fyra ett ett ett ett ett ett ett ett ett ett ett ett ett ett ett"}
    assert words.clean("CA1", spoken) == {"text": "[card number]"}
    assert words.clean("CA2", spoken) == spoken


def test_old_calls_are_forgotten() -> None:
    words = KeptWords()
    for number in range(CALLS_REMEMBERED + 1):
        words.speaks(f"CA{number}", "sv")
    assert words.clean("CA0", {"text": "noll sju noll noll ett två tre fyra"}) == {
        "text": "noll sju noll noll ett två tre fyra"
    }


def test_what_is_stored_published_and_journaled_is_redacted(tmp_path: Path) -> None:
    clock = SteeredClock(datetime(2030, 1, 1, tzinfo=UTC))
    feed = Feed()
    inner = MemoryCallRecords(feed, clock, lambda: "900001")
    records = JournaledRecords(inner, tmp_path, clock, clean=KeptWords().clean)
    with feed.subscribe("CA1") as heard:
        records.append("CA1", Kind.UTTERANCE_HEARD, text=CARD)
        published = heard.get(1.0)
    assert published is not None
    assert published.facts == {"text": "[card number]"}
    assert inner.events("CA1")[0].facts == {"text": "[card number]"}
    records.open_transfer("T1", "CA1", "asked", {"wanted": f"my card {CARD}", "caller_name": "Anna Berg"}, [])
    stored = inner.transfer("T1")
    assert stored is not None
    assert stored.case == {"wanted": "my card [card number]", "caller_name": "Anna Berg"}


def test_a_tracking_code_the_bot_tells_stays() -> None:
    facts = {"prompt_id": "utter_tracking", "text": "The tracking code is P N 4, 7 1 1, 9 2 5, 5 0 8, S E."}
    assert KeptWords().clean("CA1", facts) == facts
