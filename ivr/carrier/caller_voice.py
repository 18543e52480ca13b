"""How words become what a phone's microphone delivers: 8 kHz, telephone band, a usual level."""

import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from ivr.audio.frames import FRAME_SAMPLES, SAMPLE_RATE_HZ, split_frames
from ivr.audio.levels import active_rms_dbfs, rms_dbfs, to_level
from ivr.audio.resample import resample
from ivr.audio.wav import WavUnreadable, read_wav
from ivr.carrier.call_script import Say, Voice

Speak = Callable[[str, str], np.ndarray]  # (text, language) -> mono float32 at 8 kHz

SPEECH_DBFS = -20.0  # active level of a caller close to the phone
_LOWEST_HZ, _HIGHEST_HZ = 300.0, 3400.0  # the band a telephone carries (ITU-T G.712)
_ESPEAK_TIMEOUT_S = 30


class VoiceUnavailable(Exception):
    """The words cannot be spoken here; the message says what to install or change."""


def speech_of(say: Say, voice: Voice, speak: Speak | None = None) -> np.ndarray:
    """Return what the microphone delivers for one line: mono float32 at 8 kHz, whole 20 ms frames.

    `speak` is needed for the voice `hibari` only. Raises VoiceUnavailable.
    """
    if say.wav is not None:
        heard = _recording(say.wav)
    else:
        heard = _spoken(say.text or "", say.voice or voice, speak)
    framed = np.concatenate(split_frames(to_level(_telephone_band(heard), SAMPLE_RATE_HZ, SPEECH_DBFS)))
    return framed.astype(np.float32)


def loud_frames(speech: np.ndarray) -> list[bool]:
    """Say for every 20 ms frame whether speech is in it: within 30 dB of the line's own active level."""
    threshold = active_rms_dbfs(speech, SAMPLE_RATE_HZ) - 30.0
    return [rms_dbfs(frame) > threshold for frame in split_frames(speech, FRAME_SAMPLES)]


def _recording(path: Path) -> np.ndarray:
    try:
        audio, rate_hz = read_wav(path)
    except (OSError, WavUnreadable) as wrong:
        raise VoiceUnavailable(
            f"{path} cannot be played: {wrong}. Make it PCM: sox {path.name} -b 16 -e signed out.wav"
        ) from None
    if audio.size == 0:
        raise VoiceUnavailable(f"{path} holds no sound")
    return resample(audio, rate_hz, SAMPLE_RATE_HZ)


def _spoken(text: str, voice: Voice, speak: Speak | None) -> np.ndarray:
    if voice.engine == "hibari":
        if speak is None:
            raise VoiceUnavailable("the voice `hibari` is not available here; name an espeak-ng voice: en-us")
        spoken = _pitched(speak(text, "en"), voice.pitch)
    else:
        spoken = espeak(text, voice)
    if not np.any(spoken):
        raise VoiceUnavailable(f"“{text}” gives no sound in the voice {voice.name}")
    return spoken


def _pitched(audio: np.ndarray, pitch: int) -> np.ndarray:
    """Make a voice higher and quicker, or lower and slower: half an octave from 50 to either end."""
    return resample(audio, SAMPLE_RATE_HZ, round(SAMPLE_RATE_HZ * 2 ** ((50 - pitch) / 100)))


def espeak(text: str, voice: Voice) -> np.ndarray:
    """Speak text with the espeak-ng program: mono float32 at 8 kHz. Raises VoiceUnavailable."""
    program = shutil.which("espeak-ng")
    if program is None:
        raise VoiceUnavailable("espeak-ng is missing; on Debian or Ubuntu: sudo apt-get install espeak-ng")
    _check_voice(program, voice)
    name = f"{voice.name}+{voice.variant}" if voice.variant else voice.name
    with TemporaryDirectory() as folder:
        out = Path(folder) / "line.wav"
        options = ["-v", name, "-s", str(voice.speed), "-p", str(voice.pitch), "-w", str(out), "--stdin"]
        command = [program, *options]
        try:
            done = subprocess.run(
                command, input=text.encode(), capture_output=True, timeout=_ESPEAK_TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise VoiceUnavailable(f"espeak-ng took longer than {_ESPEAK_TIMEOUT_S} s for one line") from None
        if done.returncode != 0 or not out.is_file():
            why = done.stderr.decode(errors="replace").strip() or f"status {done.returncode}"
            raise VoiceUnavailable(f"espeak-ng cannot speak with the voice {name}: {why}")
        audio, rate_hz = read_wav(out)
    return resample(audio, rate_hz, SAMPLE_RATE_HZ)


def _check_voice(program: str, voice: Voice) -> None:
    """Refuse unknown voices; the program itself would silently take another one."""
    if voice.name.lower() not in _voice_names(program, ""):
        raise VoiceUnavailable(f"espeak-ng has no voice {voice.name}; `espeak-ng --voices` lists them")
    if voice.variant is not None and voice.variant.lower() not in _voice_names(program, "=variant"):
        raise VoiceUnavailable(
            f"espeak-ng has no voice variant {voice.variant}; `espeak-ng --voices=variant` lists them"
        )


@cache
def _voice_names(program: str, which: str) -> frozenset[str]:
    """Return the languages, or with "=variant" the variants, that espeak-ng lists, in lower case."""
    command = [program, f"--voices{which}"]
    listed = subprocess.run(command, capture_output=True, timeout=_ESPEAK_TIMEOUT_S, check=True)
    names: set[str] = set()
    for row in listed.stdout.decode(errors="replace").splitlines()[1:]:
        _, language, _, name, file, *_ = row.split()
        names |= {language.lower(), name.lower(), file.rsplit("/", 1)[-1].lower()}
    return frozenset(names)


def _telephone_band(audio: np.ndarray) -> np.ndarray:
    """Keep what a telephone carries, with edges soft enough not to ring."""
    spectrum = np.fft.rfft(audio)
    frequency = np.fft.rfftfreq(audio.size, 1 / SAMPLE_RATE_HZ)
    rise = 1 / (1 + (_LOWEST_HZ / np.maximum(frequency, 1.0)) ** 6)
    fall = 1 / (1 + (frequency / _HIGHEST_HZ) ** 24)
    kept: np.ndarray = np.fft.irfft(spectrum * np.sqrt(rise * fall), audio.size)
    return kept
