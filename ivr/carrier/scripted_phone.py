"""What one scripted person does next, decided every 20 ms from what has arrived; no I/O, no clock."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ivr.audio import g711
from ivr.audio.frames import FRAME_S, FRAME_SAMPLES
from ivr.carrier.call_report import Failure, Moment, Turn
from ivr.carrier.call_script import Expect, Hear, Interrupt, Say, Step, matches
from ivr.carrier.call_tape import QUIET_S, Ear, Tape
from ivr.carrier.call_words import WordsHeard
from ivr.carrier.caller_voice import loud_frames
from ivr.carrier.line_noise import Line
from ivr.carrier.phone_line import Arrived

_Playing = Generator[None, None, None]

ANSWER_WITHIN_S = 60.0
CAPTIONS_LATE_S = 2.0  # the last words may be written down after the last sound
_REPLY_STARTS_WITHIN_S = 3.0  # a caption may come before its sound
_BREATH_S = 1.0  # a pause between two sentences of one prompt; measured: up to 0.8 s
_FLOOR_WITHIN_S = 25.0  # longer than any prompt: music does not silence a caller for ever
_KEY_S = 0.25
_NEW_SOUND_GAP_S = 0.2


class StepFailed(Exception):
    """What the script expected did not happen; the message says what did."""


@dataclass
class Outbox:
    """What a phone does in one tick: commands first, then the frame, while a call is up."""

    commands: list[dict[str, Any]] = field(default_factory=list)
    frame: bytes | None = None


class ScriptedPhone:
    """One person with a phone, playing their steps.

    `speech_of` returns the sound of a line (float32 at 8 kHz, whole frames), prepared beforehand.
    With `is_listening`, words come from `heard_words` instead of from captions.
    """

    def __init__(
        self, who: str, line: Line, speech_of: Callable[[Say], np.ndarray], is_listening: bool = False
    ) -> None:
        self.who = who
        self.ear = Ear()
        self.mouth = Tape()
        self.moments: list[Moment] = []
        self.turns: list[Turn] = []
        self.failures: list[Failure] = []
        self.call_sid: str | None = None
        self.ended: str | None = None
        self.pending_transcriptions = 0
        self.is_transferred: Callable[[], bool] = lambda: False
        self._line = line
        self._speech_of = speech_of
        self._is_listening = is_listening
        self._now = 0.0
        self._state = "idle"
        self._outbox = Outbox()
        self._speaking: list[tuple[np.ndarray, bool]] = []
        self._words = WordsHeard()
        self._acted_s = 0.0
        self._ended_s = 0.0
        self._is_talking_over = False
        self._playing: _Playing | None = None

    @property
    def is_up(self) -> bool:
        """Say whether a call is connected."""
        return self._state == "up"

    @property
    def is_done(self) -> bool:
        """Say whether there is nothing more to do."""
        return self._playing is None

    def starts(self, playing: _Playing) -> None:
        """Give the phone what to do; see `caller` and `agent`."""
        self._playing = playing

    def tick(self, now_s: float, arrived: list[Arrived]) -> Outbox:
        """Take what came in, go on with the script, and return what to send now."""
        self._now = now_s
        self._outbox = Outbox()
        for item in arrived:
            self._take(item)
        self._go_on()
        if self.is_up:
            self._outbox.frame = self._next_frame()
        return self._outbox

    def heard_words(self, at_s: float, text: str) -> None:
        """Take words transcribed from the sound (with `is_listening`)."""
        self.moments.append(Moment(at_s, "bot" if self.who == "caller" else "line", "heard", text))
        self._words.add(at_s, text)

    def fail(self, line: int, message: str) -> None:
        """Give up: note what went wrong and stop playing."""
        self.failures.append(Failure(line, message))
        self._playing = None

    # What arrives

    def _take(self, item: Arrived) -> None:
        if item.audio:
            self._take_audio(item)
            return
        event = item.event
        match event.get("event"):
            case "ringing":
                self._state = "ringing"
                self.call_sid, self.ended = event.get("call_sid"), None
                self._note(item.at_s, "line", f"rings, call from {event.get('from')}")
            case "ringback":
                self.call_sid = event.get("call_sid")
                self._note(item.at_s, "line", "is calling")
            case "answered":
                self._state = "up"
                self.call_sid = event.get("call_sid", self.call_sid)
                self._acted_s = item.at_s
                self._note(item.at_s, "line", "is connected")
            case "ended" | "unplugged":
                self._end(item)
            case "refused":
                self._refused(item.at_s, str(event.get("why")))
            case "said":
                self._take_caption(item)

    def _refused(self, at_s: float, why: str) -> None:
        """Give up when there is no call; during one it is a command that crossed another event."""
        if self._state == "idle":
            self.fail(0, f"the carrier refused the phone of {self.who}: {why}")
        else:
            self._note(at_s, "line", f"was refused: {why}")

    def _end(self, item: Arrived) -> None:
        if item.event["event"] == "unplugged":
            if self._playing is not None:
                self.fail(0, f"the carrier closed the line of {self.who}")
            return
        self._state = "ended"
        self._ended_s = item.at_s
        self.ended = str(item.event.get("reason", "completed"))
        self._speaking.clear()
        self._note(item.at_s, "line", f"has ended ({self.ended})")

    def _take_audio(self, item: Arrived) -> None:
        before_s = self.ear.last_s
        if not self.ear.take(item.at_s, item.audio) or not self.turns:
            return
        turn = self.turns[-1]
        if turn.ended_s is None or turn.first_audio_s is not None or item.at_s <= turn.ended_s:
            return
        if self.ear.gap_s < _NEW_SOUND_GAP_S:
            turn.is_overlapped = True
            return
        turn.first_audio_s = item.at_s
        if self._is_talking_over and before_s is not None:
            turn.bot_stopped_s = max(0.0, before_s + FRAME_S - turn.began_s)

    def _take_caption(self, item: Arrived) -> None:
        who, text = str(item.event.get("who")), str(item.event.get("text", ""))
        prompt_id = item.event.get("prompt_id")
        self.moments.append(Moment(item.at_s, who, "caption", text, prompt_id))
        if who != self.who:
            self._words.announce(item.at_s, text)
        if who != self.who and not (self._is_listening and prompt_id is None):
            self._words.add(item.at_s, "" if self._is_listening else text, prompt_id)

    def _note(self, at_s: float, kind: str, text: str) -> None:
        self.moments.append(Moment(at_s, self.who, kind, text))

    # What goes out

    def _next_frame(self) -> bytes:
        speech, is_loud = self._speaking.pop(0) if self._speaking else (None, False)
        if is_loud and not any(later_is_loud for _, later_is_loud in self._speaking):
            self.turns[-1].ended_s = self._now
        payload = g711.encode(self._line.frame(speech))
        self.mouth.add(self._now, g711.decode_int16(payload), is_audible=speech is not None)
        return payload

    def _command(self, **what: str) -> None:
        self._outbox.commands.append(what)

    # The script

    def _go_on(self) -> None:
        if self._playing is None:
            return
        try:
            next(self._playing)
        except StopIteration:
            self._playing = None
        except StepFailed as failed:
            self.fail(0, str(failed))

    def caller(self, to: str, steps: list[Step]) -> _Playing:
        """Dial, play the steps, hang up."""
        self._command(do="dial", to=to)
        started_s = self._now
        while not self.is_up:
            if self.ended is not None:
                raise StepFailed(f"{to} was not reached: the call ended as {self.ended}")
            if self._now - started_s > ANSWER_WITHIN_S:
                raise StepFailed(f"{to} did not answer within {ANSWER_WITHIN_S:.0f} s")
            yield
        yield from self._steps(steps)
        if self.is_up and not self.failures:
            yield from self._hang_up()

    def agent(self, on_ring: str, after_s: float, steps: list[Step]) -> _Playing:
        """Wait for the phone to ring, do with it what the script says, and be there for the next call."""
        while True:
            while self._state != "ringing":
                yield
            yield from self._wait(after_s)
            if self._state != "ringing" or on_ring == "ignore":
                while self._state == "ringing":
                    yield
                continue
            self._command(do=on_ring)
            while self._state == "ringing":
                yield
            if self.is_up:
                yield from self._steps(steps)
                while self.is_up:
                    yield

    def _steps(self, steps: list[Step]) -> _Playing:
        for step in steps:
            try:
                yield from self._step(step)
            except StepFailed as failed:
                self.fail(step.line, str(failed))
                return

    def _step(self, step: Step) -> _Playing:
        if step.expect is not None:
            yield from self._expect(step.expect)
            return
        if not self.is_up and step.hear is None:
            raise StepFailed(f"the call ended ({self.ended}) before this {step.kind}; {self._words.told()}")
        if step.hear is not None:
            yield from self._hear(step.hear)
        elif step.say is not None:
            yield from self._wait_for_the_floor()
            yield from self._say(step.say)
        elif step.press is not None:
            yield from self._wait_for_the_floor()
            yield from self._press(step.press)
        elif step.interrupt is not None:
            yield from self._interrupt(step.interrupt)
        elif step.pause is not None:
            yield from self._wait(step.pause)
        else:
            yield from self._hang_up()

    def _wait(self, seconds: float) -> _Playing:
        until_s = self._now + seconds
        while self._now < until_s:
            yield

    def _hear(self, hear: Hear) -> _Playing:
        deadline_s = self._now + hear.within_s
        while not self._finds(hear):
            if self._now > deadline_s and not self.pending_transcriptions:
                raise StepFailed(
                    f"{self.who} expected {hear} within {hear.within_s:g} s; {self._words.told()}"
                )
            is_over = not self.is_up and self._now - self._ended_s > CAPTIONS_LATE_S
            if is_over and not self.pending_transcriptions:
                ended = f"but the call ended ({self.ended})"
                raise StepFailed(f"{self.who} expected {hear}, {ended}; {self._words.told()}")
            yield

    def _finds(self, hear: Hear) -> bool:
        if hear.sound:
            sounded = self.ear.last_s is not None and self.ear.last_s > self._acted_s
            return sounded and not self.ear.is_sounding(self._now)
        return self._words.finds(hear, self._now)

    def _wait_for_the_floor(self) -> _Playing:
        """Wait until the other side has answered what was done last and has been quiet for 0.4 s.

        While its captions say that more is to come, a pause must be longer to be taken for the end.
        """
        asked_s = self._now
        while self.is_up and self._now - asked_s < _FLOOR_WITHIN_S:
            has_replied = self.ear.last_s is not None and self.ear.last_s > self._acted_s
            is_late = self._now - asked_s > _REPLY_STARTS_WITHIN_S
            pause_s = QUIET_S if self._now > self._words.talks_until_s else _BREATH_S
            is_quiet = self.ear.quiet_s(self._now) >= pause_s and self._now - self._words.matched_s >= QUIET_S
            if is_quiet and (has_replied or is_late):
                return
            yield

    def _say(self, say: Say) -> _Playing:
        speech = self._speech_of(say)
        frames = speech.reshape(-1, FRAME_SAMPLES)
        self._words.talks_until_s = self._now
        self._speaking = list(zip(frames, loud_frames(speech), strict=True))
        self._note(self._now, "said", str(say))
        self.turns.append(Turn("said", str(say), self._now))
        self._is_talking_over = self.ear.is_sounding(self._now)
        while self._speaking:
            yield
        self._acted_s = self.turns[-1].ended_s or self._now

    def _press(self, digits: str) -> _Playing:
        self._note(self._now, "keys", digits)
        self.turns.append(Turn("keys", digits, self._now))
        self._is_talking_over = self.ear.is_sounding(self._now)
        self._words.talks_until_s = self._now
        for index, digit in enumerate(digits):
            if index:
                yield from self._wait(_KEY_S)
            self._command(do="press", digit=digit)
            self._acted_s = self._now
        self.turns[-1].ended_s = self._now
        yield

    def _interrupt(self, interrupt: Interrupt) -> _Playing:
        asked_s = self._now
        while not self.ear.is_sounding(self._now):
            if self._now - asked_s > _FLOOR_WITHIN_S or not self.is_up:
                raise StepFailed(f"there was nothing to interrupt; {self._words.told()}")
            yield
        since_s = max(self.ear.began_s or 0.0, self._words.matched_s)
        yield from self._wait(since_s + interrupt.after_s - self._now)
        if interrupt.press is not None:
            yield from self._press(interrupt.press)
        elif interrupt.say is not None:
            yield from self._say(interrupt.say)

    def _hang_up(self) -> _Playing:
        self._command(do="hang_up")
        self._note(self._now, "line", "hangs up")
        asked_s = self._now
        while self.is_up and self._now - asked_s < 2.0:
            yield

    def _expect(self, expect: Expect) -> _Playing:
        deadline_s = self._now + expect.within_s
        while (wrong := self._wrong(expect)) is not None:
            is_settled = expect.not_heard is not None or expect.ended is False or expect.transferred is False
            if self._now > deadline_s or is_settled:
                raise StepFailed(wrong)
            yield

    def _wrong(self, expect: Expect) -> str | None:
        """Say what is not as expected; None when all is well."""
        if expect.ended is not None:
            return self._wrong_end(expect.ended)
        if expect.transferred is not None:
            if self.is_transferred() == expect.transferred:
                return None
            if not expect.transferred:
                return "expected no transfer, but an agent was heard on the line"
            return (
                f"expected caller and agent to be joined within {expect.within_s:g} s, but nothing an agent "
                f"of this script said was found in what the caller's phone received; {self._words.told()}"
            )
        everything = self._words.everything()
        if expect.heard is not None and not matches(expect.heard, everything):
            return f"expected “{expect.heard}” to have been heard by now; {self._words.told()}"
        if expect.not_heard is not None and matches(expect.not_heard, everything):
            return f"“{expect.not_heard}” should not have been heard, but was"
        return None

    def _wrong_end(self, expected: bool | str) -> str | None:
        if expected is False:
            return None if self.ended is None else f"expected the call to go on, but it ended ({self.ended})"
        if self.ended is None:
            return f"expected the call to end, but it is still up; {self._words.told()}"
        if expected is True or expected == self.ended:
            return None
        return f"expected the call to end as {expected}, but it ended as {self.ended}"
