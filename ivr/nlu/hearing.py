"""How lines are spoken over a phone and heard again: in which voices, on which lines, and what is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ivr.audio import g711
from ivr.audio.frames import SAMPLE_RATE_HZ, split_frames
from ivr.audio.resample import resample
from ivr.carrier.call_script import Noise, Say, Voice
from ivr.carrier.caller_voice import Speak, speech_of
from ivr.carrier.line_noise import Line as PhoneLine
from ivr.carrier.line_noise import background
from ivr.nlu.corpus import Line
from ivr.nlu.heard_layer import Heard
from ivr.speech.transcriber import Transcriber

_HEARD_HZ = 16_000
_BEFORE_S, _AFTER_S = 0.3, 0.5


@dataclass(frozen=True)
class Condition:
    """What the line adds: noise under the speech by `snr_db`, and lost packets of 20 ms."""

    noise: Noise | None = None
    packet_loss: float = 0.0


CONDITIONS: Mapping[str, Condition] = {
    "clear": Condition(),
    "office": Condition(Noise(kind="office", snr_db=15)),
    "street": Condition(Noise(kind="pink", snr_db=12)),
    "lossy": Condition(packet_loss=0.03),
}


@dataclass(frozen=True)
class Take:
    """One way of speaking a line: a voice with its pace, on a line."""

    voice: str
    speaker: Voice
    condition: str


def _takes(*rows: tuple[str, Voice, str]) -> tuple[Take, ...]:
    return tuple(Take(*row) for row in rows)


def _espeak(name: str, variant: str | None, speed: int) -> tuple[str, Voice]:
    label = f"{name}+{variant}@{speed}" if variant else f"{name}@{speed}"
    return label, Voice(name=name, variant=variant, speed=speed)


def _hibari(label: str, pitch: int) -> tuple[str, Voice]:
    return label, Voice(engine="hibari", pitch=pitch)


# The first takes of a language are heard first. A neural voice is nearest to people; espeak-ng is harsher.
TAKES: Mapping[str, tuple[Take, ...]] = {
    "en": _takes(
        (*_hibari("hibari", 50), "clear"),
        (*_hibari("hibari-high", 62), "office"),
        (*_hibari("hibari-low", 40), "lossy"),
        (*_espeak("en-gb", "f2", 150), "street"),
        (*_espeak("en-us", "m3", 175), "clear"),
    ),
    "sv": _takes(
        (*_espeak("sv", None, 150), "clear"),
        (*_espeak("sv", "f2", 140), "office"),
        (*_espeak("sv", "m3", 170), "lossy"),
    ),
    "nb": _takes(
        (*_espeak("nb", None, 150), "clear"),
        (*_espeak("nb", "f2", 140), "office"),
        (*_espeak("nb", "m3", 170), "lossy"),
    ),
    "fi": _takes(
        (*_espeak("fi", None, 150), "clear"),
        (*_espeak("fi", "f2", 140), "office"),
        (*_espeak("fi", "m3", 170), "lossy"),
    ),
}


@dataclass(frozen=True)
class Missing:
    """A line that was not yet heard in one take."""

    line: Line
    take: Take


def missing(lines: Sequence[Line], kept: Sequence[Heard], engine: str, most_takes: int) -> list[Missing]:
    """Return what is still to be heard with this engine, take by take, so that a limit cuts no line out.

    Each line begins with another take, so that a first round holds every voice and every line.
    """
    known = {heard.take for heard in kept}
    distinct = list({line.key: line for line in lines}.values())
    languages = {line.language for line in distinct}
    found = []
    for number in range(max((len(TAKES.get(language, ())) for language in languages), default=0)):
        for line in distinct:
            takes = TAKES.get(line.language, ())[:most_takes]
            if number < len(takes):
                take = takes[(number + int(line.key, 16)) % len(takes)]
                if (line.key, take.voice, take.condition, engine) not in known:
                    found.append(Missing(line, take))
    return found


class EngineOf(Protocol):
    """The voice and the recogniser in use. `name` is known without loading them."""

    @property
    def name(self) -> str:
        """Return the recogniser, its weights and version."""
        ...

    def load(self) -> tuple[Speak, Transcriber]:
        """Load both; seconds."""
        ...


class PhoneHearing:
    """Speaks lines over a simulated phone line and transcribes what arrives. One thread."""

    def __init__(self, speak: Speak, transcriber: Transcriber, engine: str) -> None:
        """`speak` is the neural voice: (text, language) to 8 kHz audio."""
        self._speak = speak
        self._transcriber = transcriber
        self._engine = engine
        self._backgrounds: dict[str, np.ndarray] = {}

    def hear(self, wanted: Sequence[Missing]) -> Iterator[tuple[Missing, Heard]]:
        """Yield each as it is heard. Raises VoiceUnavailable, TranscriberFailed."""
        for one in wanted:
            audio = self._over_the_phone(one)
            found = self._transcriber.transcribe(audio, one.line.language)
            yield (
                one,
                Heard(
                    one.line.key,
                    one.line.said,
                    one.take.voice,
                    one.take.condition,
                    self._engine,
                    found.text.strip(),
                    round(found.asr_confidence, 3),
                    None if found.doubt is None else str(found.doubt),
                ),
            )

    def _over_the_phone(self, one: Missing) -> np.ndarray:
        """Return float32 audio at 16 kHz as it comes out of an 8 kHz mu-law line."""
        spoken = speech_of(Say(text=one.line.said), one.take.speaker, self._speak)
        quiet = [np.zeros(int(seconds * SAMPLE_RATE_HZ), np.float32) for seconds in (_BEFORE_S, _AFTER_S)]
        said = np.concatenate([quiet[0], spoken, quiet[1]])
        condition = CONDITIONS[one.take.condition]
        seed = int(one.line.key, 16) % 2**32  # the same line always sounds the same
        line = PhoneLine(self._background(one.take.condition), condition.packet_loss, seed)
        arrived = np.concatenate([line.frame(frame) for frame in split_frames(said)])
        return resample(g711.decode(g711.encode(arrived)), SAMPLE_RATE_HZ, _HEARD_HZ)

    def _background(self, condition: str) -> np.ndarray:
        if condition not in self._backgrounds:
            self._backgrounds[condition] = background(CONDITIONS[condition].noise, seed=7)
        return self._backgrounds[condition]
