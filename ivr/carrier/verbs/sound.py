"""Say, Play and Pause."""

import asyncio

from ivr.carrier.calls import Page
from ivr.carrier.media import tones
from ivr.carrier.media.playback import SILENT_FRAME
from ivr.carrier.media.sound_files import SoundUnplayable
from ivr.carrier.twiml.document import Verb
from ivr.carrier.twiml.script import Script, verb
from ivr.carrier.webhooks import WebhookFailed

MOST_PLAY_LOOPS = 1000
# Limits of error 13521's page; the basic provider's unless the voice's name says otherwise.
SAY_LIMITS = {"Polly": 3000, "Google": 5000}
BASIC_SAY_LIMIT = 4096


@verb("Say")
async def say(script: Script, instruction: Verb) -> Page | None:
    """Speak text, `loop` times or for ever."""
    text, voice = instruction.text, instruction.string("voice")
    if not text:
        script.warn(13520, "nothing to say")
        return None
    limit = SAY_LIMITS.get(voice.partition(".")[0], BASIC_SAY_LIMIT)
    if len(text) > limit:
        script.warn(13521, f"{len(text)} characters, {limit} allowed")
        return None
    audio = await script.exchange.voice.speak(text, instruction.string("language"), voice)
    await _repeat(script, audio, instruction.whole("loop"), most=0)
    return None


@verb("Play")
async def play(script: Script, instruction: Verb) -> Page | None:
    """Play a file, or press keys."""
    keys = instruction.string("digits")
    if keys:
        pieces = [SILENT_FRAME * 25 if key in "wW" else tones.dtmf_tone(key) for key in keys]
        await _repeat(script, b"".join(pieces), 1, most=1)
        return None
    url = script.resolve(instruction.text)
    try:
        audio = await script.exchange.sound_files.fetch(url)
    except WebhookFailed as failed:
        script.warn(failed.code, f"Play {url}: {failed}")
        return None
    except SoundUnplayable as unplayable:
        script.warn(12300, f"Play {url}: {unplayable}")
        return None
    await _repeat(script, audio, instruction.whole("loop"), most=MOST_PLAY_LOOPS)
    return None


@verb("Pause")
async def pause(script: Script, instruction: Verb) -> Page | None:
    """Wait in silence."""
    await asyncio.sleep(instruction.whole("length"))
    return None


async def _repeat(script: Script, audio: bytes, loops: int, most: int) -> None:
    """Play audio `loops` times; 0 means until the call ends, or `most` times where there is such a limit."""
    if not audio:
        return
    times = loops or most
    played = 0
    while not times or played < times:
        script.sink.add(audio)
        await script.sink.drained()
        played += 1
