"""A message instead of a wait: asked for, recorded, written down by our own recogniser, read by people."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Protocol

from ivr import log
from ivr.handoff.follow_up_records import FollowUpRecords, Message, MessageState
from ivr.handoff.transfer_desk import TransferDesk
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords, RecordsUnavailable

LONGEST_S = 60  # what is recorded; also what a stored recording may be large at most
HEARING_LIMIT_S = 90.0
MOST_TRIES = 5
RETRY_AFTER_S = 30.0

_log = log.get("handoff.messages")


class Heard(Protocol):
    """What a recording says."""

    @property
    def text(self) -> str: ...
    @property
    def is_doubtful(self) -> bool: ...


class RecordedWords(Protocol):
    """Hears recordings."""

    def hear(self, recording_sid: str, language: str, limit_s: float) -> Heard | None:
        """Return what a recording says, None when it cannot be had now. Blocks."""
        ...

    def forget(self, recording_sid: str) -> None:
        """Have the recording deleted."""
        ...


class Messages:
    """Takes messages. Safe from any thread; the record is written before anything is done.

    `sweep` is to be called about once a second: it writes down what a crash or a busy recogniser left.
    """

    def __init__(
        self,
        records: CallRecords,
        follow_ups: FollowUpRecords,
        desk: TransferDesk,
        words: RecordedWords,
        executor: Executor,
        now_s: Callable[[], float],
    ) -> None:
        self._records = records
        self._follow_ups = follow_ups
        self._desk = desk
        self._words = words
        self._executor = executor
        self._now_s = now_s
        self._not_before: dict[str, float] = {}
        self._lock = threading.Lock()

    def begin(self, call_id: str) -> str | None:
        """Let a caller leave a message and return the case number; None when they cannot any more.

        Harmless twice. A caller who already has a callback adds the message to that case.
        """
        case_number = self._desk.instead.choose_message(call_id)
        call = self._records.call(call_id)
        if case_number is None or call is None:
            return None
        self._follow_ups.open_message(case_number, call_id, call.language)
        return case_number

    def case_number(self, call_id: str) -> str | None:
        """Return the case number of the call's message, None without one."""
        message = self._follow_ups.message_of(call_id)
        return None if message is None else message.case_number

    def take(self, call_id: str, recording_sid: str | None) -> str | None:
        """Keep what the caller said, or that they said nothing; return the case number. Harmless twice."""
        if self.begin(call_id) is None and self.case_number(call_id) is None:
            return None
        message = self._follow_ups.message_of(call_id)
        if message is None:
            return None
        to = MessageState.UNCLEAR if recording_sid is None else MessageState.RECORDED
        if self._follow_ups.move_message(
            message.case_number, MessageState.RECORDING, to, recording_sid=recording_sid
        ):
            spoken = recording_sid is not None
            self._records.append(
                call_id, Kind.MESSAGE_TAKEN, case_number=message.case_number, is_spoken=spoken
            )
        self._desk.instead.message_left(call_id)
        self._write_down_soon()
        return message.case_number

    def sweep(self) -> None:
        """Write down what waits, and settle messages whose caller hung up without a word."""
        try:
            for message in self._follow_ups.messages_in(MessageState.RECORDING):
                call = self._records.call(message.call_id)
                if call is not None and call.ended_at is not None and self._is_due(message.case_number):
                    self._settle_unspoken(message)
            self._write_down_soon()
        except RecordsUnavailable as problem:
            _log.warning("messages_left_out", why=str(problem))

    def _settle_unspoken(self, message: Message) -> None:
        # The recording's own webhook may still be on its way: it is waited for once.
        with self._lock:
            is_first_look = self._not_before.pop(f"quiet:{message.case_number}", None) is None
        if is_first_look:
            with self._lock:
                self._not_before[f"quiet:{message.case_number}"] = 0.0
            self._put_off(message.case_number)
            return
        self.take(message.call_id, None)

    def _write_down_soon(self) -> None:
        for message in self._follow_ups.messages_in(MessageState.RECORDED):
            if self._is_due(message.case_number):
                self._put_off(message.case_number, HEARING_LIMIT_S + RETRY_AFTER_S)
                self._executor.submit(self._write_down, message)

    def _write_down(self, message: Message) -> None:
        if message.recording_sid is None:
            return
        if message.text is not None:  # written down before a crash; only the sound is left
            self._finish(message, message.text)
            return
        heard = self._words.hear(message.recording_sid, message.language, HEARING_LIMIT_S)
        if heard is None and message.tries + 1 < MOST_TRIES:
            self._follow_ups.move_message(
                message.case_number, MessageState.RECORDED, MessageState.RECORDED, is_tried=True
            )
            self._put_off(message.case_number)
            return
        text = "" if heard is None else heard.text
        is_clear = heard is not None and bool(text) and not heard.is_doubtful
        # The words are kept before the sound is deleted, and the message stays here until that is done.
        state = MessageState.RECORDED
        if self._follow_ups.move_message(message.case_number, state, state, text=text):
            facts = {"case_number": message.case_number, "text": text, "is_clear": is_clear}
            self._records.append(message.call_id, Kind.MESSAGE_WRITTEN, **facts)
            self._finish(message, text)

    def _finish(self, message: Message, text: str) -> None:
        if message.recording_sid is not None:
            self._words.forget(message.recording_sid)
        to = MessageState.WRITTEN if text else MessageState.UNCLEAR
        self._follow_ups.move_message(message.case_number, MessageState.RECORDED, to)

    def _is_due(self, case_number: str) -> bool:
        with self._lock:
            return self._now_s() >= self._not_before.get(case_number, 0.0)

    def _put_off(self, case_number: str, seconds: float = RETRY_AFTER_S) -> None:
        with self._lock:
            self._not_before[case_number] = self._now_s() + seconds
