"""What is told about a scripted call: who said what when, how long each answer took, and what went wrong."""

import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ivr.audio.frames import SAMPLE_RATE_HZ
from ivr.audio.wav import write_wav


@dataclass(frozen=True)
class Moment:
    """Something that happened on the call; `at_s` counts from dialling.

    `kind` is "said" (by this script), "caption" (what the service wrote down), "heard" (transcribed
    here from the sound), "keys" or "line" (rang, answered, ended).
    """

    at_s: float
    who: str
    kind: str
    text: str
    prompt_id: str | None = None


@dataclass
class Turn:
    """One thing the caller did, and how long the answer took. Seconds count from dialling.

    `ended_s` is when the last 20 ms frame with speech in it (or the last key) was sent,
    `first_audio_s` when the first frame above silence of the answer came in. `is_overlapped`: the
    other side was still talking at `ended_s`; the answer is then the first sound after a pause.
    `bot_stopped_s` is how long the bot went on after the caller began to talk over it.
    """

    kind: str
    text: str
    began_s: float
    ended_s: float | None = None
    first_audio_s: float | None = None
    is_overlapped: bool = False
    bot_stopped_s: float | None = None

    @property
    def time_to_first_audio_s(self) -> float | None:
        """Return the seconds from the end of the caller's speech to the answer's first sound."""
        if self.ended_s is None or self.first_audio_s is None:
            return None
        return self.first_audio_s - self.ended_s


@dataclass(frozen=True)
class Failure:
    """An expectation that did not come true; `line` is its place in the script, 0 when it has none."""

    line: int
    message: str


@dataclass
class CallReport:
    """Everything known about one scripted call after it."""

    script: str
    call_sid: str | None = None
    ended: str | None = None
    duration_s: float = 0.0
    moments: list[Moment] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    caller_audio: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int16))
    bot_audio: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int16))

    @property
    def is_passed(self) -> bool:
        """Say whether everything expected came true."""
        return not self.failures

    def first_audio_times_s(self) -> list[float]:
        """Return the time to first audio of every spoken turn that was answered and not talked over."""
        spoken = (turn for turn in self.turns if turn.kind == "said" and not turn.is_overlapped)
        return [took for turn in spoken if (took := turn.time_to_first_audio_s) is not None]

    def as_json(self) -> dict[str, Any]:
        """Return the report for machines: times in seconds from dialling, times to first audio in ms."""
        turns = []
        for turn in self.turns:
            took = turn.time_to_first_audio_s
            took_ms = None if took is None else round(1000 * took)
            turns.append(asdict(turn) | {"time_to_first_audio_ms": took_ms})
        times = self.first_audio_times_s()
        return {
            "script": self.script,
            "passed": self.is_passed,
            "call_sid": self.call_sid,
            "ended": self.ended,
            "duration_s": round(self.duration_s, 2),
            "time_to_first_audio_ms": spread_ms(times),
            "turns": turns,
            "transcript": [asdict(moment) for moment in sorted(self.moments, key=lambda moment: moment.at_s)],
            "failures": [asdict(failure) for failure in self.failures],
        }

    def save_recording(self, path: Path) -> None:
        """Write both sides as a 16-bit stereo WAV at 8 kHz: caller left, bot right, on one time."""
        length = max(self.caller_audio.size, self.bot_audio.size, 1)
        both = np.zeros((length, 2), np.int16)
        both[: self.caller_audio.size, 0] = self.caller_audio
        both[: self.bot_audio.size, 1] = self.bot_audio
        write_wav(path, both, SAMPLE_RATE_HZ)


def spread_ms(times_s: list[float]) -> dict[str, int | None]:
    """Return n, p50, p95 and max of some times in milliseconds (nearest rank); None without any."""
    if not times_s:
        return {"n": 0, "p50": None, "p95": None, "max": None}
    ordered = sorted(times_s)

    def rank(share: float) -> int:
        return round(1000 * ordered[max(0, math.ceil(share * len(ordered)) - 1)])

    return {"n": len(ordered), "p50": rank(0.5), "p95": rank(0.95), "max": rank(1.0)}
