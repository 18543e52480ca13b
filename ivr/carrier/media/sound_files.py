"""Files to play: fetched, turned into telephone audio, and kept as long as HTTP allows."""

import asyncio
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from ivr.audio import g711
from ivr.audio.resample import resample
from ivr.audio.wav import WavUnreadable, from_wav
from ivr.carrier.clock import CarrierClock
from ivr.carrier.webhooks import WebhookFailed, Webhooks

KEPT_FILES = 200
_MU_LAW_FORMAT = 7
_RAW_MU_LAW = ("audio/basic", "audio/x-mulaw", "audio/ulaw", "audio/pcmu")


class SoundUnplayable(ValueError):
    """What came back is no sound this network can play."""


@dataclass(frozen=True)
class _Kept:
    audio: bytes
    etag: str
    last_modified: str
    fresh_until_s: float


class SoundFiles:
    """Fetches sounds by plain GET, without call parameters, and honours HTTP caching."""

    def __init__(self, webhooks: Webhooks, clock: CarrierClock) -> None:
        self._webhooks = webhooks
        self._clock = clock
        self._kept: dict[str, _Kept] = {}

    async def fetch(self, url: str) -> bytes:
        """Return mu-law audio at 8 kHz. Raises WebhookFailed, SoundUnplayable."""
        kept = self._kept.get(url)
        now_s = self._clock.now_s()
        if kept and now_s < kept.fresh_until_s:
            return kept.audio
        answer = await self._webhooks.fetch_media(url, _conditions(kept))
        if answer.status == 304 and kept:
            audio = kept.audio
        elif 200 <= answer.status < 300:
            kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            audio = await asyncio.get_running_loop().run_in_executor(None, to_line_audio, answer.body, kind)
        else:
            raise WebhookFailed(11200, url, f"HTTP {answer.status}", answer.status)
        self._keep(url, audio, answer.headers, now_s)
        return audio

    def _keep(self, url: str, audio: bytes, headers: Mapping[str, str], now_s: float) -> None:
        get = headers.get
        control = get("cache-control", "").lower()
        if "no-store" in control:
            self._kept.pop(url, None)
            return
        self._kept[url] = _Kept(
            audio,
            get("etag", ""),
            get("last-modified", ""),
            now_s + _fresh_s(control, get("expires", ""), get("date", "")),
        )
        while len(self._kept) > KEPT_FILES:
            del self._kept[next(iter(self._kept))]


def _conditions(kept: _Kept | None) -> dict[str, str]:
    headers = {"User-Agent": "TwilioProxy/1.1", "Accept": "audio/*"}
    if kept and kept.etag:
        headers["If-None-Match"] = kept.etag
    if kept and kept.last_modified:
        headers["If-Modified-Since"] = kept.last_modified
    return headers


def _fresh_s(control: str, expires: str, date: str) -> float:
    for part in control.split(","):
        name, _, value = part.strip().partition("=")
        if name == "no-cache":
            return 0.0
        if name in ("max-age", "s-maxage") and value.isdigit():
            return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(expires) - parsedate_to_datetime(date)).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def to_line_audio(content: bytes, kind: str) -> bytes:
    """Turn a WAV (PCM of any rate, or mu-law) or raw mu-law into mu-law at 8 kHz. Raises SoundUnplayable."""
    if kind in _RAW_MU_LAW and not content.startswith(b"RIFF"):
        return content
    mu_law = mu_law_of_wav(content)
    if mu_law is not None:
        return mu_law
    try:
        audio, rate_hz = from_wav(content)
    except WavUnreadable as broken:
        raise SoundUnplayable(str(broken)) from broken
    return g711.encode(resample(audio, rate_hz, g711.SAMPLE_RATE_HZ))


def mu_law_of_wav(content: bytes) -> bytes | None:
    """Return the samples of a WAV that holds mono mu-law at 8 kHz; None for any other file."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        return None
    at, is_mu_law = 12, False
    while at + 8 <= len(content):
        name, size = content[at : at + 4], struct.unpack_from("<I", content, at + 4)[0]
        if name == b"fmt " and at + 16 <= len(content):
            is_mu_law = struct.unpack_from("<HHI", content, at + 8) == (
                _MU_LAW_FORMAT,
                1,
                g711.SAMPLE_RATE_HZ,
            )
        elif name == b"data":
            return content[at + 8 : at + 8 + size] if is_mu_law else None
        at += 8 + size + size % 2
    return None
