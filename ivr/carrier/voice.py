"""The voice that speaks TwiML's Say: espeak-ng, as a program of its own."""

import asyncio
from collections import OrderedDict
from typing import Protocol

from ivr import log
from ivr.audio import g711
from ivr.audio.resample import resample
from ivr.audio.wav import WavUnreadable, from_wav

LONGEST_S = 10.0
KEPT_SENTENCES = 200


class Voice(Protocol):
    """Turns text into telephone audio."""

    async def speak(self, text: str, language: str, voice: str) -> bytes:
        """Return mu-law audio at 8 kHz; empty when the voice cannot speak."""
        ...


class EspeakVoice:
    """espeak-ng; sentences spoken before are remembered."""

    def __init__(self, program: str = "espeak-ng") -> None:
        self._program = program
        self._spoken: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._log = log.get("carrier.voice")

    async def speak(self, text: str, language: str, voice: str) -> bytes:
        """Return mu-law audio at 8 kHz; empty when espeak-ng is missing or fails."""
        key = (text, espeak_voice(language, voice))
        if key not in self._spoken:
            self._spoken[key] = await self._run(*key)
            if len(self._spoken) > KEPT_SENTENCES:
                self._spoken.popitem(last=False)
        return self._spoken[key]

    async def _run(self, text: str, name: str) -> bytes:
        try:
            process = await asyncio.create_subprocess_exec(
                self._program,
                "-v",
                name,
                "--stdin",
                "--stdout",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as missing:
            self._log.error("voice_missing", program=self._program, reason=str(missing))
            return b""
        try:
            async with asyncio.timeout(LONGEST_S):
                wav, _ = await process.communicate(text.encode())
        except TimeoutError:
            process.kill()
            await process.wait()
            self._log.error("voice_too_slow", program=self._program)
            return b""
        try:
            audio, rate_hz = from_wav(wav)
        except WavUnreadable as broken:
            self._log.error("voice_failed", program=self._program, reason=str(broken))
            return b""
        return g711.encode(resample(audio, rate_hz, g711.SAMPLE_RATE_HZ))


def espeak_voice(language: str, voice: str) -> str:
    """Choose espeak-ng's voice for a Say's language and voice: en-US and woman give en-us+f3."""
    name = language.lower() or "en-us"
    known = {"en-gb": "en-gb", "nb-no": "nb", "no-no": "nb", "zh-cn": "cmn"}
    if name in known:
        name = known[name]
    elif name != "en-us":
        name = name.partition("-")[0]
    return f"{name}+f3" if voice in ("woman", "alice") else name
