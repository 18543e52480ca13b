"""The network's end of a media stream: speaks in real time, plays what comes back, times every answer.

The same caller talks to the service and to its peers, so that both are measured by one ruler: from the
last 20 ms frame with speech in it, as it is sent, to the first 20 ms frame above silence that comes back,
as a phone would play it (frames that arrive early wait their turn).
"""

import asyncio
import base64
import json
import secrets
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp
import numpy as np

from benchmarks.utterances import Utterance
from ivr.audio import g711
from ivr.audio.frames import FRAME_S, FRAME_SAMPLES, split_payload

ABOVE_SILENCE_DBFS = -45.0
QUIET_S = 1.1  # the bot has finished: longer than any pause between two of its sentences
ANSWER_LIMIT_S = 7.0
SETTLE_S = 0.3  # after an answer's first sound, before somebody else may speak
GREETING_LIMIT_S = 40.0
LINE_NOISE = 1e-4
_POWER = np.square(g711.decode(bytes(range(256))).astype(np.float64))
_LOUD_POWER = 10 ** (ABOVE_SILENCE_DBFS / 10)


@dataclass
class TimedTurn:
    """One thing the caller said. Seconds are on the event loop's clock."""

    text: str
    voice: str
    ended_at: float = 0.0
    first_audio_at: float | None = None
    is_cut_off: bool = False  # the bot spoke before the caller had finished

    @property
    def time_to_first_audio_s(self) -> float | None:
        """Return the caller's wait; None when no answer came or the caller was cut off."""
        if self.first_audio_at is None or self.is_cut_off:
            return None
        return self.first_audio_at - self.ended_at


@dataclass
class Lateness:
    """How late frames were sent: a load generator that is late measures itself."""

    late_s: list[float] = field(default_factory=list)

    def summary_ms(self) -> dict[str, float]:
        """Return p50, p99 and max in milliseconds."""
        found = np.array(self.late_s or [0.0]) * 1000
        return {
            "p50": round(float(np.percentile(found, 50)), 2),
            "p99": round(float(np.percentile(found, 99)), 2),
            "max": round(float(found.max()), 2),
        }


def is_loud(frame: bytes) -> bool:
    """Say whether 20 ms of mu-law are above silence."""
    return bool(_POWER[np.frombuffer(frame, np.uint8)].mean() > _LOUD_POWER)


class Earpiece:
    """Plays what the bot sends, on the clock: knows when each loud frame sounds."""

    def __init__(self) -> None:
        self._loud_at: deque[float] = deque()
        self._marks: deque[tuple[float, str]] = deque()
        self._until = 0.0
        self.last_sound_at: float | None = None

    def play(self, payload: bytes, now: float) -> None:
        """Queue audio behind what is still to be played."""
        start = max(now, self._until)
        frames = split_payload(payload)
        for number, frame in enumerate(frames):
            if is_loud(frame):
                self._loud_at.append(start + number * FRAME_S)
        self._until = start + len(payload) / FRAME_SAMPLES * FRAME_S

    def mark(self, name: str) -> None:
        """Remember a mark until everything before it was played."""
        self._marks.append((self._until, name))

    def clear(self, now: float) -> None:
        """Throw away what was not played; its marks come back at once."""
        while self._loud_at and self._loud_at[-1] > now:
            self._loud_at.pop()
        self._until = min(self._until, now)
        self._marks = deque((min(at, now), name) for at, name in self._marks)

    def marks_reached(self, now: float) -> list[str]:
        """Return the marks whose audio has been played by now."""
        reached = []
        while self._marks and self._marks[0][0] <= now:
            reached.append(self._marks.popleft()[1])
        return reached

    def sounds(self, now: float) -> list[float]:
        """Return when loud frames began to sound since the last time asked."""
        heard = []
        while self._loud_at and self._loud_at[0] <= now:
            heard.append(self._loud_at.popleft())
        if heard:
            self.last_sound_at = heard[-1] + FRAME_S
        return heard

    def is_quiet(self, now: float) -> bool:
        """Say whether the bot has sounded and has been quiet for a while, with nothing left to play."""
        if self.last_sound_at is None or self._until > now:
            return False
        return now - self.last_sound_at >= QUIET_S


