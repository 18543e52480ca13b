"""What somebody gets who asks what is stored about them: one file, with everybody else masked."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ivr.clock import Clock
from ivr.privacy.person import NobodyFound, Person
from ivr.privacy.privacy_records import PrivacyRecords

OURS = "one of our agents"
MASK = "[another person's]"
_AGENTS = frozenset({"agent", "by", "tried", "thrown_by", "person", "held_by", "closed_by", "agent_call_id"})
_SPOKEN = {"utterance_heard": "caller", "prompt_started": "bot", "keys_entered": "caller (keys)"}
# Not about the person: how the machine counts, or keys that only the database needs.
_LEFT_OUT = frozenset({"event_streams", "call_summaries"})

ReadRecording = Callable[[str], bytes | None]


def export(person: Person, records: PrivacyRecords, read: ReadRecording, clock: Clock, by: str) -> bytes:
    """Return a ZIP file with `data.json`, a readable `transcript.txt` for each call, and recordings.

    Reading a recording is noted in its log. Raises NobodyFound.
    """
    if not person.calls and not person.mentions:
        raise NobodyFound(f"Nothing is stored under {person.asked}.")
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        told = [_call(call.call_id, records.contents(call.call_id), person.number) for call in person.calls]
        audio = {sid: read(sid) for call in person.calls for sid in _noted(records, call.call_id, by)}
        for sid, sound in audio.items():
            if sound is not None:
                file.writestr(f"audio/{sid}.wav", sound)
        for call in told:
            file.writestr(f"transcripts/{call['call_id']}.txt", _transcript(call))
        whole = {
            "asked_for": person.asked,
            "made_at": clock.now().isoformat(),
            "how_to_read": "calls: every row stored about each call. Words were redacted when they were "
            "stored. Names of agents and what belongs to other people are masked.",
            "calls": told,
            "your_number_in_calls_of_others": [_mention(records.contents(one)) for one in person.mentions],
            "recordings_not_to_be_had": sorted(sid for sid, sound in audio.items() if sound is None),
        }
        file.writestr("data.json", json.dumps(whole, ensure_ascii=False, indent=2, default=_plain))
    return held.getvalue()


def _noted(records: PrivacyRecords, call_id: str, by: str) -> Sequence[str]:
    found = records.recordings([call_id])
    for sid in found:
        records.visited(sid, call_id, by, "exported")
    return found


def _call(
    call_id: str, contents: Mapping[str, Sequence[Mapping[str, Any]]], number: str | None
) -> dict[str, Any]:
    tables = {
        name: [_masked(row, number) for row in rows]
        for name, rows in contents.items()
        if rows and name not in _LEFT_OUT
    }
    decisions = [
        event
        for event in tables.get("call_events", [])
        if event["kind"] in {"turn_answered", "triaged", "escalated", "transfer_moved", "call_ended"}
    ]
    return {"call_id": call_id, "decisions_about_you": decisions, **tables}


def _masked(value: Any, number: str | None, name: str = "") -> Any:
    """Return the value with agents as a role, and any other phone number masked."""
    match value:
        case Mapping():
            return {key: _masked(inner, number, key) for key, inner in value.items()}
        case list() | tuple():
            return [_masked(inner, number, name) for inner in value]
        case str() if name in _AGENTS:
            return OURS
        case str() if name == "number" and value not in {number, ""} and number is not None:
            return MASK
    return value


def _mention(contents: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """Tell that the number was left in somebody else's call, and nothing else of that call."""
    began = contents["calls"][0]["started_at"]
    where = [name for name in ("callbacks", "texts") if contents.get(name)]
    return {"when": began, "left_for": where, "the_rest": MASK}


def _transcript(call: Mapping[str, Any]) -> str:
    lines = []
    for event in call.get("call_events", []):
        speaker = _SPOKEN.get(event["kind"])
        if speaker is not None:
            words = event["facts"].get("text") or event["facts"].get("digits") or "[withheld]"
            lines.append(f"{event['at']:%H:%M:%S}  {speaker}: {words}")
        elif event["kind"] == "secret_withheld":
            lines.append(f"{event['at']:%H:%M:%S}  caller: [a number that was not kept]")
    return "\n".join(lines) + "\n"


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
