"""Plays scripted phones against the fake exchange in virtual time: seconds of call take milliseconds."""

from typing import Any

import numpy as np

from ivr.audio.frames import FRAME_S
from ivr.carrier.call_script import CallScript, Noise, Say
from ivr.carrier.line_noise import open_line
from ivr.carrier.phone_line import Arrived
from ivr.carrier.scripted_phone import ScriptedPhone
from tests.fakes.wire_exchange import WireExchange, tone

AGENT = "+46850000001"


def spoken(say: Say) -> np.ndarray:
    """Stand in for a voice: a tone of 0.1 s a word, in whole frames."""
    return tone(0.1 * len(str(say).split()), 800)


class VirtualCall:
    """A script, its phones and an exchange; `play` runs until the caller is done."""

    def __init__(self, exchange: WireExchange, steps: list[dict[str, Any]], **script: Any) -> None:
        self.exchange = exchange
        self.script = CallScript.model_validate({"name": "test", "steps": steps, **script})
        self.now_s = 0.0
        noise: Noise | None = self.script.noise
        line = open_line(noise, self.script.packet_loss, self.script.seed)
        self.caller = ScriptedPhone("caller", line, spoken)
        self.phones = {self.script.from_number: self.caller}
        for agent in self.script.agents:
            phone = ScriptedPhone("agent", open_line(None, 0.0, 2), spoken)
            phone.starts(phone.agent(agent.on_ring, agent.after_s, agent.steps))
            self.phones[agent.number] = phone
        self.caller.starts(self.caller.caller(self.script.to, self.script.steps))
        self.sent: list[dict[str, str]] = []
        for number in self.phones:
            exchange.plug(number)

    def play(self, longest_s: float = 120.0) -> ScriptedPhone:
        """Let time pass until the caller has done everything, failed, or `longest_s` is over."""
        while not self.caller.is_done and self.now_s < longest_s:
            self.tick()
        assert self.caller.is_done, "the script never came to its end"
        return self.caller

    def tick(self) -> None:
        """Let 20 ms pass."""
        self.now_s += FRAME_S
        self.exchange.tick()
        for number, phone in self.phones.items():
            outbox = self.exchange.phones[number].outbox
            arrived = []
            while outbox:
                item = outbox.popleft()
                is_audio = isinstance(item, bytes)
                arrived.append(
                    Arrived(self.now_s, audio=item) if is_audio else Arrived(self.now_s, event=item)
                )
            made = phone.tick(self.now_s, arrived)
            for command in made.commands:
                self.sent.append(command)
                self.exchange.receive(number, command)
            if made.frame is not None and self.exchange.phones[number].state == "up":
                self.exchange.receive(number, made.frame)
