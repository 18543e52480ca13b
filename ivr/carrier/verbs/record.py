"""Record: take down what the caller says until silence, a key, the limit or hang-up."""

import asyncio

from ivr.carrier.calls import Page
from ivr.carrier.media import tones
from ivr.carrier.recordings import Recording, is_sound
from ivr.carrier.twiml.document import Verb
from ivr.carrier.twiml.script import Script, verb
from ivr.carrier.verbs.callbacks import recording_callback

LONGEST_TRANSCRIBED_S = 120


class _Ending:
    """Decides when a recording is over."""

    def __init__(self, instruction: Verb) -> None:
        self.key = ""
        self.over = asyncio.Event()
        self._finish_keys = instruction.string("finishOnKey")
        self._silence_ms = 1000 * instruction.whole("timeout")
        self._silent_ms = 0

    def hear(self, frame: bytes) -> None:
        """Count the silence."""
        self._silent_ms = 0 if is_sound(frame) else self._silent_ms + 20
        if self._silence_ms and self._silent_ms >= self._silence_ms:
            self.over.set()

    def press(self, digit: str) -> None:
        """Take a key."""
        if digit in self._finish_keys:
            self.key = digit
            self.over.set()


@verb("Record")
async def record(script: Script, instruction: Verb) -> Page | None:
    """Record and go on with `action`; an empty recording falls through to the next verb."""
    action = script.resolve(instruction.string("action"))
    exchange, call = script.exchange, script.call
    if instruction.flag("playBeep"):
        script.sink.add(tones.beep())
        await script.sink.drained()
    recording = exchange.recordings.start(
        "RecordVerb",
        [lambda: call.heard],
        call.sid,
        callback=recording_callback(script, instruction),
        is_trimmed=instruction.string("trim") == "trim-silence",
    )
    ending = _Ending(instruction)
    try:
        await _until_over(script, instruction, ending)
    except asyncio.CancelledError:
        exchange.recordings.stop(recording)
        if call.is_ending and recording.has_sound:
            form = script.form() | _form(script, recording, "hangup") | {"CallStatus": "completed"}
            exchange.spawn(exchange.notify(instruction.method(), action, form, "record-action", call.sid))
        raise
    has_sound = recording.has_sound
    exchange.recordings.stop(recording)
    if not has_sound and not ending.key:
        return None
    return Page(action, instruction.method(), extra=_form(script, recording, ending.key))


async def _until_over(script: Script, instruction: Verb, ending: _Ending) -> None:
    limit_s = instruction.whole("maxLength")
    if instruction.flag("transcribe"):
        limit_s = min(limit_s, LONGEST_TRANSCRIBED_S)
    script.call.ears.append(ending.hear)
    try:
        async with asyncio.timeout(limit_s):
            with script.call.keys_to(ending.press):
                await ending.over.wait()
    except TimeoutError:
        pass
    finally:
        script.call.ears.remove(ending.hear)


def _form(script: Script, recording: Recording, digits: str) -> dict[str, str]:
    form = {
        "RecordingUrl": script.exchange.recordings.url(recording),
        "RecordingSid": recording.sid,
        "RecordingDuration": str(recording.duration_s),
    }
    return form | ({"Digits": digits} if digits else {})
