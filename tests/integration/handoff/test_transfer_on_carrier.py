"""Warm transfers on the local phone network, in virtual time: who hears whom, and nobody left alone."""

import asyncio
from itertools import pairwise
from pathlib import Path

from tests.support.carrier_world import CALLER, LOUD, PhoneInHand
from tests.support.service_on_carrier import TransferWorld, play

NOBODY_ALONE_S = 5.0


def now_s() -> float:
    return asyncio.get_running_loop().time()


async def hears(listener: PhoneInHand, speaker: PhoneInHand) -> bool:
    """Let one talk for half a second and say whether the other hears exactly that."""
    before = len(listener.heard)
    await speaker.talks(0.5)
    return any(frame == LOUD for _, frame in listener.heard[before:])


async def joined(world: TransferWorld) -> None:
    await world.caller_asks()
    await world.anna.answers()
    await asyncio.sleep(3)
    world.anna.does("press", digit="1")
    await world.until_state("bridged")
    await asyncio.sleep(3)


def test_briefed_pressed_one_and_talking(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await world.anna.answers()
        await asyncio.sleep(2)
        assert not await hears(world.caller, world.anna), "the briefing is for the agent alone"
        assert not await hears(world.anna, world.caller)
        world.anna.does("press", digit="1")
        await world.until_state("bridged")
        await asyncio.sleep(3)
        assert await hears(world.caller, world.anna)
        assert await hears(world.anna, world.caller)
        world.caller.does("hang_up")
        left_at = now_s()
        await world.anna.until("ended")
        assert now_s() - left_at <= NOBODY_ALONE_S

    world = play(scenario, tmp_path)
    assert (world.state, world.outcome) == ("ended", "connected_to_person")
    assert "ringing" not in world.bo.names()


def test_repeat_detail_and_then_one(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await world.anna.answers()
        for key in "24":
            await asyncio.sleep(1)
            world.anna.does("press", digit=key)
        await asyncio.sleep(2)
        assert world.state == "briefing"
        world.anna.does("press", digit="1")
        await asyncio.sleep(4)
        assert await hears(world.caller, world.anna)

    play(scenario, tmp_path)


def test_declined_and_the_next_one_takes_it(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await world.anna.answers()
        world.anna.does("press", digit="3")
        await world.bo.answers()
        await asyncio.sleep(1)
        world.bo.does("press", digit="1")
        await asyncio.sleep(4)
        assert await hears(world.caller, world.bo)
        assert "ended" in world.anna.names()

    play(scenario, tmp_path)


def test_voicemail_never_gets_the_caller(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await world.anna.answers()
        answered_at = now_s()
        await world.bo.until("ringing")
        assert now_s() - answered_at <= 20
        assert not await hears(world.anna, world.caller)

    play(scenario, tmp_path)


def test_nobody_answers_and_a_callback_is_booked(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        asked_at = now_s()
        await world.bo.until("ringing")
        assert 24.9 <= now_s() - asked_at <= 33
        world.bo.does("decline")
        ended = await world.caller.until("ended")
        assert ended["reason"] == "completed"

    world = play(scenario, tmp_path)
    assert (world.state, world.outcome) == ("given_up", "callback_booked")
    assert len(world.records.callbacks()) == 1
    assert any(path.startswith("/voice/no-agent/") for path, _ in world.transport.statuses)


def test_caller_hangs_up_while_the_agent_rings(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await world.anna.until("ringing")
        world.caller.does("hang_up")
        left_at = now_s()
        await world.anna.until("ended")
        assert now_s() - left_at <= 1.0

    world = play(scenario, tmp_path)
    assert (world.state, world.outcome) == ("abandoned", "caller_hung_up")


def test_caller_hangs_up_in_the_second_of_bridging(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await world.anna.answers()
        await asyncio.sleep(1)
        world.anna.does("press", digit="1")
        world.caller.does("hang_up")
        left_at = now_s()
        await world.anna.until("ended")
        assert now_s() - left_at <= NOBODY_ALONE_S

    assert play(scenario, tmp_path).state in {"ended", "abandoned"}


def test_agent_drops_early_and_the_caller_gets_another(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await joined(world)
        heard = len(world.caller.heard)
        world.anna.does("hang_up")
        dropped_at = now_s()
        await world.bo.until("ringing")
        assert now_s() - dropped_at <= 2.0
        await world.bo.answers()
        await asyncio.sleep(2)
        world.bo.does("press", digit="1")
        await world.until_state("bridged")
        await asyncio.sleep(4)
        assert await hears(world.caller, world.bo)
        spoken = [at for at, frame in world.caller.heard[heard:] if frame != b"\xff" * 160]
        assert spoken[0] - dropped_at <= 1.0

    world = play(scenario, tmp_path)
    assert world.anna.names().count("ringing") == 1


def test_agent_leaves_after_a_talk_and_the_caller_stays_for_another(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await joined(world)
        await asyncio.sleep(10)
        world.anna.does("hang_up")
        left_at = now_s()
        await world.bo.until("ringing")
        assert now_s() - left_at >= 5.0
        await asyncio.sleep(4)
        assert any(frame != b"\xff" * 160 for _, frame in world.caller.heard[-50:]), "music again"

    assert play(scenario, tmp_path).state in {"dialing", "abandoned"}


def test_agent_hangs_up_first_and_the_caller_right_after(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await joined(world)
        await asyncio.sleep(10)
        world.anna.does("hang_up")
        await asyncio.sleep(2)
        world.caller.does("hang_up")
        await asyncio.sleep(2)

    world = play(scenario, tmp_path)
    assert (world.state, world.outcome) == ("ended", "connected_to_person")
    assert world.records.callbacks() == []
    assert "ringing" not in world.bo.names()


def test_agent_accepts_before_the_bot_has_left_the_line(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks(is_stream_closed=False)
        await world.anna.answers()
        await asyncio.sleep(1)
        world.anna.does("press", digit="1")
        await asyncio.sleep(4)
        assert await hears(world.caller, world.anna)
        assert await hears(world.anna, world.caller)

    play(scenario, tmp_path)


def test_agent_accepts_a_caller_who_has_gone(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await world.anna.answers()
        await asyncio.sleep(1)
        world.caller.does("hang_up")
        await asyncio.sleep(0.1)
        world.anna.does("press", digit="1")
        await world.anna.until("ended")

    world = play(scenario, tmp_path)
    assert (world.state, world.outcome) == ("abandoned", "caller_hung_up")


def test_a_waiting_caller_is_never_in_silence(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await world.anna.until("ringing")
        begun = now_s() + 2
        await asyncio.sleep(60)
        silence_s = longest_silence_s([item for item in world.caller.heard if item[0] >= begun])
        assert silence_s < 3.0

    play(scenario, tmp_path)


def test_a_waiting_caller_presses_for_a_callback_and_the_agents_phone_stops(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await world.anna.until("ringing")
        await asyncio.sleep(6)
        for key in "511":  # any key; callback; yes, that number
            world.caller.does("press", digit=key)
            await asyncio.sleep(1)
        world.caller.does("press", digit="#")
        await world.until_state("given_up")
        await world.anna.until("ended")
        ended = await world.caller.until("ended")
        assert ended["reason"] == "completed"

    world = play(scenario, tmp_path)
    assert world.outcome == "callback_booked"
    assert [callback["number"] for callback in world.records.callbacks()] == [CALLER]
    assert "ringing" not in world.bo.names()


def test_another_number_is_read_back_and_kept(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await asyncio.sleep(4)
        for key in "110812345#1#":
            world.caller.does("press", digit=key)
            await asyncio.sleep(0.7)
        await world.until_state("given_up")

    world = play(scenario, tmp_path)
    assert [callback["number"] for callback in world.records.callbacks()] == ["+46812345"]


def test_an_agent_who_accepts_while_the_caller_is_asked_about_a_callback_gets_them(
    tmp_path: Path,
) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await world.anna.answers()
        await asyncio.sleep(3)
        world.caller.does("press", digit="5")
        await asyncio.sleep(1)
        world.anna.does("press", digit="1")
        await world.until_state("bridged")
        await asyncio.sleep(4)
        assert await hears(world.caller, world.anna)

    assert play(scenario, tmp_path).records.callbacks() == []


def test_the_callback_menu_is_never_silent_and_leads_back_to_the_music(tmp_path: Path) -> None:
    async def scenario(world: TransferWorld) -> None:
        await world.caller_asks()
        await asyncio.sleep(4)
        begun = now_s()
        world.caller.does("press", digit="5")
        await asyncio.sleep(28)
        for key in "52":
            world.caller.does("press", digit=key)
            await asyncio.sleep(4)
        assert longest_silence_s([item for item in world.caller.heard if item[0] >= begun]) < 3.0
        assert world.state in {"requested", "dialing"}

    world = play(scenario, tmp_path)
    assert [path for path, _ in world.transport.statuses].count("/voice/wait") >= 2


def longest_silence_s(heard: list[tuple[float, bytes]]) -> float:
    loud = [at for at, frame in heard if any(byte not in (0xFF, 0x7F) for byte in frame)]
    return max(later - earlier for earlier, later in pairwise(loud))
