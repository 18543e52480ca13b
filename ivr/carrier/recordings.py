"""Recordings of the account: made tick by tick, kept in memory, fetched as WAV."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from ivr.audio import g711
from ivr.audio.levels import rms_dbfs
from ivr.audio.wav import to_wav
from ivr.carrier.clock import rfc2822
from ivr.carrier.forms import API_VERSION
from ivr.carrier.media.playback import BYTES_PER_S, FRAME_BYTES, SILENT_FRAME

if TYPE_CHECKING:
    from ivr.carrier.exchange import Exchange

# A frame above this is sound; telephone lines' comfort noise lies well under it.
SOUND_DBFS = -45.0
MOST_KEPT = 200
_CALLBACK_DELAY_S = 0.5  # the media is stored first: the callback comes after the action request


def is_sound(frame: bytes) -> bool:
    """Tell whether a frame holds more than silence."""
    return rms_dbfs(g711.decode(frame)) > SOUND_DBFS


@dataclass
class Recording:
    """One recording; `channels` are mu-law bytes at 8 kHz, all of one length."""

    sid: str
    source: str
    created: datetime
    channels: list[bytearray]
    call_sid: str | None = None
    conference_sid: str | None = None
    status: str = "in-progress"
    updated: datetime | None = None
    callback: tuple[str, str, frozenset[str]] | None = None  # URL, method, events
    is_trimmed: bool = False
    is_pause_skipped: bool = False  # else a pause is recorded as silence
    taps: Sequence[Callable[[], bytes]] = field(default=(), repr=False)

    @property
    def duration_s(self) -> int:
        """Return the length in whole seconds."""
        return round(len(self.channels[0]) / BYTES_PER_S)

    @property
    def has_sound(self) -> bool:
        """True when anything but silence was recorded."""
        return any(bounds(channel) is not None for channel in self.channels)

    def listen(self) -> None:
        """Do nothing: the legs listen."""

    def speak(self) -> None:
        """Write down this tick; runs after all legs have been heard."""
        if self.status == "in-progress":
            for channel, tap in zip(self.channels, self.taps, strict=True):
                channel.extend(tap())
        elif self.status == "paused" and not self.is_pause_skipped:
            for channel in self.channels:
                channel.extend(SILENT_FRAME)

    def as_wav(self) -> bytes:
        """Return the recording as 16-bit PCM."""
        audio = np.stack([g711.decode_int16(bytes(channel)) for channel in self.channels], axis=1)
        return to_wav(audio[:, 0] if audio.shape[1] == 1 else audio, g711.SAMPLE_RATE_HZ)

    def trim(self) -> None:
        """Cut silence off both ends, the same in all channels."""
        found = [edges for channel in self.channels if (edges := bounds(channel))]
        first = min((start for start, _ in found), default=0)
        last = max((end for _, end in found), default=0)
        self.channels = [channel[first:last] for channel in self.channels]


def bounds(channel: bytearray) -> tuple[int, int] | None:
    """Return where sound begins and ends, in bytes; None when there is none."""
    frames = range(0, len(channel), FRAME_BYTES)
    loud = [at for at in frames if is_sound(bytes(channel[at : at + FRAME_BYTES]))]
    return (loud[0], min(len(channel), loud[-1] + FRAME_BYTES)) if loud else None


class Recordings:
    """All recordings, running and kept."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange
        self.kept: dict[str, Recording] = {}
        self.running: list[Recording] = []

    def start(
        self,
        source: str,
        taps: Sequence[Callable[[], bytes]],
        call_sid: str | None = None,
        conference_sid: str | None = None,
        callback: tuple[str, str, frozenset[str]] | None = None,
        is_trimmed: bool = False,
    ) -> Recording:
        """Begin a recording with one channel for each tap; a tap returns the frame of the tick."""
        recording = Recording(
            self._exchange.sids.new("RE"),
            source,
            self._exchange.clock.utc(),
            [bytearray() for _ in taps],
            call_sid,
            conference_sid,
            callback=callback,
            is_trimmed=is_trimmed,
            taps=taps,
        )
        self.kept[recording.sid] = recording
        self.running.append(recording)
        self._report(recording, "in-progress")
        while len(self.kept) > MOST_KEPT:
            del self.kept[next(iter(self.kept))]
        return recording

    def stop(self, recording: Recording) -> None:
        """End a recording; its callback follows a little later. Harmless when it has ended."""
        if recording not in self.running:
            return
        self.running.remove(recording)
        if recording.is_trimmed:
            recording.trim()
        recording.status = "completed" if recording.channels[0] else "absent"
        recording.updated = self._exchange.clock.utc()
        call = self._exchange.calls.get(recording.call_sid or "")
        if call is not None:
            call.facts |= {
                "RecordingUrl": self.url(recording),
                "RecordingSid": recording.sid,
                "RecordingDuration": str(recording.duration_s),
            }
        self._report(recording, recording.status)

    def url(self, recording: Recording) -> str:
        """Return the address of a recording, without extension, as callbacks give it."""
        account = self._exchange.settings.account_sid
        return f"{self._exchange.base_url}/{API_VERSION}/Accounts/{account}/Recordings/{recording.sid}"

    def _report(self, recording: Recording, status: str) -> None:
        if recording.callback is None or status not in recording.callback[2]:
            return
        url, method, _ = recording.callback
        form = {
            "AccountSid": self._exchange.settings.account_sid,
            "RecordingSid": recording.sid,
            "RecordingUrl": self.url(recording),
            "RecordingStatus": status,
            "RecordingDuration": str(recording.duration_s),
            "RecordingChannels": str(len(recording.channels)),
            "RecordingStartTime": rfc2822(recording.created),
            "RecordingSource": recording.source,
            "RecordingTrack": "both",
            "ErrorCode": "0",
        }
        if recording.call_sid:
            form["CallSid"] = recording.call_sid
        if recording.conference_sid:
            form["ConferenceSid"] = recording.conference_sid
        self._exchange.spawn(self._notify_later(method, url, form))

    async def _notify_later(self, method: str, url: str, form: dict[str, str]) -> None:
        await self._exchange.clock.sleep(_CALLBACK_DELAY_S)
        await self._exchange.notify(method, url, form, "recording", form.get("CallSid"))
