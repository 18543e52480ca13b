"""The network's part of a warm transfer from ring to goodbye, in virtual time."""

import asyncio

from tests.support.carrier_rest import Rest
from tests.support.carrier_world import AGENT, NUMBER, SERVICE, World, play, twiml

ROOM = "<Dial><Conference {}>case-1</Conference></Dial>"


def test_a_caller_is_parked_an_agent_briefed_and_both_joined() -> None:
    async def scenario(world: World) -> None:
        stream = '<Connect action="/after-stream"><Stream url="ws://127.0.0.1:8080/m"/></Connect>'
        world.service.on("/voice", twiml(stream))
        world.service.on(
            "/after-stream", twiml('<Enqueue waitUrl="/wait" action="/after-queue">case-1</Enqueue>')
        )
        world.service.on("/wait", twiml("<Say>Music music music music</Say>"))
        world.service.on("/after-queue", twiml("<Hangup/>"))
        gather = '<Gather numDigits="1" action="/key"><Say>Briefing for you</Say></Gather><Hangup/>'
        world.service.on("/briefing", twiml(gather))
        quiet = 'beep="false" waitUrl=""'
        world.service.on("/key", twiml(ROOM.format(f'{quiet} endConferenceOnExit="true"')))
        world.service.on("/join", twiml(ROOM.format(f'{quiet} startConferenceOnEnter="false"')))
        caller, agent, rest = world.phone(), world.phone(AGENT), Rest(world)
        await caller.dials()
        await asyncio.sleep(2)
        world.service.sockets[0].push(None)

        await rest.post("/Calls.json", To=AGENT, From=NUMBER, Url=f"{SERVICE}/briefing", Timeout="25")
        await agent.answers()
        await asyncio.sleep(0.4)
        agent.does("press", digit="1")
        await asyncio.sleep(0.1)
        await rest.post(f"/Calls/{caller.sid}.json", Url=f"{SERVICE}/join", Method="POST")
        await asyncio.sleep(0.5)
        assert agent.heard_letters() == "B"
        assert set(caller.heard_letters()) == {"M"}

        await asyncio.gather(caller.talks(1, b"C" * 160), agent.talks(1, b"A" * 160))
        assert agent.heard_letters() == "BC"
        assert caller.heard_letters().endswith("MA")
        assert world.service.to("/key")[0].form["Digits"] == "1"
        assert [asked.form["QueueResult"] for asked in world.service.to("/after-queue")] == ["redirected"]

        agent.does("hang_up")
        assert (await caller.until("ended"))["reason"] == "completed"
        await asyncio.sleep(1)
        assert world.statuses() == ["completed"]
        assert world.codes() == []

    play(scenario)
