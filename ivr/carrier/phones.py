"""Phones on the network: the wire they speak, one call at a time each."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ivr.carrier.calls import Call
from ivr.carrier.media.jitter import is_frame

if TYPE_CHECKING:
    from ivr.carrier.exchange import Exchange

DIGITS = "0123456789*#ABCD"


class Phone:
    """One registered phone; `send` puts a JSON event or 160 bytes of audio on its wire and never blocks."""

    def __init__(
        self, number: str, exchange: "Exchange", send: Callable[[dict[str, Any] | bytes], None]
    ) -> None:
        self.number = number
        self.call: Call | None = None
        self._exchange = exchange
        self._send = send
        self._is_talking = False

    def register(self) -> None:
        """Tell the phone that it can be reached."""
        self._send({"event": "registered", "number": self.number})

    def receive(self, order: Any) -> None:
        """Carry out what the phone's user does; a wrong or impossible order is refused with a reason."""
        do = order.get("do") if isinstance(order, dict) else None
        if do == "dial":
            self._dial(order.get("to"))
        elif (
            do == "answer"
            and self.call
            and not self.call.picked_up.done()
            and self.call.direction != "inbound"
        ):
            self.call.picked_up.set_result(True)
        elif (
            do == "decline"
            and self.call
            and self.call.status == "ringing"
            and self.call.direction != "inbound"
        ):
            self._exchange.phone_leaves(self.call, "busy")
        elif do == "hang_up" and self.call:
            self._exchange.phone_leaves(self.call, "completed")
        elif do == "press" and self.call:
            self._press(order.get("digit"))
        else:
            self.refuse(f"cannot {do} now" if isinstance(do, str) else "an order is an object with do")

    def receive_audio(self, audio: bytes) -> None:
        """Take a frame from the microphone; anything while no call is up is ignored."""
        if not is_frame(audio):
            self.refuse("audio comes in frames of 160 bytes")
        elif self.call and self._is_talking:
            self.call.receive(audio)

    def unplug(self) -> None:
        """The phone has gone: its call ends."""
        if self.call:
            self._exchange.phone_leaves(self.call, "completed")

    def refuse(self, why: str) -> None:
        """Tell the phone that what it asked for is not possible."""
        self._send({"event": "refused", "why": why})

    def ring(self, call: Call) -> None:
        """Announce an incoming call."""
        self.call = call
        self._send({"event": "ringing", "call_sid": call.sid, "from": call.from_number})

    def ringback(self, call: Call) -> None:
        """Say that the call it dialled rings at the other end."""
        self.call = call
        self._send({"event": "ringback", "call_sid": call.sid})

    def answered(self, call: Call) -> None:
        """Say that audio runs from now on."""
        self._is_talking = True
        self._send({"event": "answered", "call_sid": call.sid})

    def ended(self, call: Call, reason: str) -> None:
        """Say that the call is over; the line is free again."""
        self.call = None
        self._is_talking = False
        self._send({"event": "ended", "call_sid": call.sid, "reason": reason})

    def hear(self, frame: bytes) -> None:
        """Give one frame of audio to the ear."""
        self._send(frame)

    def said(self, caption: dict[str, Any]) -> None:
        """Show words that were spoken on the call."""
        self._send({"event": "said", **caption})

    def _dial(self, to: Any) -> None:
        if self.call:
            self.refuse("a call is up already")
        elif not isinstance(to, str) or not self._exchange.is_number_in_service(to):
            self.refuse("this number is not in service")
        else:
            self._exchange.phone_dials(self, to)

    def _press(self, digit: Any) -> None:
        if not self.call or not isinstance(digit, str) or len(digit) != 1 or digit not in DIGITS:
            self.refuse(f"a key is one of {DIGITS}")
        elif not self._is_talking:
            self.refuse("no call is up")
        else:
            self.call.press(digit)
