"""The port to recordings of single turns, kept by the phone network until we have heard them."""

from typing import Protocol


class RecordingShelf(Protocol):
    """Hands out recordings by their SID, each once."""

    def take_recording(self, recording_sid: str) -> bytes | None:
        """Return a recording as WAV and have it deleted; None when it cannot be had. Blocks at most 10 s."""
        ...

    def read_recording(self, recording_sid: str) -> bytes | None:
        """Return a recording as WAV and leave it there; None when it cannot be had. Blocks at most 10 s."""
        ...

    def delete_recording(self, recording_sid: str) -> None:
        """Have a recording deleted. Blocks at most 10 s."""
        ...
