"""Dial to phones, in virtual time. Case numbers are those of docs/carrier.md."""

import asyncio

import pytest

from ivr.carrier.calls import Page
from tests.support.carrier_world import (
    AGENT,
    CALLER,
    NUMBER,
    SERVICE,
    PhoneInHand,
    World,
    play,
    twiml,
)

HANGUP = twiml("<Hangup/>")
SECOND_AGENT = "+46850000002"


async def dialing(world: World, dial: str, after: str = "<Redirect>/after</Redirect>") -> PhoneInHand:
    world.service.on("/voice", twiml(dial + after))
    world.service.on("/after", HANGUP)
    world.service.on("/done", HANGUP)
    phone = world.phone()
    phone.does("dial", to=NUMBER)
    await asyncio.sleep(0.01)
    return phone


def test_case_061_dial_without_action_goes_on_with_the_next_verb() -> None:
    async def scenario(world: World) -> None:
        agent = world.phone(AGENT)
        caller = await dialing(world, f"<Dial>{AGENT}</Dial>")
        await agent.until("ringing")
        agent.does("decline")
        await caller.until("ended")
        assert len(world.service.to("/after")) == 1

    play(scenario)


def test_case_062_dial_with_action_never_runs_the_next_verb() -> None:
    async def scenario(world: World) -> None:
        agent = world.phone(AGENT)
        caller = await dialing(world, f'<Dial action="/done">{AGENT}</Dial>')
        await agent.answers()
        await asyncio.sleep(23.7)
        agent.does("hang_up")
        await caller.until("ended")
        (asked,) = world.service.to("/done")
        assert asked.form["DialCallStatus"] == "completed"
        assert asked.form["DialCallSid"] == agent.sid
        assert asked.form["DialCallDuration"] == "23"
        assert asked.form["DialBridged"] == "true"
        assert not world.service.to("/after")
        child = world.exchange.calls[agent.sid]
        assert (child.direction, child.parent_sid) == ("outbound-dial", caller.sid)
        assert agent.events[1]["from"] == CALLER

    play(scenario)


def test_the_two_hear_each_other() -> None:
    async def scenario(world: World) -> None:
        agent = world.phone(AGENT)
        caller = await dialing(world, f"<Dial>{AGENT}</Dial>")
        await agent.answers()
        await asyncio.gather(caller.talks(1, b"C" * 160), agent.talks(1, b"A" * 160))
        assert caller.heard_letters().endswith("A")
        assert agent.heard_letters() == "C"

    play(scenario)


def test_case_063_dial_timeout_is_no_answer_after_10_to_15_seconds() -> None:
    async def scenario(world: World) -> None:
        agent = world.phone(AGENT)
        caller = await dialing(world, f'<Dial timeout="10" action="/done">{AGENT}</Dial>')
        await caller.until("ended")
        (asked,) = world.service.to("/done")
        assert asked.form["DialCallStatus"] == "no-answer"
        assert 10 <= asked.at_s <= 15.1
        assert agent.events[-1]["reason"] == "no-answer"

    play(scenario)


def test_case_065_first_of_ten_answers_and_the_others_are_canceled() -> None:
    async def scenario(world: World) -> None:
        agents = [world.phone(f"+4685000010{number}") for number in range(10)]
        numbers = "".join(f"<Number>{agent.phone.number}</Number>" for agent in agents)
        caller = await dialing(world, f"<Dial>{numbers}</Dial>")
        await asyncio.sleep(3)
        await agents[4].answers()
        await asyncio.sleep(1)
        ended = [agent.events[-1].get("reason") for agent in agents]
        assert ended == ["canceled"] * 4 + [None] + ["canceled"] * 5
        caller.does("hang_up")
        await agents[4].until("ended")

    play(scenario)


