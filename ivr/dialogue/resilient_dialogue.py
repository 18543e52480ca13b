"""When to stop asking a dialogue that fails, and which one answers instead."""

import threading
from dataclasses import replace

from ivr import log
from ivr.clock import Clock
from ivr.dialogue.dialogue import CallerInput, Dialogue, DialogueReply, DialogueUnavailable, Spoken

_log = log.get("dialogue")
FAILURES_TO_OPEN = 3  # in a row
REST_S = 15.0  # a restarted Rasa loads its model in about this time


class ResilientDialogue:
    """Asks the primary dialogue, once more when that may help, and else the stand-in.

    After three failures in a row the primary is left alone for 15 s, so that callers do not wait for
    a dead engine; then one input is let through to try.
    """

    def __init__(self, primary: Dialogue, stand_in: Dialogue, clock: Clock) -> None:
        self._primary = primary
        self._stand_in = stand_in
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._rests_until: float | None = None

    def reply(self, call_id: str, heard: CallerInput, language: str) -> DialogueReply:
        """Answer one input; raises DialogueUnavailable only when the stand-in does."""
        if self._is_resting():
            return self._stand_in.reply(call_id, heard, language)
        try:
            reply = self._ask(call_id, heard, language)
        except DialogueUnavailable as unavailable:
            self._count_failure()
            _log.warning("dialogue_failed", why=str(unavailable), failures=self._failures)
            return self._stand_in.reply(call_id, heard, language)
        with self._lock:
            self._failures = 0
            self._rests_until = None
        return reply

    def forget(self, call_id: str) -> None:
        """Have both dialogues drop a call that is over."""
        self._primary.forget(call_id)
        self._stand_in.forget(call_id)

    def is_ready(self) -> bool:
        """Say whether the primary dialogue is ready; the stand-in always is."""
        return self._primary.is_ready()

    def _ask(self, call_id: str, heard: CallerInput, language: str) -> DialogueReply:
        try:
            return self._primary.reply(call_id, heard, language)
        except DialogueUnavailable as unavailable:
            if not unavailable.is_retrying_useful:
                raise
            # What was to be taken back may have been: twice would take back the turn before it.
            again = replace(heard, takes_back=False) if isinstance(heard, Spoken) else heard
            return self._primary.reply(call_id, again, language)

    def _is_resting(self) -> bool:
        with self._lock:
            if self._rests_until is None:
                return False
            if self._clock.monotonic() < self._rests_until:
                return True
            self._rests_until = self._clock.monotonic() + REST_S  # this one tries; the others wait on
            return False

    def _count_failure(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES_TO_OPEN:
                self._rests_until = self._clock.monotonic() + REST_S
