"""The port to the phone network: place, steer and end calls."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class PlacedCall:
    """A call that the network accepted; `call_id` is its CallSid, `status` as the network says."""

    call_id: str
    status: str


class Switchboard(Protocol):
    """Does things to calls. Every method blocks at most 10 s and raises SwitchboardFailed."""

    def dial(self, to: str, answer_path: str, status_path: str, ring_s: int) -> PlacedCall:
        """Phone `to`; on answer the network asks `answer_path` what to do. Paths start with "/"."""
        ...

    def redirect(self, call_id: str, path: str) -> bool:
        """Send a live call to new instructions; False when the call has already ended."""
        ...

    def hang_up(self, call_id: str) -> bool:
        """End a call, ringing or live; False when it had already ended."""
        ...

    def status(self, call_id: str) -> str | None:
        """Ask the network for a call's status; None when it does not know the call."""
        ...

    def hold(self, room: str, call_id: str, path: str) -> bool:
        """Park a leg that is in a conference; it hears `path`. False when it is not there any more."""
        ...

    def unhold(self, room: str, call_id: str) -> bool:
        """Bring a parked leg back into its conference; False when it is not there any more."""
        ...

    def send_text(self, to: str, body: str) -> str:
        """Send a text message and return the network's name for it. May stay unknown, as with `dial`."""
        ...

    def find_text(self, to: str, body: str) -> str | None:
        """Return the network's name of a text message that was sent to this number; None when none was."""
        ...


class SwitchboardFailed(Exception):
    """The network refused or could not be reached."""

    def __init__(self, what: str, is_retrying_useful: bool, is_outcome_unknown: bool = False) -> None:
        super().__init__(what)
        self.is_retrying_useful = is_retrying_useful
        self.is_outcome_unknown = is_outcome_unknown