def test_case_065_eleven_numbers_are_rejected() -> None:
    async def scenario(world: World) -> None:
        await dialing(world, f"<Dial>{'<Number>+46850000100</Number>' * 11}</Dial>")
        await asyncio.sleep(60)
        assert 12200 in world.codes()
        assert len(world.exchange.calls) == 1

    play(scenario)


def test_case_066_only_the_callee_hears_the_whisper() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/whisper", twiml("<Say>Whispered words</Say>"))
        agent = world.phone(AGENT)
        caller = await dialing(
            world, f'<Dial answerOnBridge="true"><Number url="/whisper">{AGENT}</Number></Dial>'
        )
        await agent.answers()
        assert "answered" not in caller.names()
        await asyncio.sleep(2)
        assert agent.heard_letters() == "W"
        assert "answered" in caller.names()
        assert "W" not in caller.heard_letters()
        form = world.service.to("/whisper")[0].form
        assert (form["CallSid"], form["ParentCallSid"]) == (agent.sid, caller.sid)

    play(scenario)


def test_case_066_dial_in_a_whisper_is_rejected() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/whisper", twiml("<Dial>+46700000000</Dial>"))
        agent = world.phone(AGENT)
        await dialing(world, f'<Dial action="/done"><Number url="/whisper">{AGENT}</Number></Dial>')
        await agent.answers()
        await agent.until("ended")
        await asyncio.sleep(1)
        assert world.codes() == [12200]
        assert world.service.to("/done")[0].form["DialBridged"] == "false"

    play(scenario)


def test_case_067_a_whisper_that_hangs_up_is_not_bridged() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/whisper", twiml('<Gather numDigits="1" action="/key"/><Hangup/>'))
        agent = world.phone(AGENT)
        caller = await dialing(world, f'<Dial action="/done"><Number url="/whisper">{AGENT}</Number></Dial>')
        await agent.answers()
        await caller.until("ended")
        (asked,) = world.service.to("/done")
        assert asked.form["DialBridged"] == "false"
        assert "DialCallDuration" in asked.form
        assert agent.events[-1]["reason"] == "completed"

    play(scenario)


def test_a_whisper_that_accepts_bridges() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/whisper", twiml('<Gather numDigits="1" action="/key"/><Hangup/>'))
        world.service.on("/key", twiml(""))
        agent = world.phone(AGENT)
        caller = await dialing(world, f'<Dial action="/done"><Number url="/whisper">{AGENT}</Number></Dial>')
        await agent.answers()
        await asyncio.sleep(0.1)
        agent.does("press", digit="1")
        await agent.talks(1, b"A" * 160)
        assert caller.heard_letters().endswith("A")
        agent.does("hang_up")
        await caller.until("ended")
        assert world.service.to("/done")[0].form["DialBridged"] == "true"

    play(scenario)


def test_case_069_caller_hangs_up_during_dial() -> None:
    async def scenario(world: World) -> None:
        agent = world.phone(AGENT)
        caller = await dialing(world, f'<Dial action="/done">{AGENT}</Dial>')
        await agent.until("ringing")
        caller.does("hang_up")
        assert (await agent.until("ended"))["reason"] == "canceled"
        await asyncio.sleep(5)
        assert not world.service.to("/done")
        assert not world.service.to("/after")

    play(scenario)


def test_caller_hangs_up_while_bridged() -> None:
    async def scenario(world: World) -> None:
        agent = world.phone(AGENT)
        caller = await dialing(world, f'<Dial action="/done">{AGENT}</Dial>')
        await agent.answers()
        await asyncio.sleep(1)
        caller.does("hang_up")
        assert (await agent.until("ended"))["reason"] == "completed"
        assert not world.service.to("/done")

    play(scenario)


@pytest.mark.parametrize(("attribute", "is_over"), [('hangupOnStar="true"', True), ("", False)])
def test_case_070_star_ends_the_child(attribute: str, is_over: bool) -> None:
    async def scenario(world: World) -> None:
        agent = world.phone(AGENT)
        caller = await dialing(world, f'<Dial action="/done" {attribute}>{AGENT}</Dial>')
        await agent.answers()
        await asyncio.sleep(1)
        caller.does("press", digit="*")
        await asyncio.sleep(1)
        assert ("ended" in agent.names()) is is_over
        assert bool(world.service.to("/done")) is is_over

    play(scenario)


