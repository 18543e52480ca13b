"""Enqueue: wait in a queue until somebody comes, or the caller leaves."""

import asyncio
from dataclasses import dataclass
from typing import Any

from ivr.carrier.calls import Page
from ivr.carrier.media import tones
from ivr.carrier.media.playback import Loop
from ivr.carrier.queues import LONGEST_NAME, Member, Queue, TakenToBridge
from ivr.carrier.twiml.document import TwimlInvalid, Verb
from ivr.carrier.twiml.script import HangUp, LeaveQueue, Script, ScriptFailed, verb

WAIT_VERBS = frozenset({"Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"})
GREETING_VERBS = frozenset({"Play", "Say", "Pause", "Redirect"})
_SHORTEST_WAIT_RUN_S = 1.0  # an empty waitUrl document is not asked for faster than this


@dataclass(frozen=True)
class _Outcome:
    """How waiting ended: the QueueResult, and where a dequeued call goes."""

    result: str
    page: Page | None = None


@verb("Enqueue")
async def enqueue(script: Script, instruction: Verb) -> Page | None:
    """Wait in a queue, then go on with `action` or the next verb."""
    name = instruction.text
    if instruction.string("workflowSid"):
        raise TwimlInvalid(12200, "this network has no TaskRouter: Enqueue needs a queue's name")
    if not name or len(name) > LONGEST_NAME:
        raise TwimlInvalid(12200, f"a queue's name has 1 to {LONGEST_NAME} characters")
    exchange = script.exchange
    queue = exchange.queues.named(name) or exchange.queues.create(name, instruction.whole("maxQueueSize"))
    member = Member(script.call, exchange.clock.now_s(), exchange.clock.utc())
    if not queue.enter(member):
        return _after(script, instruction, queue, member, "queue-full")
    try:
        outcome = await _wait(script, instruction, queue, member)
    except HangUp:
        _notify(script, instruction, queue, member, "hangup")
        raise
    except asyncio.CancelledError:
        _notify(script, instruction, queue, member, "hangup" if script.call.is_ending else "redirected")
        raise
    finally:
        queue.leave(member)
    if outcome.page is not None:
        _notify(script, instruction, queue, member, outcome.result)
        return outcome.page
    return _after(script, instruction, queue, member, outcome.result)


async def _wait(script: Script, instruction: Verb, queue: Queue, member: Member) -> _Outcome:
    waiting = asyncio.ensure_future(_wait_sound(script, instruction, queue, member))
    try:
        both: set[asyncio.Future[Any]] = {waiting, member.taken}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if member.taken.done():
            waiting.cancel()
            await asyncio.wait({waiting})
            script.sink.clear()
            return await _taken(script, queue, member, member.taken.result())
        waiting.result()
    except LeaveQueue:
        return _Outcome("leave")
    except ScriptFailed:
        return _Outcome("error")
    finally:
        waiting.cancel()
    return _Outcome("error")


async def _taken(script: Script, queue: Queue, member: Member, how: TakenToBridge | Page) -> _Outcome:
    if isinstance(how, Page):
        return _Outcome("redirected", how)
    try:
        if how.greeting:
            await _greet(script, queue, member, how)
        await how.bridge.hold(script.call)
    finally:
        how.bridge.finish()
    return _Outcome("bridged")


async def _greet(script: Script, queue: Queue, member: Member, how: TakenToBridge) -> None:
    def extra() -> dict[str, str]:
        # "Dequeing" is how the network spells it.
        return {
            "QueueSid": queue.sid,
            "QueueTime": str(queue.wait_s(member)),
            "DequeingCallSid": how.by_sid,
        }

    greeting = Script(script.exchange, script.call, script.sink, allowed=GREETING_VERBS, extra=extra)
    if how.greeting:
        await greeting.run(how.greeting)


async def _wait_sound(script: Script, instruction: Verb, queue: Queue, member: Member) -> None:
    """Run the wait document again and again, or play the default music."""
    url = instruction.string("waitUrl")
    if not url:
        with script.call.hearing(Loop(tones.waiting_music())):
            await asyncio.Event().wait()
    page = script.page(url, instruction.method("waitUrlMethod"), {})
    clock = script.exchange.clock
    while True:
        began_s = clock.now_s()
        waiting = Script(
            script.exchange,
            script.call,
            script.sink,
            allowed=WAIT_VERBS,
            extra=lambda: queue.wait_form(member),
        )
        await waiting.run(page)
        await clock.sleep(max(0.0, began_s + _SHORTEST_WAIT_RUN_S - clock.now_s()))


def _result_form(queue: Queue, member: Member, result: str) -> dict[str, str]:
    return {"QueueResult": result, "QueueSid": queue.sid, "QueueTime": str(queue.wait_s(member))}


def _after(script: Script, instruction: Verb, queue: Queue, member: Member, result: str) -> Page | None:
    action = instruction.string("action")
    return script.page(action, instruction.method(), _result_form(queue, member, result)) if action else None


def _notify(script: Script, instruction: Verb, queue: Queue, member: Member, result: str) -> None:
    """Tell `action` how it ended where its answer has no call left to act on."""
    page = _after(script, instruction, queue, member, result)
    if page is None:
        return
    form = script.form() | page.extra
    if result == "hangup":
        form["CallStatus"] = "completed"
    exchange = script.exchange
    exchange.spawn(exchange.notify(page.method, page.url, form, "queue-result", script.call.sid))
