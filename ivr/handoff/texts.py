"""Text messages callers ask for: written first, sent once, looked up when nobody knows if they went."""

import threading
from concurrent.futures import Executor
from datetime import timedelta

from ivr import log
from ivr.clock import Clock
from ivr.handoff.follow_up_records import FollowUpRecords, OwedText, TextState
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords, RecordsUnavailable
from ivr.telephony.switchboard import Switchboard, SwitchboardFailed

UNSURE_AFTER = timedelta(seconds=60)  # longer than any request may take

_log = log.get("handoff.texts")


class Texts:
    """Sends texts. Safe from any thread; `sweep` is to be called about once a second."""

    def __init__(
        self,
        records: CallRecords,
        follow_ups: FollowUpRecords,
        switchboard: Switchboard,
        executor: Executor,
        clock: Clock,
    ) -> None:
        self._records = records
        self._follow_ups = follow_ups
        self._switchboard = switchboard
        self._executor = executor
        self._clock = clock
        self._lock = threading.Lock()
        self._in_hand: set[str] = set()

    def ask(self, call_id: str, about: str, number: str, body: str) -> None:
        """Owe the caller one text about this; asking again changes nothing. `number` is E.164."""
        text_id = f"{about}:{call_id}"
        if self._follow_ups.owe_text(text_id, call_id, number, body):
            self._records.append(call_id, Kind.TEXT_ASKED, text_id=text_id, about=about)
        self._send_soon()

    def sweep(self) -> None:
        """Send what a crash left unsent; ask the network about what may have been sent."""
        try:
            self._send_soon()
            for text in self._follow_ups.texts_in(TextState.SENDING):
                if self._clock.now() - text.since > UNSURE_AFTER and self._take(text):
                    self._executor.submit(self._look_up, text)
        except RecordsUnavailable as problem:
            _log.warning("texts_left_out", why=str(problem))

    def _send_soon(self) -> None:
        for text in self._follow_ups.texts_in(TextState.OWED):
            if self._take(text):
                self._executor.submit(self._send, text)

    def _send(self, text: OwedText) -> None:
        try:
            if not self._follow_ups.move_text(text.text_id, TextState.OWED, TextState.SENDING):
                return
            try:
                sid = self._switchboard.send_text(text.number, text.body)
            except SwitchboardFailed as failed:
                _log.warning("text_not_sent", reference=text.text_id, why=str(failed))
                if not failed.is_outcome_unknown:
                    self._settle(text, None)
                return  # unknown: looked up later, never sent again blindly
            self._settle(text, sid)
        finally:
            self._let_go(text)

    def _look_up(self, text: OwedText) -> None:
        try:
            self._settle(text, self._switchboard.find_text(text.number, text.body))
        except SwitchboardFailed as failed:
            _log.warning("text_not_looked_up", reference=text.text_id, why=str(failed))
        finally:
            self._let_go(text)

    def _settle(self, text: OwedText, sid: str | None) -> None:
        to = TextState.FAILED if sid is None else TextState.SENT
        if self._follow_ups.move_text(text.text_id, TextState.SENDING, to, sid=sid):
            self._records.append(text.call_id, Kind.TEXT_SENT, text_id=text.text_id, is_sent=sid is not None)

    def _take(self, text: OwedText) -> bool:
        with self._lock:
            is_free = text.text_id not in self._in_hand
            self._in_hand.add(text.text_id)
            return is_free

    def _let_go(self, text: OwedText) -> None:
        with self._lock:
            self._in_hand.discard(text.text_id)