def test_time_limit_ends_the_talk() -> None:
    async def scenario(world: World) -> None:
        agent = world.phone(AGENT)
        caller = await dialing(world, f'<Dial timeLimit="30">{AGENT}</Dial>')
        await agent.answers()
        answered_s = world.now_s()
        await caller.until("ended")
        assert world.now_s() - answered_s == pytest.approx(30, abs=0.1)

    play(scenario)


def test_sequential_rings_one_after_the_other() -> None:
    async def scenario(world: World) -> None:
        first, second = world.phone(AGENT), world.phone(SECOND_AGENT)
        numbers = f"<Number>{AGENT}</Number><Number>{SECOND_AGENT}</Number>"
        await dialing(world, f'<Dial sequential="true">{numbers}</Dial>')
        await first.until("ringing")
        assert "ringing" not in second.names()
        first.does("decline")
        await second.answers()
        await asyncio.sleep(1)
        assert "ended" not in second.names()

    play(scenario)


def test_an_unknown_number_fails() -> None:
    async def scenario(world: World) -> None:
        caller = await dialing(world, '<Dial action="/done">+46111111111</Dial>')
        await caller.until("ended")
        assert world.service.to("/done")[0].form["DialCallStatus"] == "failed"

    play(scenario)


def test_a_child_that_is_redirected_leaves_the_bridge_and_lives_on() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/elsewhere", twiml("<Say>Elsewhere</Say>"))
        agent = world.phone(AGENT)
        caller = await dialing(world, f'<Dial action="/done">{AGENT}</Dial>')
        await agent.answers()
        await asyncio.sleep(1)
        await world.exchange.redirect(world.exchange.calls[agent.sid], Page(f"{SERVICE}/elsewhere"))
        await caller.until("ended")
        await agent.until("ended")
        assert agent.heard_letters() == "E"
        assert len(world.service.to("/done")) == 1

    play(scenario)


def test_child_callbacks_start_at_initiated() -> None:
    async def scenario(world: World) -> None:
        callback = 'statusCallback="/child" statusCallbackEvent="initiated ringing answered completed"'
        world.service.on("/child", twiml(""))
        agent = world.phone(AGENT)
        caller = await dialing(world, f"<Dial><Number {callback}>{AGENT}</Number></Dial>")
        await agent.answers()
        agent.does("hang_up")
        await caller.until("ended")
        await asyncio.sleep(0.1)
        assert world.statuses("/child") == ["initiated", "ringing", "in-progress", "completed"]

    play(scenario)


def test_client_phones_are_dialled_by_identity() -> None:
    async def scenario(world: World) -> None:
        desk = world.phone("client:anna")
        await dialing(world, "<Dial><Client>anna</Client></Dial>")
        await desk.answers()
        assert desk.names() == ["registered", "ringing", "answered"]

    play(scenario)


def test_dial_records_both_sides() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/recorded", twiml(""))
        agent = world.phone(AGENT)
        record = 'record="record-from-answer-dual" recordingStatusCallback="/recorded"'
        caller = await dialing(world, f"<Dial {record}>{AGENT}</Dial>")
        await agent.answers()
        await asyncio.gather(caller.talks(2, b"C" * 160), agent.talks(1, b"A" * 160))
        agent.does("hang_up")
        await caller.until("ended")
        await asyncio.sleep(1)
        (recording,) = world.exchange.recordings.kept.values()
        assert b"C" * 8000 in recording.channels[0]
        assert b"A" * 7000 in recording.channels[1]
        form = world.service.to("/recorded")[0].form
        assert (form["RecordingChannels"], form["RecordingSource"]) == ("2", "DialVerb")

    play(scenario)
