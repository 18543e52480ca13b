"""A phone network that does as the test says: who can be reached, what fails, which legs live."""

import itertools
import threading
from collections.abc import Callable

from ivr.telephony.switchboard import PlacedCall, SwitchboardFailed

OVER = {"completed", "busy", "no-answer", "failed", "canceled"}


class ScriptedSwitchboard:
    """Implements `Switchboard`. `done` lists what was asked for, in order, as (verb, leg, path or number).

    Put failures into `fails_next` (raised one by one, before anything happens) or set `loses_answer`:
    the call is placed, but the answer never arrives.
    """

    def __init__(self) -> None:
        self.done: list[tuple[str, str, str]] = []
        self.legs: dict[str, str] = {}  # call id -> status
        self.paths: dict[str, tuple[str, str]] = {}  # dialed leg -> (answer path, status path)
        self.texts: list[tuple[str, str]] = []  # (number, body), in order
        self.numbers: dict[str, str] = {}  # dialed leg -> number
        self.fails_next: list[SwitchboardFailed] = []
        self.loses_answer = False
        self.on_dial: Callable[[str], None] = lambda leg: None
        self._counter = itertools.count(1)
        self._lock = threading.Lock()

    def live(self, call_id: str, status: str = "in-progress") -> str:
        """Put a leg on the network."""
        self.legs[call_id] = status
        return call_id

    def dial(self, to: str, answer_path: str, status_path: str, ring_s: int) -> PlacedCall:
        """Place a call that rings until the test says otherwise."""
        self._fail_if_told()
        with self._lock:
            leg = f"CA{next(self._counter):032x}"
            self.legs[leg] = "queued"
            self.paths[leg], self.numbers[leg] = (answer_path, status_path), to
            self.done.append(("dial", leg, to))
        self.on_dial(leg)
        if self.loses_answer:
            raise SwitchboardFailed("timed out", is_retrying_useful=True, is_outcome_unknown=True)
        return PlacedCall(leg, "queued")

    def redirect(self, call_id: str, path: str) -> bool:
        """Note the new instructions of a live leg."""
        self._fail_if_told()
        self.done.append(("redirect", call_id, path))
        return self._is_live(call_id)

    def hang_up(self, call_id: str) -> bool:
        """End a leg."""
        self._fail_if_told()
        self.done.append(("hang_up", call_id, ""))
        if not self._is_live(call_id):
            return False
        self.legs[call_id] = "completed"
        return True

    def status(self, call_id: str) -> str | None:
        """Return the leg's status."""
        self._fail_if_told()
        return self.legs.get(call_id)

    def hold(self, room: str, call_id: str, path: str) -> bool:
        """Note that a leg is parked; False when it has ended."""
        self._fail_if_told()
        self.done.append(("hold", call_id, path))
        return self._is_live(call_id)

    def unhold(self, room: str, call_id: str) -> bool:
        """Note that a leg is brought back; False when it has ended."""
        self._fail_if_told()
        self.done.append(("unhold", call_id, room))
        return self._is_live(call_id)

    def send_text(self, to: str, body: str) -> str:
        """Note a text message."""
        self._fail_if_told()
        self.texts.append((to, body))
        if self.loses_answer:
            raise SwitchboardFailed("timed out", is_retrying_useful=True, is_outcome_unknown=True)
        return f"SM{len(self.texts):032x}"

    def find_text(self, to: str, body: str) -> str | None:
        """Look for a text message among those sent."""
        self._fail_if_told()
        return f"SM{self.texts.index((to, body)) + 1:032x}" if (to, body) in self.texts else None

    def did(self, verb: str) -> list[tuple[str, str, str]]:
        """Return what was asked for with this verb."""
        return [done for done in self.done if done[0] == verb]

    def _is_live(self, call_id: str) -> bool:
        return call_id in self.legs and self.legs[call_id] not in OVER

    def _fail_if_told(self) -> None:
        if self.fails_next:
            raise self.fails_next.pop(0)
