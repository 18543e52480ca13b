"""The port to recording a live call at the phone network."""

from typing import Protocol

CURRENT = "Twilio.CURRENT"  # the network's word for the recording that runs


class TapeFailed(Exception):
    """The network refused or did not answer; the recording may be in any state."""


class TapeDeck(Protocol):
    """Records live calls. Every method blocks at most 5 s and raises TapeFailed."""

    def start(self, call_id: str) -> str:
        """Start recording a live call and return the network's name for the recording."""
        ...

    def pause(self, call_id: str, recording_sid: str) -> bool:
        """Record silence from now on; False when the recording is over."""
        ...

    def resume(self, call_id: str, recording_sid: str) -> bool:
        """Record sound again; False when the recording is over."""
        ...

    def stop(self, call_id: str, recording_sid: str) -> bool:
        """End the recording; False when it was over."""
        ...
