"""Dial: phone others, join a conference, or take the next caller out of a queue."""

import asyncio

from ivr.carrier.bridge import Bridge
from ivr.carrier.calls import Page
from ivr.carrier.conferences import CoachUnknown, ConferenceFull, LabelTaken
from ivr.carrier.queues import TakenToBridge
from ivr.carrier.seats import SeatOptions
from ivr.carrier.twiml.document import TwimlInvalid, Verb
from ivr.carrier.twiml.script import Script, verb
from ivr.carrier.verbs.callbacks import absolute, recording_callback
from ivr.carrier.verbs.dial_phones import DialedPhones, start_recording

LONGEST_LABEL = 128


@verb("Dial")
async def dial(script: Script, instruction: Verb) -> Page | None:
    """Connect the call to others; afterwards `action`, or the next verb when there is none."""
    conferences = instruction.children_named("Conference")
    queues = instruction.children_named("Queue")
    if (conferences or queues) and len(instruction.children) > 1:
        raise TwimlInvalid(12200, "a Conference or Queue stands alone in Dial")
    if conferences:
        form = await _conference(script, instruction, conferences[0])
    elif queues:
        form = await _queue(script, instruction, queues[0])
    else:
        form = await DialedPhones(script, instruction).run()
    action = instruction.string("action")
    if form is None or not action:
        return None
    return script.page(action, instruction.method(), form)


async def _conference(script: Script, dialing: Verb, conference: Verb) -> dict[str, str] | None:
    """Sit in a conference; None when the call was not let in and goes on with the next verb."""
    script.exchange.answer(script.call)
    if not conference.text:
        raise TwimlInvalid(12200, "a Conference needs a name")
    try:
        await script.exchange.conferences.attend(
            script.call, conference.text, seat_options(script, conference)
        )
    except LabelTaken:
        script.warn(16025, conference.string("participantLabel"))
        return None
    except CoachUnknown:
        script.warn(13240, conference.string("coach"))
        return {"DialCallStatus": "failed"}
    except ConferenceFull:
        return {"DialCallStatus": "failed"}
    # After a conference there is neither DialCallSid nor DialCallDuration.
    return {"DialCallStatus": "answered"}


def seat_options(script: Script, conference: Verb) -> SeatOptions:
    """Read a Conference element. Raises TwimlInvalid."""
    label = conference.string("participantLabel")
    if len(label) > LONGEST_LABEL:
        raise TwimlInvalid(12200, f"participantLabel is longer than {LONGEST_LABEL}")
    wait_url = conference.given.get("waitUrl")
    return SeatOptions(
        label=label,
        is_muted=conference.flag("muted"),
        beep=conference.string("beep"),
        starts_on_enter=conference.flag("startConferenceOnEnter"),
        ends_on_exit=conference.flag("endConferenceOnExit"),
        coach=conference.string("coach"),
        wait_url=script.resolve(wait_url) if wait_url else wait_url,
        wait_method=conference.method("waitMethod"),
        most_participants=conference.whole("maxParticipants"),
        status_callback=absolute(script, conference, "statusCallback"),
        status_method=conference.method("statusCallbackMethod"),
        status_events=conference.events("statusCallbackEvent"),
        is_recorded=conference.string("record") == "record-from-start",
        is_recording_trimmed=conference.string("trim") == "trim-silence",
        recording_callback=recording_callback(script, conference),
    )


async def _queue(script: Script, dialing: Verb, element: Verb) -> dict[str, str]:
    """Take the front of a queue and talk until either side leaves."""
    exchange, call = script.exchange, script.call
    exchange.answer(call)
    queue = exchange.queues.named(element.text)
    if queue is None:
        script.warn(12200, f"no queue {element.text}")
        return {"DialCallStatus": "failed"}
    try:
        async with asyncio.timeout(dialing.whole("timeout")):
            member = await queue.front()
    except TimeoutError:
        return {"DialCallStatus": "no-answer"}
    url = element.string("url")
    bridge = Bridge(call, member.call)
    greeting = Page(script.resolve(url), element.method()) if url else None
    queue.take(member, TakenToBridge(bridge, call.sid, greeting))
    began_s = exchange.clock.now_s()
    recording = start_recording(script, dialing, member.call)
    try:
        async with asyncio.timeout(dialing.whole("timeLimit")):
            await bridge.hold(call)
    except TimeoutError:
        pass
    finally:
        if recording:
            exchange.recordings.stop(recording)
    return {
        "DialCallStatus": "completed",
        "DialCallSid": member.call.sid,
        "DialCallDuration": str(int(exchange.clock.now_s() - began_s)),
        "DialBridged": "true",
    }
