"""All calls now with the bot: who owns each, how it goes on when its stream ends, and that it ends once."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from ivr.calls.ear import Ear
from ivr.calls.ending import StreamEnd, end_call
from ivr.calls.engines import Engines
from ivr.calls.language_now import language_now
from ivr.calls.line import Line
from ivr.calls.live_call import LiveCall
from ivr.calls.webhook_answers import AfterStream, StreamOutcome, WebhookAnswer, WebhookTurn
from ivr.calls.webhook_call import TakeRecording, WebhookCall
from ivr.conversation.actions import Outcome, Tape, TapeOrder
from ivr.conversation.conversation import Conversation
from ivr.conversation.events import CallerHungUp, PeopleWanted
from ivr.conversation.language_choice import ONLY_ITS_OWN, Languages
from ivr.conversation.patience import Pace
from ivr.conversation.phrasebook import Phrasebook
from ivr.conversation.recording import Recording
from ivr.handoff.escalation.decision import Watch
from ivr.handoff.transfer import TransferState
from ivr.log import get
from ivr.records.kinds import Kind
from ivr.records.store import CallRow

FORGOTTEN_AFTER_S = 20.0  # the network asks what comes after a stream within seconds, or the caller is gone

MakeWatch = Callable[[CallRow], Watch]
"""Return what watches a call for reasons to fetch a person."""

log = get("calls")


class Place(StrEnum):
    """Where a call is."""

    ANNOUNCED = "announced"  # the network was told to open a stream
    ON_STREAM = "on_stream"
    STREAM_LOST = "stream_lost"
    ON_WEBHOOKS = "on_webhooks"
    HANDED_OVER = "handed_over"
    OVER = "over"


@dataclass
class CallInHand:
    """One call with the bot. `lock` is held by whoever acts for it."""

    conversation: Conversation
    place: Place = Place.ANNOUNCED
    place_since_s: float = 0.0
    webhook_call: WebhookCall | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Calls:
    """The calls of this process. Every method may be called from any thread."""

    def __init__(
        self,
        engines: Engines,
        phrasebook: Phrasebook,
        make_ear: Callable[[], Ear],
        take_recording: TakeRecording,
        pace: Pace,
        language: str,
        max_call_s: float,
        most_calls: int = 16,
        languages: Languages = ONLY_ITS_OWN,
        make_watch: MakeWatch | None = None,
    ) -> None:
        self._make_watch = make_watch
        self._engines = engines
        self._phrasebook = phrasebook
        self._make_ear = make_ear
        self._take_recording = take_recording
        self._pace = pace
        self._language = language
        self._max_call_s = max_call_s
        self._languages = languages
        self.most_calls = most_calls
        self.turned_away = 0
        self._let_in: dict[str, float] = {}  # calls told to open a stream, and when
        self._in_hand: dict[str, CallInHand] = {}
        self._lock = threading.Lock()

    def admit(self, call_id: str) -> bool:
        """Say whether a new call may come to the bot; when it has its limit, it goes to a person instead.

        A place is kept for a call that was let in, until its stream opens or the network forgets it.
        """
        now = self._engines.clock.monotonic()
        with self._lock:
            kept = {known: at for known, at in self._let_in.items() if now - at <= FORGOTTEN_AFTER_S}
            self._let_in = kept
            if call_id in self._in_hand or call_id in kept:
                return True
            if len(self._in_hand.keys() | kept.keys()) >= self.most_calls:
                self.turned_away += 1
                return False
            kept[call_id] = now
            return True

    def run_stream(self, call_id: str, stream_id: str, line: Line) -> bool:
        """Run a call's stream to its end on this thread; False when the call has one already or is over.

        A call that no webhook announced is taken all the same: whoever opened the stream was let in
        by its signature, and a caller is on it.
        """
        self._engines.records.open_call(call_id, None, None, self._language)
        call = self._take_in_hand(call_id)
        if call is None or not self._claim_stream(call):
            return False
        self._engines.records.append(call_id, Kind.STREAM_OPENED, stream_id=stream_id)
        live = LiveCall(call.conversation, line, self._make_ear(), self._engines, self._max_call_s)
        end = StreamEnd.LOST
        try:
            end = live.run()
        finally:
            with call.lock:
                self._move(call, _PLACE_AFTER[end])
        log.info("stream_ended", call_id=call_id, end=end)
        if end is not StreamEnd.LOST:
            self._forget(call_id)
        return True

    def after_stream(self, call_id: str) -> StreamOutcome:
        """Say how the call goes on now that the network has left the stream."""
        transfer = self._engines.records.transfer_of(call_id)
        if transfer is not None and transfer.state != TransferState.RETURNED:
            return StreamOutcome(AfterStream.TRANSFER, transfer.transfer_id)
        call = self._take_in_hand(call_id)
        if call is None:
            return StreamOutcome(AfterStream.ENDED)
        with call.lock:
            if call.place is Place.OVER:
                return StreamOutcome(AfterStream.ENDED)
            if call.place is not Place.ON_WEBHOOKS:
                self._engines.records.append(call_id, Kind.STREAM_LOST, reason="continued_by_webhooks")
            self._move(call, Place.ON_WEBHOOKS)
            return StreamOutcome(AfterStream.CONTINUE_BY_WEBHOOK)

    def webhook_turn(self, call_id: str, turn: WebhookTurn) -> WebhookAnswer | None:
        """Take one turn without a stream; None when the call is not known or over."""
        call = self._take_in_hand(call_id)
        if call is None:
            return None
        with call.lock:
            if call.place is Place.OVER:
                return None
            if call.webhook_call is None:
                call.webhook_call = WebhookCall(call.conversation, self._engines, self._take_recording)
            answer = call.webhook_call.take(turn)
            if answer.transfer_id is not None:
                self._move(call, Place.HANDED_OVER)
                self._forget(call_id)
            elif call.conversation.outcome is not None:
                self._move(call, Place.OVER)
                self._forget(call_id)
            return answer

    def caller_hung_up(self, call_id: str) -> None:
        """Close the call in the record; the network says the caller's line is gone."""
        call = self._forget(call_id)
        if call is None:
            return
        call.conversation.handle(CallerHungUp())
        if call.conversation.recording.is_on:
            self._engines.recorder.take(call_id, Tape(TapeOrder.STOP))
        end_call(self._engines.records, call_id, Outcome.CALLER_HUNG_UP, call.conversation.expects.step)
        self._move(call, Place.OVER)

    def sweep(self) -> None:
        """Close calls whose network went quiet; run every few seconds."""
        now = self._engines.clock.monotonic()
        for call_id, call in list(self._in_hand.items()):
            is_waiting = call.place in {Place.ANNOUNCED, Place.STREAM_LOST}
            if is_waiting and now - call.place_since_s > FORGOTTEN_AFTER_S:
                log.warning("call_went_quiet", call_id=call_id, place=call.place)
                self.caller_hung_up(call_id)

    def live_count(self) -> int:
        """Return the number of calls now with the bot."""
        return len(self._in_hand)

    def _take_in_hand(self, call_id: str) -> CallInHand | None:
        """Return the call, taken up from its record when this process does not have it; None when over."""
        with self._lock:
            if call_id in self._in_hand:
                return self._in_hand[call_id]
            row = self._engines.records.call(call_id)
            if row is None or row.outcome is not None:
                return None
            language = language_now(self._engines.records, call_id, row.language)
            watch = self._make_watch(row) if self._make_watch is not None else None
            conversation = Conversation(
                call_id,
                language,
                self._phrasebook,
                row.caller,
                self._pace,
                watch=watch,
                languages=self._languages,
                recording=Recording(self._engines.recorder.purposes_for(call_id)),
            )
            if self._engines.is_people_first() and self._engines.records.transfer_of(call_id) is None:
                conversation.handle(PeopleWanted())
            call = CallInHand(conversation, place_since_s=self._engines.clock.monotonic())
            self._in_hand[call_id] = call
            self._let_in.pop(call_id, None)
            return call

    def _claim_stream(self, call: CallInHand) -> bool:
        with call.lock:
            if call.place is not Place.ANNOUNCED:
                return False
            self._move(call, Place.ON_STREAM)
            return True

    def _move(self, call: CallInHand, place: Place) -> None:
        call.place = place
        call.place_since_s = self._engines.clock.monotonic()

    def _forget(self, call_id: str) -> CallInHand | None:
        """Let go of a call the bot has nothing more to do with; its words leave the dialogue's memory too."""
        with self._lock:
            call = self._in_hand.pop(call_id, None)
        if call is not None:
            self._engines.executor.submit(self._engines.dialogue.forget, call_id)
        return call


_PLACE_AFTER = {
    StreamEnd.HUNG_UP: Place.OVER,
    StreamEnd.HANDED_OVER: Place.HANDED_OVER,
    StreamEnd.LOST: Place.STREAM_LOST,
}
