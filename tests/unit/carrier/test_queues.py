"""Enqueue, Dial Queue and the queues by REST, in virtual time. Case numbers are those of docs/carrier.md."""

import asyncio

import pytest

from tests.support.carrier_rest import Rest
from tests.support.carrier_world import AGENT, NUMBER, SERVICE, PhoneInHand, Reply, World, play, twiml

HANGUP = twiml("<Hangup/>")
WAITING = twiml('<Say>Music music music</Say><Pause length="2"/>')


async def enqueued(world: World, attributes: str = 'waitUrl="/wait" action="/left"') -> PhoneInHand:
    world.service.on("/voice", twiml(f"<Enqueue {attributes}>support</Enqueue><Redirect>/after</Redirect>"))
    world.service.on("/left", HANGUP)
    world.service.on("/after", HANGUP)
    phone = world.phone()
    await phone.dials()
    await asyncio.sleep(0.1)
    return phone


async def agent_takes(world: World, queue: str = "<Queue>support</Queue>", dial: str = "") -> PhoneInHand:
    world.service.on("/agent", twiml(f"<Dial {dial}>{queue}</Dial>"))
    agent = world.phone(AGENT)
    await Rest(world).post("/Calls.json", To=AGENT, From=NUMBER, Url=f"{SERVICE}/agent")
    await agent.answers()
    return agent


def test_case_078_wait_url_is_asked_again_and_leave_tells_at_once() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/wait", WAITING, WAITING, WAITING, twiml("<Leave/>"))
        caller = await enqueued(world)
        await caller.until("ended")
        forms = [asked.form for asked in world.service.to("/wait")]
        assert [form["QueueTime"] for form in forms] == ["0", "2", "5", "8"]
        assert forms[0]["QueuePosition"] == forms[0]["CurrentQueueSize"] == "1"
        assert forms[0]["MaxQueueSize"] == "100"
        assert forms[0]["QueueSid"].startswith("QU")
        (left,) = world.service.to("/left")
        assert left.form["QueueResult"] == "leave"
        assert left.at_s == pytest.approx(world.service.to("/wait")[3].at_s, abs=0.01)
        assert set(caller.heard_letters()) == {"M"}

    play(scenario)


def test_without_action_the_next_verb_follows() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/wait", twiml("<Leave/>"))
        caller = await enqueued(world, 'waitUrl="/wait"')
        await caller.until("ended")
        assert len(world.service.to("/after")) == 1

    play(scenario)


def test_case_079_action_comes_after_the_bridge() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/wait", WAITING)
        caller = await enqueued(world)
        agent = await agent_takes(world)
        await asyncio.gather(caller.talks(5, b"C" * 160), agent.talks(5, b"A" * 160))
        assert not world.service.to("/left")
        assert agent.heard_letters() == "C"
        assert caller.heard_letters().endswith("A")
        agent.does("hang_up")
        await caller.until("ended")
        (left,) = world.service.to("/left")
        assert left.form["QueueResult"] == "bridged"

    play(scenario)


def test_case_080_a_full_queue() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/wait", WAITING)
        await enqueued(world, 'waitUrl="/wait" maxQueueSize="1" action="/left"')
        second = world.phone("+46709999999")
        await second.dials()
        await second.until("ended")
        assert world.service.to("/left")[0].form["QueueResult"] == "queue-full"

    play(scenario)


def test_case_080_dialing_an_empty_queue_waits_for_the_timeout() -> None:
    async def scenario(world: World) -> None:
        await Rest(world).post("/Queues.json", FriendlyName="support")
        world.service.on("/done", HANGUP)
        agent = await agent_takes(world, dial='timeout="12" action="/done"')
        answered_s = world.now_s()
        await agent.until("ended")
        (asked,) = world.service.to("/done")
        assert asked.form["DialCallStatus"] == "no-answer"
        assert asked.at_s - answered_s == pytest.approx(12, abs=0.1)

    play(scenario)


