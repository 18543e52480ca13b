"""What comes instead of a person or after one, on the carrier's own interpreter, in virtual time."""

import asyncio
from pathlib import Path

from ivr.handoff.callback_desk import CallbackAnswer
from ivr.handoff.follow_up_records import MessageState
from ivr.handoff.joined_call import JoinedAnswer
from tests.support.carrier_world import LOUD, PhoneInHand
from tests.support.service_on_carrier import TransferWorld, play


async def takes_the_call(phone: PhoneInHand) -> None:
    await phone.until("ringing")
    phone.does("answer")
    await phone.until("answered")
    await asyncio.sleep(3)
    phone.does("press", digit="1")


async def presses(phone: PhoneInHand, keys: str) -> None:
    for key in keys:
        phone.does("press", digit=key)
        await asyncio.sleep(0.8)


async def hears(listener: PhoneInHand, speaker: PhoneInHand, limit_s: float = 10.0) -> bool:
    """Say whether loud speech gets through within the limit."""
    before = len(listener.heard)
    async with asyncio.timeout(limit_s + 5):
        for _ in range(int(limit_s / 0.1)):
            await speaker.talks(0.1)
            if any(frame == LOUD for _, frame in listener.heard[before:]):
                return True
    return False


def test_a_message_is_recorded_and_written_down(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await asyncio.sleep(1)
        await presses(world.caller, "53")
        await asyncio.sleep(3)
        await world.caller.talks(2)
        await world.caller.until("ended")
        await asyncio.sleep(1)

    world = play(scenario, tmp_path)
    (message,) = world.parts.follow_ups.all_messages()
    assert world.outcome == "message_taken"
    assert message.recording_sid is not None
    assert message.state in {MessageState.RECORDED, MessageState.WRITTEN, MessageState.UNCLEAR}


def test_an_agent_parks_the_caller_and_brings_them_back(tmp_path: Path) -> None:
    heard = {}

    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await takes_the_call(world.anna)
        await world.until_state("bridged")
        heard["before"] = await hears(world.caller, world.anna)
        assert world.parts.joined_call.hold(world.transfer_id, "Anna") is JoinedAnswer.DONE
        await asyncio.sleep(1)
        heard["held"] = await hears(world.caller, world.anna, 2)
        assert world.parts.joined_call.unhold(world.transfer_id, "Anna") is JoinedAnswer.DONE
        heard["after"] = await hears(world.caller, world.anna)
        world.caller.does("hang_up")

    play(scenario, tmp_path)
    assert heard == {"before": True, "held": False, "after": True}


def test_back_to_the_bot_opens_another_stream_and_frees_the_agent(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await takes_the_call(world.anna)
        await world.until_state("bridged")
        await hears(world.caller, world.anna)
        assert world.parts.joined_call.back_to_bot(world.transfer_id, "Anna") is JoinedAnswer.DONE
        await world.anna.until("ended")
        while len(world.transport.sockets) < 2:
            await asyncio.sleep(0.1)
        assert "ended" not in world.caller.names()
        world.caller.does("hang_up")

    world = play(scenario, tmp_path)
    assert world.state == "returned"


def test_a_callback_rings_the_agent_then_the_caller_and_joins_both(tmp_path: Path) -> None:
    heard = {}

    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await asyncio.sleep(1)
        await presses(world.caller, "511#")
        await world.caller.until("ended")
        (case,) = world.records.callbacks()
        await asyncio.sleep(120)
        for phone in (world.caller, world.anna):
            phone.events.clear()
        assert world.parts.callbacks.dial(case["case_number"], "Anna") is CallbackAnswer.RINGING
        await takes_the_call(world.anna)
        await takes_the_call(world.caller)
        heard["caller"] = await hears(world.caller, world.anna)
        heard["agent"] = await hears(world.anna, world.caller)
        world.caller.does("hang_up")
        await world.anna.until("ended")
        await asyncio.sleep(1)

    world = play(scenario, tmp_path)
    assert heard == {"caller": True, "agent": True}
    assert world.records.callbacks() == []
