"""A small exchange held to the phone wire of docs/architecture.md: one bot, its replies, some agents."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ivr.audio import g711
from ivr.audio.frames import split_payload
from ivr.audio.levels import rms_dbfs

BOT = "+46850000000"
SPEECH_DBFS = -40.0
TURN_END_FRAMES = 30  # 0.6 s of quiet end a caller's turn
SILENT_FRAME = bytes([g711.SILENCE]) * 160

Item = dict[str, Any] | bytes


def tone(seconds: float, hz: float = 600.0, dbfs: float = -20.0) -> np.ndarray:
    """Return something audible that stands for speech."""
    time_s = np.arange(int(seconds * 8000)) / 8000
    return (np.sqrt(2) * 10 ** (dbfs / 20) * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)


@dataclass
class Reply:
    """What the bot says next; with `transfer` it then fetches a person, with `hangs_up` it ends the call."""

    text: str
    prompt_id: str | None = None
    seconds: float = 1.0
    after_frames: int = 10
    hangs_up: bool = False
    transfer: bool = False
    can_be_interrupted: bool = True
    audio: np.ndarray | None = None


@dataclass
class _Phone:
    number: str
    outbox: deque[Item] = field(default_factory=deque)
    state: str = "idle"  # idle, ringing, up
    frames: deque[bytes] = field(default_factory=deque)
    digits: str = ""
    received: int = 0


class WireExchange:
    """Connects phones; time passes only by `tick`, 20 ms each."""

    def __init__(self, replies: list[Reply], agents: tuple[str, ...] = ()) -> None:
        self.replies = deque(replies)
        self.agents = deque(agents)
        self.phones: dict[str, _Phone] = {}
        self.caller: _Phone | None = None
        self.agent: _Phone | None = None
        self.is_joined = False
        self.keys = ""
        self.heard: list[bytes] = []  # what came from the caller
        self._playing: deque[bytes] = deque()
        self._briefing: deque[bytes] = deque()
        self._delay = 0
        self._next: Reply | None = None
        self._quiet = 0
        self._is_speaking = False

    def plug(self, number: str) -> _Phone:
        """Register a phone."""
        phone = self.phones[number] = _Phone(number)
        phone.outbox.append({"event": "registered", "number": number})
        return phone

    def unplug(self, number: str) -> None:
        """A phone's connection is gone: its call ends."""
        phone = self.phones.pop(number)
        if phone.state != "idle":
            self._over("completed")

    def receive(self, number: str, item: Item) -> None:
        """Take a command or a frame from a phone."""
        phone = self.phones[number]
        if isinstance(item, bytes):
            if len(item) != 160 or phone.state != "up":
                raise AssertionError(f"a frame of {len(item)} bytes while {phone.state}")
            phone.frames.append(item)
            phone.received += 1
            return
        match item:
            case {"do": "dial", "to": to}:
                self._dial(phone, to)
            case {"do": "answer"}:
                self._answer(phone)
            case {"do": "decline"}:
                phone.state = "idle"
                phone.outbox.append({"event": "ended", "call_sid": "CA2", "reason": "busy"})
                self._ring_next()
            case {"do": "hang_up"}:
                self._over("completed")
            case {"do": "press", "digit": digit}:
                self._press(phone, digit)
            case _:
                raise AssertionError(f"not on the wire: {item}")

    def tick(self) -> None:
        """Let 20 ms pass."""
        if self.caller is None or self.caller.state != "up":
            return
        caller_frame = self._from(self.caller)
        self.heard.append(caller_frame)
        agent_frame = self._from(self.agent) if self.agent and self.agent.state == "up" else SILENT_FRAME
        if self.is_joined and self.agent:
            self.caller.outbox.append(agent_frame)
            self.agent.outbox.append(caller_frame)
            return
        self._listen(caller_frame)
        self.caller.outbox.append(self._bot_frame())
        if self.agent and self.agent.state == "up":
            self.agent.outbox.append(self._briefing.popleft() if self._briefing else SILENT_FRAME)

    def _from(self, phone: _Phone | None) -> bytes:
        return phone.frames.popleft() if phone and phone.frames else SILENT_FRAME

    def _dial(self, phone: _Phone, to: str) -> None:
        if to != BOT:
            phone.outbox.append({"event": "refused", "why": f"nobody has the number {to}"})
            return
        self.caller = phone
        phone.state = "up"
        phone.outbox.append({"event": "ringback", "call_sid": "CA1"})
        phone.outbox.append({"event": "answered", "call_sid": "CA1"})
        self._reply()

    def _listen(self, frame: bytes) -> None:
        if rms_dbfs(g711.decode(frame)) > SPEECH_DBFS:
            self._is_speaking, self._quiet = True, 0
            if self._next is None or self._next.can_be_interrupted:
                self._playing.clear()
            return
        self._quiet += 1
        if self._is_speaking and self._quiet >= TURN_END_FRAMES:
            self._is_speaking = False
            self._reply()

    def _reply(self) -> None:
        if self.replies:
            self._next = self.replies.popleft()
            self._delay = self._next.after_frames
            self._is_started = False

    def _bot_frame(self) -> bytes:
        reply = self._next
        if reply is None:
            return SILENT_FRAME
        if self._delay > 0:
            self._delay -= 1
            return SILENT_FRAME
        if not self._is_started:
            self._is_started = True
            said = {
                "event": "said",
                "who": "bot",
                "text": reply.text,
                "prompt_id": reply.prompt_id,
                "at_s": 0.0,
            }
            assert self.caller is not None
            self.caller.outbox.append(said)
            audio = reply.audio if reply.audio is not None else tone(reply.seconds)
            self._playing = deque(split_payload(g711.encode(audio)))
        if self._playing:
            return self._playing.popleft()
        self._next = None
        if reply.hangs_up:
            self._over("completed")
        elif reply.transfer:
            self._ring_next()
        return SILENT_FRAME

    def _ring_next(self) -> None:
        while self.agents:
            number = self.agents.popleft()
            if number in self.phones:
                self.agent = self.phones[number]
                self.agent.state = "ringing"
                self.agent.outbox.append({"event": "ringing", "call_sid": "CA2", "from": BOT})
                return
        self._reply()

    def _answer(self, phone: _Phone) -> None:
        phone.state = "up"
        phone.outbox.append({"event": "answered", "call_sid": "CA2"})
        said = {"event": "said", "who": "bot", "prompt_id": "agent_press_keys", "at_s": 0.0}
        phone.outbox.append(said | {"text": "Press 1 to take the call."})
        self._briefing = deque(split_payload(g711.encode(tone(1.0, 500))))

    def _press(self, phone: _Phone, digit: str) -> None:
        phone.digits += digit
        if phone is self.agent and digit == "1":
            self.is_joined = True
        elif phone is self.caller:
            self.keys += digit
            if digit == "0" or len(self.keys) == 6:
                self._playing.clear()
                self._reply()

    def _over(self, reason: str) -> None:
        for phone, sid in ((self.caller, "CA1"), (self.agent, "CA2")):
            if phone is not None and phone.state != "idle":
                phone.state = "idle"
                phone.outbox.append({"event": "ended", "call_sid": sid, "reason": reason})
