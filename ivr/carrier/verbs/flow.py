"""Redirect, Reject, Hangup, Leave and Refer: verbs that only change where the call goes."""

from ivr.carrier.calls import Page
from ivr.carrier.twiml.document import TwimlInvalid, Verb
from ivr.carrier.twiml.script import HangUp, LeaveQueue, Script, verb

# Which final status each reason gives is not documented; these are assumptions (docs/carrier.md).
REJECTED_STATUS = {"rejected": "failed", "busy": "busy"}


@verb("Redirect")
async def redirect(script: Script, instruction: Verb) -> Page | None:
    """Go on with another document."""
    return script.page(instruction.text, instruction.method(), {})


@verb("Reject")
async def reject(script: Script, instruction: Verb) -> Page | None:
    """Refuse the call; once it is answered this only ends it."""
    if not script.call.is_live:
        script.exchange.spawn(script.exchange.end(script.call, REJECTED_STATUS[instruction.string("reason")]))
        await script.call.over.wait()
    raise HangUp


@verb("Hangup")
async def hang_up(script: Script, instruction: Verb) -> Page | None:
    """End the call."""
    raise HangUp


@verb("Leave")
async def leave(script: Script, instruction: Verb) -> Page | None:
    """Leave the queue; without effect outside of one."""
    if script.is_in_queue:
        raise LeaveQueue
    return None


@verb("Refer")
async def refer(script: Script, instruction: Verb) -> Page | None:
    """Refuse: only SIP legs can be referred, and this network has none."""
    raise TwimlInvalid(12200, "Refer works on SIP legs only")
