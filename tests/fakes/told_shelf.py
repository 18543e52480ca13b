"""A shelf of recordings in the test's hands: which there are, which cannot be deleted, whether it answers."""


class ToldShelf:
    """Implements the eraser's `Shelf`."""

    def __init__(self) -> None:
        self.there: dict[str, list[str]] = {}
        self.stuck: set[str] = set()
        self.is_away = False

    def delete_recording(self, recording_sid: str) -> None:
        for sids in self.there.values():
            if recording_sid in sids and recording_sid not in self.stuck:
                sids.remove(recording_sid)

    def is_gone(self, recording_sid: str) -> bool:
        return not self.is_away and all(recording_sid not in sids for sids in self.there.values())

    def recordings_of(self, call_id: str) -> list[str] | None:
        return None if self.is_away else list(self.there.get(call_id, ()))

    def read_recording(self, recording_sid: str) -> bytes | None:
        return b"RIFF" + recording_sid.encode() if not self.is_gone(recording_sid) else None