class StreamCaller:
    """One call: says its utterances one after the other, each when the bot has finished."""

    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse, call_sid: str, account_sid: str, lateness: Lateness
    ) -> None:
        """Use a socket that is open; `lateness` is filled with how late each frame left."""
        self._socket = socket
        self._call_sid = call_sid
        self._account_sid = account_sid
        self._stream_sid = "MZ" + secrets.token_hex(16)
        self._lateness = lateness
        self._loop = asyncio.get_running_loop()
        self._ear = Earpiece()
        self._chunk = 0
        self.is_over = False
        self.turns: list[TimedTurn] = []
        noise = np.random.default_rng(0).normal(0, LINE_NOISE, FRAME_SAMPLES * 50).astype(np.float32)
        self._quiet = split_payload(g711.encode(noise))

    async def greeted(self) -> None:
        """Open the stream and listen until the bot has said hello. Raises TimeoutError."""
        media = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
        start = {
            "accountSid": self._account_sid,
            "streamSid": self._stream_sid,
            "callSid": self._call_sid,
            "tracks": ["inbound"],
            "mediaFormat": media,
            "customParameters": {},
        }
        await self._send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        sid = self._stream_sid
        await self._send({"event": "start", "sequenceNumber": "1", "start": start, "streamSid": sid})
        self._reader = asyncio.create_task(self._read())
        self._due = self._loop.time()
        deadline = self._due + GREETING_LIMIT_S
        while not self._ear.is_quiet(self._loop.time()):
            await self._silence()
            self._ear.sounds(self._loop.time())
            if self.is_over or self._loop.time() > deadline:
                raise TimeoutError("the bot did not say hello")

    async def say(self, utterance: Utterance, one_at_a_time: asyncio.Lock | None = None) -> TimedTurn:
        """Say one line and listen until the answer is over, or none came in 7 s.

        With the lock nobody else who holds it speaks, or waits for an answer, at the same time.
        """
        turn = TimedTurn(utterance.text, utterance.voice)
        self.turns.append(turn)
        held = one_at_a_time
        if held is not None:
            await self._stay_until(asyncio.create_task(held.acquire()))
        began_at = self._loop.time()
        for number, frame in enumerate(utterance.frames):
            await self._frame(frame)
            if number == utterance.last_speech_frame:
                turn.ended_at = self._loop.time()
            self._listen(turn, began_at)
        deadline = self._loop.time() + ANSWER_LIMIT_S
        while not self.is_over:
            await self._silence()
            self._listen(turn, began_at)
            now = self._loop.time()
            is_answered = turn.first_audio_at is not None
            if held is not None and turn.first_audio_at is not None and now > turn.first_audio_at + SETTLE_S:
                held.release()
                held = None
            if (not is_answered and now > deadline) or (is_answered and self._ear.is_quiet(now)):
                break
        if held is not None:
            held.release()
        return turn

    async def _stay_until(self, done: asyncio.Task[bool]) -> None:
        while not done.done():
            await self._silence()
            self._ear.sounds(self._loop.time())

    async def wait(self, seconds: float) -> None:
        """Stay on the line silently."""
        until = self._loop.time() + seconds
        while self._loop.time() < until and not self.is_over:
            await self._silence()
            self._ear.sounds(self._loop.time())

    async def hang_up(self) -> None:
        """End the stream as the network does."""
        if not self.is_over:
            await self._send({"event": "stop", "stop": {"accountSid": self._account_sid}})
        self._reader.cancel()
        await self._socket.close()

    def _listen(self, turn: TimedTurn, began_at: float) -> None:
        for at in self._ear.sounds(self._loop.time()):
            if turn.ended_at and at > turn.ended_at:
                if turn.first_audio_at is None:
                    turn.first_audio_at = at
            elif at > began_at:
                turn.is_cut_off = True

    async def _silence(self) -> None:
        await self._frame(self._quiet[self._chunk % len(self._quiet)])
        if self.is_over:
            return
        for name in self._ear.marks_reached(self._loop.time()):
            await self._send({"event": "mark", "streamSid": self._stream_sid, "mark": {"name": name}})

    async def _frame(self, payload: bytes) -> None:
        """Send one frame when it is due on this call's own 20 ms grid."""
        self._due += FRAME_S
        ahead = self._due - self._loop.time()
        if ahead > 0:
            await asyncio.sleep(ahead)
        self._lateness.late_s.append(max(0.0, self._loop.time() - self._due))
        self._chunk += 1
        audio = base64.b64encode(payload).decode()
        number = str(self._chunk)
        timestamp = str(20 * self._chunk)
        media = {"track": "inbound", "chunk": number, "timestamp": timestamp, "payload": audio}
        sid = self._stream_sid
        await self._send({"event": "media", "sequenceNumber": number, "media": media, "streamSid": sid})

    async def _send(self, message: dict[str, object]) -> None:
        if self.is_over:
            return
        try:
            await self._socket.send_str(json.dumps(message))
        except (ConnectionError, aiohttp.ClientError):
            self.is_over = True

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            frame = json.loads(message.data)
            now = self._loop.time()
            match frame.get("event"):
                case "media":
                    self._ear.play(base64.b64decode(frame["media"]["payload"]), now)
                case "mark":
                    self._ear.mark(frame["mark"]["name"])
                case "clear":
                    self._ear.clear(now)
        self.is_over = True


async def converse(
    caller: StreamCaller, lines: Sequence[Utterance], one_at_a_time: asyncio.Lock | None = None
) -> None:
    """Be greeted, say all lines as long as the call lasts, hang up."""
    await caller.greeted()
    for line in lines:
        if caller.is_over:
            break
        await caller.say(line, one_at_a_time)
    await caller.hang_up()
