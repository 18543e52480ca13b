"""Accepting and declining at the desk on the local phone network: the phone does as if its key was hit."""

import asyncio
from pathlib import Path

import pytest

from ivr.handoff.desk_actions import DeskActions, DeskAnswer
from tests.support.carrier_world import LOUD, PhoneInHand
from tests.support.service_on_carrier import ExchangeSwitchboard, TransferWorld, play


def at_the_desk(world: TransferWorld) -> DeskActions:
    return DeskActions(world.records, world.desk, ExchangeSwitchboard(world.exchange))


async def hears(listener: PhoneInHand, speaker: PhoneInHand) -> bool:
    before = len(listener.heard)
    await speaker.talks(0.5)
    return any(frame == LOUD for _, frame in listener.heard[before:])


def test_accepted_at_the_desk_while_the_briefing_plays(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        desk = at_the_desk(world)
        await world.caller_asks()
        await world.until_state("dialing")
        assert desk.accept(world.transfer_id, "Anna") is DeskAnswer.PICK_UP
        await world.anna.answers()
        await world.until_state("briefing")
        await asyncio.sleep(1)
        assert desk.accept(world.transfer_id, "Bo") is DeskAnswer.TAKEN
        assert desk.accept(world.transfer_id, "Anna") is DeskAnswer.JOINING
        await asyncio.sleep(4)
        assert await hears(world.caller, world.anna)
        assert await hears(world.anna, world.caller)
        world.caller.does("hang_up")
        await world.anna.until("ended")

    world = play(scenario, tmp_path)
    assert (world.state, world.outcome) == ("ended", "connected_to_person")


@pytest.mark.parametrize("is_answered", [False, True])
def test_declined_at_the_desk_and_the_next_phone_rings(tmp_path: Path, is_answered: bool) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await world.until_state("dialing")
        await asyncio.sleep(1)
        if is_answered:
            await world.anna.answers()
            await world.until_state("briefing")
        assert at_the_desk(world).decline(world.transfer_id, "Anna", "busy") is DeskAnswer.DECLINED
        await world.bo.answers()
        await world.until_state("briefing")
        await asyncio.sleep(1)
        world.bo.does("press", digit="1")
        await asyncio.sleep(4)
        assert await hears(world.caller, world.bo)
        assert "ended" in world.anna.names()

    world = play(scenario, tmp_path)
    row = world.records.transfer(world.transfer_id)
    assert row is not None
    assert row.tried == ("Anna", "Bo")
