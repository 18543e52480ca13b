"""Speaking any language with pyttsx3 and espeak-ng, outside this process."""

import functools
import importlib.metadata
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from ivr.audio.wav import WavUnreadable, read_wav
from ivr.speech.phone_sound import for_the_phone
from ivr.speech.synthesizer import SynthesizerFailed

_PROCESS = [sys.executable, "-m", "ivr.speech.pyttsx3_process"]
# Two-letter codes for which espeak-ng wants to know the country.
_VOICES = {"en": "en-us", "fr": "fr-fr", "no": "nb", "zh": "cmn"}
WORDS_PER_MINUTE = 160  # 20 less than espeak's own pace: names and numbers must be understood


class Pyttsx3Synthesizer:
    """Starts a short process for each text (about 0.15 s), so that a hang or crash costs one prompt.

    Safe from any thread. The process also keeps the GPL-licensed espeak-ng out of the service.
    """

    def __init__(self, timeout_s: float = 10.0) -> None:
        self.name = f"pyttsx3-{importlib.metadata.version('pyttsx3')}-espeak-{WORDS_PER_MINUTE}"
        self._timeout_s = timeout_s

    def speaks(self, language: str) -> bool:
        """Say whether espeak-ng has a voice for the language; False when it is not installed."""
        try:
            return _VOICES.get(language, language) in self._languages
        except SynthesizerFailed:
            return False

    def synthesize(self, text: str, language: str) -> np.ndarray:
        """Return float32 audio at 8 kHz. Raises SynthesizerFailed."""
        if not text.strip():
            raise SynthesizerFailed("there is nothing to say")
        if _VOICES.get(language, language) not in self._languages:
            raise SynthesizerFailed(f"espeak-ng has no voice for {language!r}")
        with tempfile.TemporaryDirectory(prefix="ivr-speech-") as folder:
            wav = Path(folder) / "spoken.wav"
            asked = {
                "text": text,
                "language": _VOICES.get(language, language),
                "words_per_minute": WORDS_PER_MINUTE,
                "wav": str(wav),
            }
            self._run([], json.dumps(asked))
            try:
                audio, rate = read_wav(wav)
            except (OSError, WavUnreadable) as broken:
                raise SynthesizerFailed("espeak-ng wrote no audio") from broken
        if not np.any(audio):
            raise SynthesizerFailed("espeak-ng wrote silence")
        return for_the_phone(audio, rate)

    @functools.cached_property
    def _languages(self) -> frozenset[str]:
        return frozenset(json.loads(self._run(["--languages"], "")))

    def _run(self, arguments: list[str], given: str) -> str:
        try:
            finished = subprocess.run(
                [*_PROCESS, *arguments], input=given, capture_output=True, text=True, timeout=self._timeout_s
            )
        except subprocess.TimeoutExpired as late:
            raise SynthesizerFailed(f"espeak-ng took more than {self._timeout_s:g} s") from late
        if finished.returncode != 0:
            # Only the last line: it names the error, the rest may hold the text.
            why = (finished.stderr.strip().splitlines() or ["no message"])[-1]
            raise SynthesizerFailed(f"espeak-ng: {why}")
        return finished.stdout