def test_dialing_an_unknown_queue_fails_to_action() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/done", HANGUP)
        agent = await agent_takes(world, dial='action="/done"')
        await agent.until("ended")
        assert world.service.to("/done")[0].form["DialCallStatus"] == "failed"

    play(scenario)


def test_case_081_queue_url_runs_on_the_queued_caller() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/wait", twiml('<Pause length="60"/>'))
        world.service.on("/greet", twiml("<Say>Greetings to you</Say>"))
        caller = await enqueued(world)
        agent = await agent_takes(world, f'<Queue url="{SERVICE}/greet">support</Queue>')
        await asyncio.sleep(2)
        assert caller.heard_letters() == "G"
        assert "G" not in agent.heard_letters()
        form = world.service.to("/greet")[0].form
        assert (form["CallSid"], form["DequeingCallSid"]) == (caller.sid, agent.sid)
        assert {"QueueSid", "QueueTime"} <= set(form)

    play(scenario)


def test_members_by_rest_and_dequeue() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/wait", WAITING)
        world.service.on("/join", twiml('<Say>Joined</Say><Pause length="5"/>'))
        caller = await enqueued(world)
        rest = Rest(world)
        (queue,) = (await rest.get("/Queues.json"))["queues"]
        assert (queue["friendly_name"], queue["current_size"]) == ("support", 1)
        path = f"/Queues/{queue['sid']}/Members"
        await asyncio.sleep(5)
        (member,) = (await rest.get(f"{path}.json"))["queue_members"]
        assert (member["call_sid"], member["position"], member["wait_time"]) == (caller.sid, 1, 5)
        assert (await rest.get(f"{path}/Front.json"))["call_sid"] == caller.sid
        await rest.post(f"{path}/Front.json", Url=f"{SERVICE}/join", Method="POST")
        await asyncio.sleep(1)
        assert caller.heard_letters().endswith("J")
        assert [asked.form["QueueResult"] for asked in world.service.to("/left")] == ["redirected"]
        assert "ended" not in caller.names()
        assert (await rest.get(f"{path}.json"))["queue_members"] == []
        status, problem = await rest.ask("POST", f"{path}/Front.json", Url=f"{SERVICE}/join")
        assert (status, problem["code"]) == (404, 20404)

    play(scenario)


def test_a_live_update_takes_the_caller_out_of_the_queue() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/wait", WAITING)
        world.service.on("/join", twiml('<Say>Joined</Say><Pause length="5"/>'))
        caller = await enqueued(world)
        await Rest(world).post(f"/Calls/{caller.sid}.json", Url=f"{SERVICE}/join")
        await asyncio.sleep(1)
        assert caller.heard_letters().endswith("J")
        assert [asked.form["QueueResult"] for asked in world.service.to("/left")] == ["redirected"]
        assert not world.exchange.queues.named("support").members  # type: ignore[union-attr]

    play(scenario)


def test_hanging_up_in_the_queue_is_told() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/wait", WAITING)
        caller = await enqueued(world)
        caller.does("hang_up")
        await asyncio.sleep(1)
        (left,) = world.service.to("/left")
        assert (left.form["QueueResult"], left.form["CallStatus"]) == ("hangup", "completed")
        assert world.statuses() == ["completed"]

    play(scenario)


def test_a_failing_wait_url_is_an_error_of_the_queue() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/wait", Reply(status=500))
        caller = await enqueued(world)
        await caller.until("ended")
        assert world.service.to("/left")[0].form["QueueResult"] == "error"
        assert 11200 in world.codes()

    play(scenario)


def test_keys_work_while_waiting() -> None:
    async def scenario(world: World) -> None:
        gather = '<Gather numDigits="1" action="/key"><Say>Press a key to leave</Say></Gather>'
        world.service.on("/wait", twiml(gather))
        world.service.on("/key", twiml("<Leave/>"))
        caller = await enqueued(world)
        caller.does("press", digit="9")
        await caller.until("ended")
        assert world.service.to("/key")[0].form["Digits"] == "9"
        assert world.service.to("/left")[0].form["QueueResult"] == "leave"

    play(scenario)
