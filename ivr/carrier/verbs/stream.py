"""Connect, Start and Stop with their Stream."""

from contextlib import suppress

from ivr.carrier.calls import Page
from ivr.carrier.streams import MediaStream, StreamFailed, StreamOrder
from ivr.carrier.twiml.document import TwimlInvalid, Verb
from ivr.carrier.twiml.script import Script, verb

TRACKS = {
    "inbound_track": ("inbound",),
    "outbound_track": ("outbound",),
    "both_tracks": ("inbound", "outbound"),
}
LONGEST_PARAMETER = 500  # name and value together stay under it


@verb("Connect")
async def connect(script: Script, instruction: Verb) -> Page | None:
    """Run a two-way stream; when it ends `action` or the next verb follows."""
    order = _order(script, _stream_of(instruction), is_two_way=True)
    stream = MediaStream(script.exchange, script.call, order)
    # A failure is in the error log already; the call goes on as if the stream had ended.
    with suppress(StreamFailed):
        await stream.run()
    action = instruction.string("action")
    return script.page(action, instruction.method(), {}) if action else None


@verb("Start")
async def start(script: Script, instruction: Verb) -> Page | None:
    """Start a one-way stream beside the call; the next verb follows at once."""
    MediaStream(
        script.exchange, script.call, _order(script, _stream_of(instruction), is_two_way=False)
    ).start()
    return None


@verb("Stop")
async def stop(script: Script, instruction: Verb) -> Page | None:
    """Stop a one-way stream by its name."""
    name = _stream_of(instruction).string("name")
    for running in list(script.call.background):
        if isinstance(running, MediaStream) and running.name == name:
            await running.finish()
    return None


def _stream_of(instruction: Verb) -> Verb:
    if not instruction.children:
        raise TwimlInvalid(12200, f"{instruction.name} needs a Stream")
    return instruction.children[0]


def _order(script: Script, stream: Verb, is_two_way: bool) -> StreamOrder:
    track = stream.string("track")
    if track not in TRACKS or (is_two_way and track != "inbound_track"):
        raise TwimlInvalid(31941, f"track {track}")
    url = stream.string("url")
    if "://" not in url:
        # A relative address belongs to the document's server, with the scheme of sockets.
        url = "ws" + script.resolve(url).removeprefix("http")
    if "?" in url:
        script.warn(12200, "a Stream's URL carries no query: use Parameter")
    callback = stream.string("statusCallback")
    if callback and "://" not in callback:
        raise TwimlInvalid(11100, "a Stream's statusCallback must be absolute")
    return StreamOrder(
        url,
        is_two_way,
        TRACKS[track],
        stream.string("name"),
        _parameters(stream),
        callback,
        stream.method("statusCallbackMethod"),
    )


def _parameters(stream: Verb) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for child in stream.children:
        name, value = child.string("name"), child.string("value")
        if len(name) + len(value) >= LONGEST_PARAMETER:
            raise TwimlInvalid(
                12200, f"Parameter {name[:20]} is too long: name and value stay under 500 characters"
            )
        parameters[name] = value
    return parameters
