"""Who may hear a recording: for the purpose its caller agreed to only, and every time is on record."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from ivr.trust.trust_records import Recorded

LISTENED = "listened"


class Recordings(Protocol):
    """The rows about recordings. Raises RecordsUnavailable."""

    def agreed(self, purpose: str, call_ids: Collection[str] | None = None) -> Sequence[Recorded]:
        """Return recordings that may be heard for a purpose, the newest first; of these calls or all."""
        ...


class Listening:
    """Hands out recordings. Safe from any thread; `listen` blocks at most 5 s."""

    def __init__(
        self,
        recordings: Recordings,
        note: Callable[[str, str, str, str], None],
        read: Callable[[str], bytes | None],
    ) -> None:
        self._recordings = recordings
        self._note = note
        self._read = read

    def for_purpose(self, purpose: str, call_ids: Collection[str] | None = None) -> Sequence[Recorded]:
        """Return recordings that may be heard for a purpose, the newest first."""
        return self._recordings.agreed(purpose, call_ids)

    def listen(self, call_id: str, purpose: str, person: str) -> bytes | None:
        """Return a call's recording as WAV; None where none was agreed to for this, or it is gone.

        That somebody listened is written before a sound is handed out.
        """
        found = self._recordings.agreed(purpose, [call_id])
        if not found:
            return None
        self._note(found[0].recording_sid, call_id, person, LISTENED)
        return self._read(found[0].recording_sid)
