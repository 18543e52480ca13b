"""Gather: prompts, and the keys pressed meanwhile and afterwards."""

import asyncio

from ivr.carrier.calls import Page
from ivr.carrier.twiml.document import TwimlInvalid, Verb
from ivr.carrier.twiml.script import VERBS, Script, verb


class KeyCollector:
    """Collects keys until they are enough; the finish key is never part of them."""

    def __init__(self, finish_key: str, most_digits: int | None) -> None:
        self.digits = ""
        self.is_finished = False
        self._finish_key = finish_key
        self._most_digits = most_digits
        self._changed = asyncio.Event()

    def press(self, digit: str) -> None:
        """Take one key."""
        if self.is_finished:
            return
        if digit == self._finish_key:
            self.is_finished = True
        else:
            self.digits += digit
            self.is_finished = len(self.digits) == self._most_digits
        self._changed.set()

    async def pressed(self) -> None:
        """Wait for the next key."""
        await self._changed.wait()
        self._changed.clear()


@verb("Gather")
async def gather(script: Script, instruction: Verb) -> Page | None:
    """Collect keys and go on with `action`; without keys the next verb follows."""
    timeout_s = _timeout_s(instruction.string("timeout"))
    finish_key = instruction.string("finishOnKey")
    if len(finish_key) > 1:
        raise TwimlInvalid(12200, "finishOnKey is one key or none")
    # Resolved before anything is heard: inline TwiML with a relative action is an error of the document.
    action = script.resolve(instruction.string("action"))
    keys = KeyCollector(finish_key, instruction.integer("numDigits"))
    if "speech" in instruction.string("input"):
        script.warn(12200, "this network hears keys only; speech input is never detected")
    with script.call.keys_to(keys.press):
        await _collect(script, instruction, keys, timeout_s)
    if keys.digits:
        return Page(action, instruction.method(), extra={"Digits": keys.digits})
    if instruction.flag("actionOnEmptyResult"):
        return Page(action, instruction.method())
    return None


async def _collect(script: Script, instruction: Verb, keys: KeyCollector, timeout_s: float) -> None:
    prompt = asyncio.ensure_future(_prompt(script, instruction))
    first_key = asyncio.ensure_future(keys.pressed())
    try:
        # The wait counts from the end of the prompt, and a key stops the prompt.
        await asyncio.wait({prompt, first_key}, return_when=asyncio.FIRST_COMPLETED)
        if not first_key.done():
            await asyncio.wait({first_key}, timeout=timeout_s)
        if prompt.done():
            prompt.result()
        else:
            prompt.cancel()
            script.sink.clear()
        while first_key.done() and not keys.is_finished:
            async with asyncio.timeout(timeout_s):
                await keys.pressed()
    except TimeoutError:
        pass
    finally:
        prompt.cancel()
        first_key.cancel()


async def _prompt(script: Script, instruction: Verb) -> None:
    for child in instruction.children:
        if child.name == "Play" and child.string("digits"):
            raise TwimlInvalid(12200, "Play digits is not allowed in Gather")
        await VERBS[child.name](script, child)


def _timeout_s(value: str) -> float:
    if value == "auto":
        return 5.0
    if not value.isdigit():
        raise TwimlInvalid(12200, f'Gather timeout="{value}"')
    return float(value)
