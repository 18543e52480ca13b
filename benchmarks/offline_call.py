"""One call in virtual time: recorded sounds on a faked line, the real ear, mouth, floor and Whisper."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ivr.audio import g711
from ivr.audio.voice_activity import VoiceActivity
from ivr.bootstrap import make_voice, transcriber_factory
from ivr.calls.ear import Ear
from ivr.calls.engines import Engines, HeardOrFailed
from ivr.calls.live_call import LiveCall
from ivr.config import Settings
from ivr.conversation.conversation import Conversation
from ivr.conversation.expectation import OPEN_QUESTION, Expectation
from ivr.dialogue.dialogue import CallerInput, DialogueReply
from ivr.dialogue.wording import Wording
from ivr.records.feed import Feed
from ivr.speech.synthesizer import Synthesizer
from ivr.speech.transcription_pool import Priority
from tests.fakes.inline_engines import InlineExecutor, NotedTransfers, ScriptedTicket
from tests.fakes.memory_records import MemoryCallRecords
from tests.fakes.scripted_dialogue import ScriptedDialogue
from tests.fakes.steered_clock import SteeredClock
from tests.fakes.steered_line import SteeredLine

RATE_HZ = 8000
FRAME = 160
LINE_NOISE = 10 ** (-66 / 20)
LONGEST_CALL_S = 90


@dataclass(frozen=True)
class Echo:
    """The bot's voice on the caller's line: so much later, so much fainter, through a room."""

    delay_s: float
    down_db: float


class SoundLine(SteeredLine):
    """A caller's line that delivers sounds put on it, the faint hiss of a line, and the bot's echo."""

    def __init__(self, clock: SteeredClock, echo: Echo | None = None, seed: int = 0) -> None:
        super().__init__(clock)
        random = np.random.default_rng(seed)
        length = LONGEST_CALL_S * RATE_HZ
        self._caller = random.normal(0, LINE_NOISE, length).astype(np.float32)
        self._echo = echo
        room = random.normal(0, 0.35, 400) * np.exp(-np.arange(400) / 60) * (random.random(400) < 0.04)
        self._room = np.concatenate([[1.0], room])

    def put(self, sound: np.ndarray, at_s: float) -> None:
        """Let a sound begin at this second of the call."""
        start = round(at_s * RATE_HZ)
        self._caller[start : start + sound.size] += sound

    def frame(self) -> bytes:
        """Return 20 ms of the line."""
        end = round(self.now_s * RATE_HZ)
        line = self._caller[end - FRAME : end]
        if self._echo is not None:
            line = line + self._echoed()
        return g711.encode(np.clip(line, -1, 1).astype(np.float32))

    def _echoed(self) -> np.ndarray:
        assert self._echo is not None
        said = self.bot_sounded(self.now_s - self._echo.delay_s, FRAME + self._room.size - 1)
        faint = 10 ** (-self._echo.down_db / 20)
        return faint * np.convolve(g711.decode(said), self._room, "valid")


class HearingOnTheSpot:
    """A transcriber in this process; its words come as much later in virtual time as it took the processor.

    Processor time of its one thread, so that other work on the machine does not count.
    """

    def __init__(self, transcriber: Any) -> None:
        self._transcriber = transcriber
        self.line: SteeredLine | None = None

    def submit(
        self,
        audio: np.ndarray,
        language: str,
        on_done: Callable[[HeardOrFailed], None],
        priority: Priority = Priority.FINAL,
        expects: Expectation = OPEN_QUESTION,
    ) -> ScriptedTicket:
        """Transcribe now, deliver later."""
        assert self.line is not None
        ticket = ScriptedTicket()
        began = time.thread_time()
        heard = self._transcriber.transcribe(audio, language, expects)
        takes_s = time.thread_time() - began

        def deliver() -> None:
            if not ticket.is_cancelled:
                on_done(heard)

        self.line.call_at(self.line.now_s + takes_s, deliver)
        return ticket


class SpokenPrompts:
    """Renders each sentence once."""

    def __init__(self, voice: Synthesizer) -> None:
        self._voice = voice
        self._known: dict[str, bytes] = {}

    def ready(self, text: str, language: str) -> bytes | None:
        """Return the sentence if it was said before."""
        return self._known.get(text)

    def mulaw(self, text: str, language: str, is_personal: bool = False) -> bytes:
        """Return the sentence as mu-law."""
        if text not in self._known:
            self._known[text] = g711.encode(self._voice.synthesize(text, language))
        return self._known[text]


@dataclass
class Bench:
    """What calls share: models are loaded once."""

    settings: Settings
    voice: Synthesizer = field(init=False)
    prompts: SpokenPrompts = field(init=False)
    hearing: HearingOnTheSpot = field(init=False)
    wording: Wording = field(init=False)
    session: Any = field(init=False)

    def __post_init__(self) -> None:
        from ivr.audio.voice_activity import open_session
        from ivr.speech.weights import ModelFolder

        self.voice = make_voice(self.settings)
        self.prompts = SpokenPrompts(self.voice)
        self.hearing = HearingOnTheSpot(transcriber_factory(self.settings)(1))
        self.wording = Wording.load(self.settings.nlu_data_dir, self.settings.company_name)
        self.session = open_session(ModelFolder(self.settings.data_dir).voice_activity)

    def play(self, sounds: list[tuple[np.ndarray, float]], reply: DialogueReply, **line: Any) -> "Played":
        """Run one call with these sounds at their seconds; it ends 4 s after the last of them."""
        clock = SteeredClock()
        on_line = SoundLine(clock, **line)
        for sound, at_s in sounds:
            on_line.put(sound, at_s)
        on_line.stream_ends(max((at_s + sound.size / RATE_HZ for sound, at_s in sounds), default=0) + 4.0)
        records = MemoryCallRecords(Feed(), clock)
        records.open_call("CA1", None, None, "en")
        self.hearing.line = on_line
        dialogue = ScriptedDialogue(lines=[reply] * 20)
        engines = Engines(
            self.prompts, self.hearing, dialogue, NotedTransfers(), records, InlineExecutor(), clock
        )
        conversation = Conversation("CA1", "en", self.wording)
        LiveCall(conversation, on_line, Ear(VoiceActivity(self.session)), engines, 1200).run()
        return Played(on_line, records, [heard for _, heard in dialogue.heard])

    def opening_s(self) -> tuple[float, float]:
        """Return when the first prompt that can be interrupted begins and ends in every call."""
        began_s = self._length_s("say_disclosure")
        return began_s, began_s + self._length_s("say_how_to_reach_a_person")

    def _length_s(self, prompt_id: str) -> float:
        return len(self.prompts.mulaw(self.wording.prompt(prompt_id, "en").text, "en")) / RATE_HZ


@dataclass(frozen=True)
class Played:
    """A call that is over."""

    line: SoundLine
    records: MemoryCallRecords
    asked: list[CallerInput]

    def noted(self, kind: str) -> list[dict[str, Any]]:
        """Return the facts of the record's events of a kind."""
        return [dict(event.facts) for event in self.records.events("CA1") if event.kind == kind]
