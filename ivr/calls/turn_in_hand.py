"""The turn being collected on a live call: its audio, its transcription ahead of time, its end."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ivr.audio.resample import resample
from ivr.calls.ear import Ear
from ivr.calls.engines import HeardOrFailed, Ticket, TranscriptionDesk
from ivr.calls.turn_ends import NoTurnEnds, TurnEnds
from ivr.calls.turn_timing import TurnTiming
from ivr.clock import Clock
from ivr.conversation import endpointing
from ivr.conversation.bad_line import is_guess
from ivr.conversation.endpointing import Wait
from ivr.conversation.expectation import OPEN_QUESTION, Expectation
from ivr.speech.transcriber import Doubt, Transcription
from ivr.speech.transcription_pool import Priority

LINE_HZ = 8000
RECOGNITION_HZ = 16000
HEARING_LIMIT_S = 10.0
LATE_WORDS_S = 1.5  # without words by now, the caller is told that the bot is working on it


class Transcribing:
    """Names one transcription, so that the late result of a dropped one is not taken for it."""

    ticket: Ticket | None = None


@dataclass(frozen=True)
class TranscriptionCame:
    """The result of one transcription."""

    marker: Transcribing
    heard: HeardOrFailed


@dataclass(frozen=True)
class TurnOver:
    """The caller has finished. `heard` is None when the words are lost."""

    heard: Transcription | None
    wait: Wait
    longest_pause_s: float = 0.0  # within the turn
    whole: float | None = None  # how likely the words were all, 0..1, before they were


class TurnInHand:
    """Transcribes in every pause and decides, with the words in hand, whether the pause is the end.

    A guess whose caller goes on speaking is thrown away. Owned by the call's thread; results come by `post`.
    """

    def __init__(
        self,
        ear: Ear,
        hearing: TranscriptionDesk,
        language: str,
        clock: Clock,
        post: Callable[[TranscriptionCame], None],
        ends: TurnEnds | None = None,
    ) -> None:
        self._ear = ear
        self._hearing = hearing
        self._ends = ends or NoTurnEnds()
        self._whole: float | None = None  # how likely the words so far are all
        self.language = language  # of the call; the caller may choose another
        self._clock = clock
        self._post = post
        self._marker: Transcribing | None = None
        self._heard: HeardOrFailed | None = None
        self._speech_ended_s = 0.0
        self._is_paused = False
        self._longest_pause_s = 0.0
        self.timing = TurnTiming()

    @property
    def is_being_heard(self) -> bool:
        """Whether words are on their way, or have come and wait for the pause to be long enough."""
        return self._marker is not None

    @property
    def heard(self) -> Transcription | None:
        """The words so far; None while they are not known, or lost."""
        return self._heard if isinstance(self._heard, Transcription) else None

    @property
    def pause_s(self) -> float:
        """Seconds of audio since the caller's last speech."""
        return self._ear.now_s - self._speech_ended_s

    @property
    def is_pause_long(self) -> bool:
        """Whether the caller has been silent so long that, words known or not, it is the bot's move."""
        return self.pause_s > (LATE_WORDS_S if self._heard is None else endpointing.LONGEST_WAIT_S)

    @property
    def is_too_long(self) -> bool:
        """Whether the turn fills the recogniser's window."""
        return self._ear.utterance().size / LINE_HZ >= endpointing.LONGEST_TURN_S

    def guess(self, speech_ended_s: float, expects: Expectation = OPEN_QUESTION) -> None:
        """The voice has faltered at this second of audio: start transcribing what was said so far."""
        self.go_on()
        self._speech_ended_s = speech_ended_s
        now = self._clock.monotonic()
        self.timing = TurnTiming(now - (self._ear.now_s - speech_ended_s), now)
        marker = self._marker = Transcribing()
        audio = resample(self._ear.utterance(), LINE_HZ, RECOGNITION_HZ)
        marker.ticket = self._hearing.submit(
            audio,
            self.language,
            lambda heard: self._post(TranscriptionCame(marker, heard)),
            Priority.SPECULATIVE,
            expects,
        )

    def pause(self, speech_ended_s: float, expects: Expectation = OPEN_QUESTION) -> None:
        """The caller stopped at this second of audio; a guess made there stands."""
        if self._marker is None or self._speech_ended_s != speech_ended_s:
            self.guess(speech_ended_s, expects)
        self._is_paused = True

    def speak_again(self) -> None:
        """The caller speaks; a pause just before was one within the turn."""
        if self._is_paused:
            self._longest_pause_s = max(self._longest_pause_s, self.pause_s)
        self.go_on()

    def go_on(self) -> None:
        """The caller speaks again, or the words are not needed: throw the guess away."""
        if self._marker is not None and self._marker.ticket is not None:
            self._marker.ticket.cancel()
        self._marker = self._heard = None
        self._is_paused = False

    def take(self, came: TranscriptionCame) -> None:
        """Keep a result, unless it belongs to a guess already thrown away."""
        if came.marker is self._marker:
            self._heard = came.heard
            if isinstance(came.heard, Transcription):
                self._whole = self._ends.whole(came.heard.text, came.heard.language)
            self.timing.transcription_ended_at = self._clock.monotonic()

    def decide(self, expects: Expectation) -> TurnOver | None:
        """Say whether the turn is over; None while the caller may go on or the words are not known yet."""
        if self._marker is None:
            return None
        if self._heard is None:
            if self._marker.ticket is not None and self.pause_s >= endpointing.COMPLETE_S:
                self._marker.ticket.hurry()  # no guess any more: the turn may be over, and the caller waits
            waited_s = self._clock.monotonic() - self.timing.transcription_began_at
            return (
                TurnOver(None, Wait(HEARING_LIMIT_S, "hearing_too_slow"))
                if waited_s > HEARING_LIMIT_S
                else None
            )
        if not isinstance(self._heard, Transcription):
            return TurnOver(None, Wait(0.0, "hearing_failed"))
        heard = self._heard
        wait = endpointing.wait(
            expects,
            heard.text,
            heard.language,
            heard.asr_confidence,
            self._longest_pause_s,
            self._whole,
            heard.readings,
        )
        if self.pause_s < wait.seconds:
            return None
        if heard.doubt is None and is_guess(expects, heard.asr_confidence, self._ear.lost_share):
            heard = replace(heard, doubt=Doubt.BAD_LINE)
        return TurnOver(heard, wait, self._longest_pause_s, self._whole)

    def close(self) -> None:
        """End the turn: nothing said so far belongs to the next one."""
        self.go_on()
        self._longest_pause_s = 0.0
        self._ear.begin_new_turn()
        self.timing.turn_ended_at = self._clock.monotonic()

    def close_with_keys(self) -> None:
        """End the turn by an entry on the keypad: digits win over speech."""
        now = self._clock.monotonic()
        self.close()
        self.timing = TurnTiming(now, now, now, now)
