"""How a scripted call is played on a running carrier: phones plugged in, 20 ms at a time, reported."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from ivr.audio.frames import FRAME_S, SAMPLE_RATE_HZ
from ivr.audio.resample import resample
from ivr.carrier.call_report import CallReport, Moment
from ivr.carrier.call_script import CallScript, Say, ScriptedAgent, Step, Voice
from ivr.carrier.call_tape import likeness
from ivr.carrier.caller_voice import Speak, speech_of
from ivr.carrier.line_noise import Line, open_line
from ivr.carrier.phone_line import DEFAULT_URL, PhoneLine
from ivr.carrier.scripted_phone import Outbox, ScriptedPhone

Transcribe = Callable[[np.ndarray], str]  # mono float32 at 16 kHz -> words

_JOINED_LIKENESS = 0.5
_JOIN_CHECK_S = 0.5
_LAST_WORDS_S = 1.0
_TRANSCRIBED_MOST_S = 30


@dataclass(frozen=True)
class LineOptions:
    """Where and how the caller's phone is plugged in; `number` replaces the script's own."""

    url: str = DEFAULT_URL
    number: str | None = None


@dataclass
class _Person:
    """A phone, its line, and whose it is."""

    name: str
    phone: ScriptedPhone
    line: PhoneLine


def run_call(
    script: CallScript,
    options: LineOptions,
    speak: Speak | None = None,
    transcribe: Transcribe | None = None,
    on_moment: Callable[[Moment], None] | None = None,
) -> CallReport:
    """Play a script in real time and report; with `transcribe`, words come from the sound, not from captions.

    All lines are spoken before dialling. Raises CarrierUnreachable, VoiceUnavailable.
    """
    return asyncio.run(_Scene(script, options, speak, transcribe, on_moment).play())


class _Scene:
    """One call with everybody in it."""

    def __init__(
        self,
        script: CallScript,
        options: LineOptions,
        speak: Speak | None,
        transcribe: Transcribe | None,
        on_moment: Callable[[Moment], None] | None,
    ) -> None:
        self._script = script
        self._transcribe = transcribe
        self._on_moment = on_moment
        self._shown = 0
        self._start_s = time.monotonic()
        self._joined = False
        self._next_join_check_s = 0.0
        self._ears = ThreadPoolExecutor(max_workers=1)
        noisy = open_line(script.noise, script.packet_loss, script.seed)
        number = options.number or script.from_number
        part = (script.voice, script.steps)
        self._caller = self._person("caller", "caller", number, options, noisy, part, speak)
        self._caller.phone.starts(self._caller.phone.caller(script.to, script.steps))
        self._caller.phone.is_transferred = self._is_joined
        self._agents = [self._agent(agent, options, speak) for agent in script.agents]

    def _agent(self, agent: ScriptedAgent, options: LineOptions, speak: Speak | None) -> _Person:
        line = open_line(None, 0.0, self._script.seed)
        part = (agent.voice, agent.steps)
        person = self._person("agent", agent.name, agent.number, options, line, part, speak)
        person.phone.starts(person.phone.agent(agent.on_ring, agent.after_s, agent.steps))
        return person

    def _person(
        self,
        who: str,
        name: str,
        number: str,
        options: LineOptions,
        line: Line,
        part: tuple[Voice, list[Step]],
        speak: Speak | None,
    ) -> _Person:
        voice, steps = part
        spoken = {id(say): speech_of(say, voice, speak) for say in _lines_said(steps)}
        phone = ScriptedPhone(who, line, lambda say: spoken[id(say)], self._transcribe is not None)
        return _Person(name, phone, PhoneLine(options.url, number, self._now))

    def _now(self) -> float:
        return time.monotonic() - self._start_s

    async def play(self) -> CallReport:
        """Plug everybody in, tick until the caller is done, unplug, report."""
        people = [*self._agents, self._caller]
        plugged: list[_Person] = []
        try:
            for person in people:
                await person.line.plug_in()
                plugged.append(person)
            self._start_s = time.monotonic()
            await self._tick_until_over(people)
            await self._last_words(people)
        finally:
            for person in reversed(plugged):
                await person.line.unplug()
            self._ears.shutdown(wait=False, cancel_futures=True)
        return self._report()

    async def _tick_until_over(self, people: list[_Person]) -> None:
        frame = 0
        while not self._is_over():
            # Frames are due on a fixed grid; a late loop catches up instead of slipping.
            frame += 1
            await asyncio.sleep(max(0.0, frame * FRAME_S - self._now()))
            for person in people:
                await self._tick(person)
            self._show()
            if self._now() > self._script.max_s:
                self._caller.phone.fail(0, f"the call was still going on after {self._script.max_s:g} s")

    def _is_over(self) -> bool:
        return self._caller.phone.is_done or any(agent.phone.failures for agent in self._agents)

    async def _tick(self, person: _Person) -> None:
        now_s = self._now()
        outbox: Outbox = person.phone.tick(now_s, person.line.arrived())
        for command in outbox.commands:
            await person.line.command(command)
        if outbox.frame is not None:
            await person.line.audio(outbox.frame)
        stretch = person.phone.ear.finished_stretch(now_s)
        if stretch is not None and self._transcribe is not None:
            self._listen(person.phone, now_s, stretch)

    def _listen(self, phone: ScriptedPhone, at_s: float, stretch: np.ndarray) -> None:
        """Transcribe in a thread: the frames must go on meanwhile."""
        assert self._transcribe is not None
        phone.pending_transcriptions += 1
        audio = resample(stretch[-_TRANSCRIBED_MOST_S * SAMPLE_RATE_HZ :], SAMPLE_RATE_HZ, 16000)
        heard = asyncio.get_running_loop().run_in_executor(self._ears, self._transcribe, audio)

        def take(done: asyncio.Future[str]) -> None:
            phone.pending_transcriptions -= 1
            if done.cancelled():
                return
            if (broken := done.exception()) is not None:
                phone.fail(0, f"the sound could not be transcribed: {broken}")
            elif done.result().strip():
                phone.heard_words(at_s, done.result().strip())

        heard.add_done_callback(take)

    async def _last_words(self, people: list[_Person]) -> None:
        """Hang up whoever is still connected, and take in the last events and captions."""
        for person in people:
            if person.phone.is_up:
                await person.line.command({"do": "hang_up"})
        until_s = self._now() + _LAST_WORDS_S
        while self._now() < until_s:
            await asyncio.sleep(FRAME_S)
            for person in people:
                person.phone.tick(self._now(), person.line.arrived())
        self._show()

    def _is_joined(self) -> bool:
        """Say whether words of an agent were found in the sound the caller's phone received."""
        if self._joined or self._now() < self._next_join_check_s:
            return self._joined
        self._next_join_check_s = self._now() + _JOIN_CHECK_S
        self._joined = any(self._heard_by_caller(agent.phone) for agent in self._agents)
        return self._joined

    def _heard_by_caller(self, agent: ScriptedPhone) -> bool:
        said = [turn for turn in agent.turns if turn.kind == "said" and turn.ended_s is not None]
        for turn in said:
            assert turn.ended_s is not None
            sent = agent.mouth.between(turn.began_s, turn.ended_s)
            received = self._caller.phone.ear.tape.between(turn.began_s - 0.2, turn.ended_s + 1.5)
            if likeness(sent, received) > _JOINED_LIKENESS:
                return True
        return False

    def _moments(self) -> list[Moment]:
        found = list(self._caller.phone.moments)
        for agent in self._agents:
            for moment in agent.phone.moments:
                is_own = moment.kind in ("said", "keys", "line")
                found.append(replace(moment, who=agent.name if is_own else f"to {agent.name}"))
        return sorted(found, key=lambda moment: moment.at_s)

    def _show(self) -> None:
        if self._on_moment is None:
            return
        moments = self._moments()
        for moment in moments[self._shown :]:
            self._on_moment(moment)
        self._shown = len(moments)

    def _report(self) -> CallReport:
        caller = self._caller.phone
        failures = [failure for person in (self._caller, *self._agents) for failure in person.phone.failures]
        return CallReport(
            script=self._script.name,
            call_sid=caller.call_sid,
            ended=caller.ended,
            duration_s=self._now(),
            moments=self._moments(),
            turns=caller.turns,
            failures=failures,
            caller_audio=caller.mouth.samples(),
            bot_audio=caller.ear.tape.samples(),
        )


def _lines_said(steps: list[Step]) -> list[Say]:
    said = [step.interrupt.say if step.interrupt else step.say for step in steps]
    return [say for say in said if say is not None]
