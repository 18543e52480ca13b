"""Where the bot's sentences are kept as audio, and under what unguessable names they are served."""

import hashlib
import hmac
import os
import re
import tempfile
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from ivr import log
from ivr.audio import g711
from ivr.audio.wav import WavUnreadable, from_wav, to_wav
from ivr.clock import Clock
from ivr.speech.synthesizer import Synthesizer, SynthesizerFailed

PERSONAL_KEPT = timedelta(hours=1)  # longer than any call
SAMPLE_RATE_HZ = g711.SAMPLE_RATE_HZ
_NAME = re.compile(r"^[0-9a-f]{40}\.wav$")
_MOST_IN_MEMORY = 2000


class PromptCache:
    """Renders each sentence once; safe from any thread.

    Files are 16-bit WAV at 8 kHz. Their names are a keyed hash of voice, language and text: without the
    secret nobody can ask for a sentence, or test whether it was ever spoken. Personal sentences (order
    data, briefings) live in a folder of their own until `purge_personal`.
    """

    def __init__(self, folder: Path, voice: Synthesizer, secret: str, clock: Clock) -> None:
        self._fixed = folder / "fixed"
        self._personal = folder / "personal"
        for place in (self._fixed, self._personal):
            place.mkdir(parents=True, exist_ok=True)
        self._personal.chmod(0o700)
        self._voice = voice
        self._secret = secret.encode()
        self._clock = clock
        self._lock = threading.Lock()
        self._spoken: dict[str, bytes] = {}  # WAV name -> mu-law
        self._personal_since: dict[str, datetime] = {}
        self._being_rendered: dict[str, threading.Lock] = {}
        self._log = log.get("prompt_cache")

    def mulaw(self, text: str, language: str, is_personal: bool = False) -> bytes:
        """Return the sentence as mu-law at 8 kHz. Raises SynthesizerFailed."""
        name = self.wav_name(text, language)
        return self._from_memory(name) or self._render_once(name, text, language, is_personal)

    def ready(self, text: str, language: str) -> bytes | None:
        """Return the sentence as mu-law at 8 kHz if it lies in memory."""
        return self._from_memory(self.wav_name(text, language))

    def wav_path(self, text: str, language: str, is_personal: bool = False) -> Path:
        """Return the WAV file that holds the sentence, rendered if need be. Raises SynthesizerFailed."""
        name = self.wav_name(text, language)
        self.mulaw(text, language, is_personal)
        return self.open_wav(name) or self._write(name, self.mulaw(text, language, is_personal), is_personal)

    def wav_name(self, text: str, language: str) -> str:
        """Return the file name of the sentence, to be served as /audio/<name>."""
        keyed = "\x00".join((self._voice.name, language, text)).encode()
        return hmac.new(self._secret, keyed, hashlib.sha256).hexdigest()[:40] + ".wav"

    def open_wav(self, name: str) -> Path | None:
        """Return the file of that name if there is one; any other name, such as a path, gives None."""
        if not _NAME.fullmatch(name):
            return None
        for place in (self._fixed, self._personal):
            if (place / name).is_file():
                return place / name
        return None

    def warm(self, sentences: Iterable[tuple[str, str]]) -> threading.Thread:
        """Render (text, language) pairs on a thread of their own; return the thread."""
        wanted = list(sentences)
        thread = threading.Thread(target=self._warm, args=(wanted,), name="prompt-warming", daemon=True)
        thread.start()
        return thread

    def purge_personal(self, now: datetime) -> int:
        """Delete personal sentences older than an hour at `now` (aware, UTC); return how many files went."""
        oldest = now - PERSONAL_KEPT
        with self._lock:
            for name in [name for name, since in self._personal_since.items() if since < oldest]:
                self._spoken.pop(name, None)
                del self._personal_since[name]
        gone = 0
        for file in self._personal.iterdir():
            if file.stat().st_mtime < oldest.timestamp():
                file.unlink(missing_ok=True)
                gone += 1
        return gone

    def _warm(self, sentences: list[tuple[str, str]]) -> None:
        for text, language in sentences:
            try:
                self.mulaw(text, language)
            except SynthesizerFailed as failed:
                self._log.error("prompt_not_rendered", why=str(failed), language=language)
        self._log.info("prompts_warm", count=len(sentences))

    def _from_memory(self, name: str) -> bytes | None:
        with self._lock:
            return self._spoken.get(name)

    def _render_once(self, name: str, text: str, language: str, is_personal: bool) -> bytes:
        """Let the first asker render, while others who want the same sentence wait for it."""
        with self._lock:
            turnstile = self._being_rendered.setdefault(name, threading.Lock())
        with turnstile:
            spoken = self._from_memory(name) or self._from_disk(name)
            if spoken is None:
                spoken = g711.encode(self._voice.synthesize(text, language))
                self._write(name, spoken, is_personal)
            self._remember(name, spoken, is_personal)
        return spoken

    def _from_disk(self, name: str) -> bytes | None:
        file = self.open_wav(name)
        if file is None:
            return None
        try:
            content = file.read_bytes()
            audio, rate = from_wav(content)
        except (OSError, WavUnreadable):
            return None
        # A file cut short still opens, so the length it claims is held against the length it has.
        is_whole = int.from_bytes(content[4:8], "little") == len(content) - 8
        if rate != SAMPLE_RATE_HZ or audio.size == 0 or not is_whole:
            return None
        return g711.encode(audio)

    def _write(self, name: str, spoken: bytes, is_personal: bool) -> Path:
        place = self._personal if is_personal else self._fixed
        handle, temporary = tempfile.mkstemp(dir=place, suffix=".part")
        with os.fdopen(handle, "wb") as out:
            out.write(to_wav(g711.decode_int16(spoken), SAMPLE_RATE_HZ))
        if is_personal:
            written_at = self._clock.now().timestamp()
            os.utime(temporary, (written_at, written_at))
        Path(temporary).replace(place / name)
        return place / name

    def _remember(self, name: str, spoken: bytes, is_personal: bool) -> None:
        with self._lock:
            if len(self._spoken) >= _MOST_IN_MEMORY:
                self._spoken.pop(next(iter(self._spoken)))
            self._spoken[name] = spoken
            if is_personal:
                self._personal_since[name] = self._clock.now()
            self._being_rendered.pop(name, None)
