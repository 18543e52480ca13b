"""Sends call legs where they belong, and keeps trying when the phone network does not listen."""

import threading

from ivr import log
from ivr.telephony.switchboard import Switchboard, SwitchboardFailed
from ivr.telephony.webhook_forms import CallStatus

MAX_TRIES = 10  # once a second from the sweep: longer than any hiccup a waiting caller would sit through

_log = log.get("handoff.steering")


def is_over(status: str | None) -> bool:
    """Say whether the network's word for a leg means that it has ended."""
    return status in set(CallStatus) and CallStatus(status).is_over


class Steering:
    """Redirects and ends legs. Safe from any thread; blocks as long as the switchboard does."""

    def __init__(self, switchboard: Switchboard) -> None:
        self._switchboard = switchboard
        self._owed: dict[str, tuple[str | None, int]] = {}  # leg -> (path or None to hang up, tries so far)
        self._lock = threading.Lock()

    def send(self, call_id: str, path: str) -> bool:
        """Give a leg new instructions; False when it has ended. A failure is tried again by `try_again`."""
        return self._steer(call_id, path, tries=0)

    def end(self, call_id: str) -> bool:
        """End a leg; False when it had ended. A failure is tried again by `try_again`."""
        return self._steer(call_id, None, tries=0)

    def status(self, call_id: str | None) -> str | None:
        """Return what the network says about a leg, or None when it does not say."""
        if call_id is None:
            return None
        try:
            return self._switchboard.status(call_id)
        except SwitchboardFailed:
            return None

    def is_gone(self, call_id: str) -> bool:
        """Say whether a leg has ended, or is none the network knows; False when it cannot be asked."""
        try:
            status = self._switchboard.status(call_id)
        except SwitchboardFailed:
            return False
        return status is None or is_over(status)

    def try_again(self) -> None:
        """Try again what failed."""
        with self._lock:
            owed, self._owed = self._owed, {}
        for call_id, (path, tries) in owed.items():
            self._steer(call_id, path, tries)

    def _steer(self, call_id: str, path: str | None, tries: int) -> bool:
        try:
            if path is None:
                return self._switchboard.hang_up(call_id)
            return self._switchboard.redirect(call_id, path)
        except SwitchboardFailed as failed:
            _log.warning("leg_not_steered", call_id=call_id, tries=tries + 1, why=str(failed))
            if tries + 1 < MAX_TRIES:
                with self._lock:
                    self._owed.setdefault(call_id, (path, tries + 1))  # a newer instruction wins
            return True  # not known to have ended
