"""A request about a caller's data is on record once, under a number that a repeated request gets again."""

from ivr.dialogue.privacy_desk import PrivacyRequest
from ivr.dialogue.recorded_privacy import RecordedPrivacyDesk
from ivr.records.kinds import Kind
from tests.fakes.memory_records import MemoryCallRecords


def test_a_request_is_written_once_per_call_and_kind() -> None:
    records = MemoryCallRecords()
    desk = RecordedPrivacyDesk(records)
    first = desk.open_request("CA1", PrivacyRequest.COPY, "471192")
    assert desk.open_request("CA1", PrivacyRequest.COPY, "471192") == first
    other = desk.open_request("CA1", PrivacyRequest.DELETION, None)
    written = [event.facts for event in records.events("CA1") if event.kind == Kind.PRIVACY_REQUESTED]
    assert [(facts["case_number"], facts["wanted"]) for facts in written] == [
        (first, "copy"),
        (other, "deletion"),
    ]
    assert len(first) == 6
    assert first != other
