"""Dial to phones: ring one or several, let the first who answers listen first, then join the two."""

import asyncio
from dataclasses import dataclass
from typing import Any

from ivr.carrier.bridge import Bridge
from ivr.carrier.calls import Call, Page, StatusCallback
from ivr.carrier.media import tones
from ivr.carrier.media.mixing import mix
from ivr.carrier.media.playback import Loop
from ivr.carrier.recordings import Recording
from ivr.carrier.twiml.document import TwimlInvalid, Verb
from ivr.carrier.twiml.script import VERBS, HangUp, Script, ScriptFailed
from ivr.carrier.verbs.callbacks import absolute, recording_callback

WHISPER_VERBS = frozenset({"Play", "Say", "Pause", "Gather", "Redirect", "Hangup"})
RING_BUFFER_S = 5  # the network adds about this much to Dial's timeout


@dataclass(frozen=True)
class _Target:
    to: str
    whisper: Page | None = None
    callback: StatusCallback | None = None
    send_digits: str = ""


class DialedPhones:
    """One Dial to phones."""

    def __init__(self, script: Script, instruction: Verb) -> None:
        self._script = script
        self._exchange = script.exchange
        self._caller = script.call
        self._instruction = instruction
        self._targets = [_target(script, child) for child in instruction.children]
        if instruction.text:
            self._targets.insert(0, _Target(instruction.text))
        if not self._targets:
            raise TwimlInvalid(13224, "nobody to dial")
        self._children: list[Call] = []
        self._answered: asyncio.Future[Call] = asyncio.get_running_loop().create_future()
        self._bridge: Bridge | None = None
        self._bridged = asyncio.Event()

    async def run(self) -> dict[str, str]:
        """Ring, join, and return the fields for `action` when it is over."""
        is_sequential = self._instruction.flag("sequential")
        rounds = [[target] for target in self._targets] if is_sequential else [self._targets]
        bridged_s: float | None = None
        try:
            for targets in rounds:
                await self._ring(targets)
                if self._answered.done():
                    break
            if self._bridge is not None:
                bridged_s = await self._talk(self._bridge)
        finally:
            for child in self._children:
                self._drop(child)
        return await self._result(bridged_s)

    async def _ring(self, targets: list[_Target]) -> None:
        """Ring phones at once until one is joined or none is left."""
        with self._caller.hearing(Loop(tones.ringback())):
            children = [self._start(target) for target in targets]
            bridged = asyncio.ensure_future(self._bridged.wait())
            everyone = [asyncio.ensure_future(child.over.wait()) for child in children]
            all_over = asyncio.ensure_future(asyncio.wait(everyone))
            try:
                answered = asyncio.ensure_future(asyncio.shield(self._answered))
                first: set[asyncio.Future[Any]] = {answered, all_over}
                await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
                answered.cancel()
                if self._answered.done():
                    for child in children:
                        if child is not self._answered.result():
                            self._drop(child)
                either: set[asyncio.Future[Any]] = {bridged, all_over}
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (bridged, all_over, *everyone):
                    task.cancel()

    def _start(self, target: _Target) -> Call:
        caller_id = self._instruction.string("callerId") or self._caller.from_number
        child = self._exchange.new_call("outbound-dial", caller_id, target.to, parent=self._caller)
        if target.callback:
            child.callbacks.append(target.callback)
        self._children.append(child)
        self._exchange.occupy(child, self._callee(child, target))
        return child

    async def _callee(self, child: Call, target: _Target) -> None:
        """What happens on a dialled leg."""
        ring_s = self._instruction.whole("timeout") + RING_BUFFER_S
        if not await self._exchange.ring(child, ring_s) or self._answered.done():
            return
        self._answered.set_result(child)
        if target.send_digits:
            await VERBS["Play"](
                Script(self._exchange, child, child.playback),
                Verb("Play", {"digits": target.send_digits}, "", ()),
            )
        if target.whisper and not await self._whisper(child, target.whisper):
            return
        self._bridge = Bridge(self._caller, child)
        self._bridged.set()
        await self._bridge.hold(child)

    async def _whisper(self, child: Call, page: Page) -> bool:
        """Run what only the callee hears; False when it ends with the callee hanging up or not letting in."""
        try:
            await Script(self._exchange, child, child.playback, allowed=WHISPER_VERBS).run(page)
        except (HangUp, ScriptFailed):
            return False
        return True

    async def _talk(self, bridge: Bridge) -> float:
        """Stay joined until one leaves, the time is up or `*` is pressed; return the seconds."""
        self._exchange.answer(self._caller)
        child = self._answered.result()
        began_s = self._exchange.clock.now_s()
        recording = start_recording(self._script, self._instruction, child)

        def key(digit: str) -> None:
            if digit == "*" and self._instruction.flag("hangupOnStar"):
                bridge.finish()

        try:
            async with asyncio.timeout(self._instruction.whole("timeLimit")):
                with self._caller.keys_to(key):
                    await bridge.hold(self._caller)
        except TimeoutError:
            pass
        finally:
            if recording:
                self._exchange.recordings.stop(recording)
        return self._exchange.clock.now_s() - began_s

    def _drop(self, child: Call) -> None:
        """End a leg that is not needed any more, unless it was sent elsewhere meanwhile."""
        if not child.is_over and (not child.is_live or not self._bridged.is_set()):
            self._exchange.spawn(self._exchange.end(child, "completed" if child.is_live else "canceled"))

    async def _result(self, bridged_s: float | None) -> dict[str, str]:
        child = self._answered.result() if self._answered.done() else self._children[-1]
        if bridged_s is None:
            for each in self._children:
                await each.over.wait()
        status = "completed" if self._answered.done() else child.status
        form = {
            "DialCallStatus": status,
            "DialCallSid": child.sid,
            "DialBridged": "true" if bridged_s is not None else "false",
        }
        if self._answered.done():
            form["DialCallDuration"] = str(int(bridged_s or 0))
        return form


def start_recording(script: Script, dialing: Verb, other: Call) -> Recording | None:
    """Record the two sides of a Dial when it asks for it."""
    wish = dialing.string("record")
    if wish in ("do-not-record", "false"):
        return None
    caller = script.call
    both = [lambda: caller.heard, lambda: other.heard]
    taps = both if wish.endswith("-dual") else [lambda: mix([caller.heard, other.heard])]
    return script.exchange.recordings.start(
        "DialVerb",
        taps,
        caller.sid,
        callback=recording_callback(script, dialing),
        is_trimmed=dialing.string("trim") == "trim-silence",
    )


def _target(script: Script, child: Verb) -> _Target:
    if child.name == "Sip":
        raise TwimlInvalid(12200, "this network has no SIP")
    to = child.text
    if child.name == "Client":
        identities = child.children_named("Identity")
        to = f"client:{identities[0].text if identities else to}"
    if not to or to == "client:":
        raise TwimlInvalid(13224, f"{child.name} without a number")
    url, callback = absolute(script, child, "url"), absolute(script, child, "statusCallback")
    return _Target(
        to,
        Page(url, child.method()) if url else None,
        StatusCallback(callback, child.method("statusCallbackMethod"), child.events("statusCallbackEvent"))
        if callback
        else None,
        child.string("sendDigits") if child.name == "Number" else "",
    )
