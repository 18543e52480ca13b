"""Conferences, by TwiML and REST, in virtual time. Case numbers are those of docs/carrier.md."""

import asyncio

import pytest

from ivr.carrier.calls import Page
from tests.support.carrier_rest import Rest
from tests.support.carrier_world import AGENT, NUMBER, SERVICE, PhoneInHand, World, play, twiml

SECOND_AGENT = "+46850000002"
ALL_EVENTS = "start end join leave mute hold modify"


def room(attributes: str = "", dial: str = "", after: str = "") -> object:
    return twiml(f"<Dial {dial}><Conference {attributes}>room</Conference></Dial>{after}")


async def enters(
    world: World, number: str, attributes: str = "", dial: str = "", after: str = ""
) -> PhoneInHand:
    """Let a phone dial in and sit in the room."""
    world.service.on("/voice", room(attributes, dial, after))  # type: ignore[arg-type]
    phone = world.phone(number)
    await phone.dials()
    await asyncio.sleep(0.1)
    return phone


def test_case_064_after_a_conference_action_has_no_child() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/done", twiml("<Hangup/>"))
        a = await enters(world, AGENT, dial='action="/done"')
        await enters(world, SECOND_AGENT, 'endConferenceOnExit="true"')
        rest = Rest(world)
        (conference,) = (await rest.get("/Conferences.json"))["conferences"]
        await rest.post(f"/Conferences/{conference['sid']}.json", Status="completed")
        await a.until("ended")
        form = world.service.to("/done")[0].form
        assert form["DialCallStatus"] == "answered"
        assert not {"DialCallSid", "DialCallDuration"} & set(form)
        ended = await rest.get(f"/Conferences/{conference['sid']}.json")
        assert (ended["status"], ended["reason_conference_ended"]) == (
            "completed",
            "conference-ended-via-api",
        )

    play(scenario)


def test_case_071_music_until_the_one_who_starts_it_comes() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/music", twiml("<Say>Music music music</Say><Redirect/>"))
        quiet = 'beep="false"'
        a = await enters(world, AGENT, f'{quiet} startConferenceOnEnter="false" waitUrl="/music"')
        await asyncio.sleep(3)
        assert set(a.heard_letters()) == {"M"}
        begun_s = world.now_s()
        b = await enters(world, SECOND_AGENT, quiet)
        await asyncio.gather(a.talks(1, b"A" * 160), b.talks(1, b"B" * 160))
        after = {chr(frame[0]) for at_s, frame in a.heard if at_s > begun_s + 0.2 and frame[0] != 0xFF}
        assert after == {"B"}
        assert b.heard_letters() == "A"
        form = world.service.to("/music")[0].form
        assert form["ConferenceSid"].startswith("CF")

    play(scenario)


def test_case_072_a_wait_url_runs_once() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/music", twiml("<Say>" + "M" * 100 + "</Say>"))
        a = await enters(world, AGENT, 'waitUrl="/music"')
        await asyncio.sleep(30)
        assert a.heard_letters() == "M"
        assert len(world.service.to("/music")) == 1

    play(scenario)


def test_case_073_end_on_exit_ends_everybody() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/events", twiml(""))
        world.service.on("/after", twiml("<Hangup/>"))
        callback = f'statusCallback="/events" statusCallbackEvent="{ALL_EVENTS}" participantLabel="first"'
        a = await enters(world, AGENT, callback, after="<Redirect>/after</Redirect>")
        b = await enters(world, SECOND_AGENT, 'endConferenceOnExit="true" participantLabel="second"')
        b.does("hang_up")
        await a.until("ended")
        await asyncio.sleep(0.1)
        forms = [asked.form for asked in world.service.to("/events")]
        assert [form["StatusCallbackEvent"] for form in forms] == [
            "participant-join",
            "participant-join",
            "conference-start",
            "participant-leave",
            "conference-end",
            "participant-leave",
        ]
        assert [form["SequenceNumber"] for form in forms] == ["0", "1", "2", "3", "4", "5"]
        end = forms[4]
        assert end["CallSidEndingConference"] == b.sid
        assert end["ParticipantLabelEndingConference"] == "second"
        assert end["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
        assert (forms[0]["ParticipantLabel"], forms[0]["Muted"]) == ("first", "false")
        assert world.service.to("/after")

    play(scenario)


def test_case_074_and_113_one_leaves_and_two_stay() -> None:
    async def scenario(world: World) -> None:
        a = await enters(world, AGENT)
        b = await enters(world, SECOND_AGENT)
        c = await enters(world, "+46850000003")
        b.does("hang_up")
        await asyncio.sleep(1)
        before = len(c.heard)
        await a.talks(1, b"A" * 160)
        assert any(frame[0] == ord("A") for _, frame in c.heard[before:])
        assert "ended" not in a.names() + c.names()

    play(scenario)


def test_case_075_a_label_is_unique() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/after", twiml("<Hangup/>"))
        await enters(world, AGENT, 'participantLabel="x"')
        b = await enters(
            world, SECOND_AGENT, 'participantLabel="x"', 'action="/no"', "<Redirect>/after</Redirect>"
        )
        await b.until("ended")
        assert 16025 in world.codes()
        assert world.service.to("/after")
        assert not world.service.to("/no")

    play(scenario)


def test_case_076_coaching_somebody_unknown_fails_to_action() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/done", twiml("<Hangup/>"))
        await enters(world, AGENT)
        b = await enters(world, SECOND_AGENT, f'coach="CA{"0" * 32}"', 'action="/done"')
        await b.until("ended")
        assert 13240 in world.codes()
        assert world.service.to("/done")[0].form["DialCallStatus"] == "failed"

    play(scenario)


def test_a_coach_is_heard_by_the_coached_only() -> None:
    async def scenario(world: World) -> None:
        a = await enters(world, AGENT, 'beep="false"')
        b = await enters(world, SECOND_AGENT, 'beep="false"')
        c = await enters(world, "+46850000003", f'beep="false" coach="{a.sid}"')
        before = len(b.heard)
        await c.talks(1, b"C" * 160)
        assert a.heard_letters().endswith("C")
        assert all(frame[0] == 0xFF for _, frame in b.heard[before:])

    play(scenario)


def test_case_077_the_first_participant_fixes_the_callback() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/first", twiml(""))
        world.service.on("/second", twiml(""))
        await enters(world, AGENT, 'statusCallback="/first" statusCallbackEvent="join"')
        await enters(world, SECOND_AGENT, 'statusCallback="/second" statusCallbackEvent="join start"')
        await asyncio.sleep(1)
        assert len(world.service.to("/first")) == 2
        assert not world.service.to("/second")

    play(scenario)


def test_case_094_hold_isolates_and_its_url_is_asked_by_get() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/hold", twiml("<Say>Held held held held</Say>"))
        a = await enters(world, AGENT, 'beep="false" waitUrl=""')
        b = await enters(world, SECOND_AGENT, 'beep="false"')
        rest = Rest(world)
        (conference,) = (await rest.get("/Conferences.json"))["conferences"]
        path = f"/Conferences/{conference['sid']}/Participants/{a.sid}.json"
        held = await rest.post(path, Hold="true", HoldUrl=f"{SERVICE}/hold")
        assert held["hold"] is True
        await asyncio.gather(a.talks(3, b"A" * 160), b.talks(3, b"B" * 160))
        assert world.service.to("/hold")[0].method == "GET"
        assert set(a.heard_letters()) == {"H"}
        assert "A" not in b.heard_letters()
        await rest.post(path, Hold="false")
        before = len(a.heard)
        await b.talks(1, b"B" * 160)
        assert {chr(frame[0]) for _, frame in a.heard[before + 3 :]} == {"B"}

    play(scenario)


def test_muted_hears_and_is_not_heard() -> None:
    async def scenario(world: World) -> None:
        a = await enters(world, AGENT, 'beep="false" muted="true"')
        b = await enters(world, SECOND_AGENT, 'beep="false"')
        await asyncio.gather(a.talks(1, b"A" * 160), b.talks(1, b"B" * 160))
        assert "A" not in b.heard_letters()
        assert a.heard_letters().endswith("B")

    play(scenario)


def test_case_093_participants_by_rest() -> None:
    async def scenario(world: World) -> None:
        rest, agent = Rest(world), world.phone(AGENT)
        made = await rest.post(
            "/Conferences/desk/Participants.json", To=AGENT, From=NUMBER, Label="agent", Beep="false"
        )
        assert (made["status"], made["label"]) == ("queued", "agent")
        await agent.answers()
        await asyncio.sleep(0.1)
        path = f"/Conferences/{made['conference_sid']}/Participants"
        (listed,) = (await rest.get(f"{path}.json"))["participants"]
        assert (listed["call_sid"], listed["status"]) == (made["call_sid"], "connected")
        changed = await rest.post(f"{path}/agent.json", Muted="true", EndConferenceOnExit="true")
        assert (changed["muted"], changed["end_conference_on_exit"]) == (True, True)
        world.service.on("/announce", twiml("<Say>Announced</Say>"))
        begun = len(agent.heard)
        await rest.post(f"{path}/agent.json", AnnounceUrl=f"{SERVICE}/announce", Beep="true")
        await asyncio.sleep(1)
        assert any(frame[0] == ord("A") or frame[0] != 0xFF for _, frame in agent.heard[begun:])
        assert await rest.ask("DELETE", f"{path}/{made['call_sid']}.json") == (204, None)
        await agent.until("ended")
        assert (await rest.get(f"{path}.json"))["participants"] == []
        status, problem = await rest.ask("POST", f"{path}/agent.json", Hold="true")
        assert (status, problem["code"]) == (404, 20404)

    play(scenario)


def test_a_redirected_participant_leaves_the_room() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/elsewhere", twiml("<Say>Elsewhere</Say>"))
        a = await enters(world, AGENT)
        b = await enters(world, SECOND_AGENT)
        await world.exchange.redirect(world.exchange.calls[a.sid], Page(f"{SERVICE}/elsewhere"))
        await a.until("ended")
        assert "E" in a.heard_letters()
        (conference,) = world.exchange.conferences.all.values()
        assert list(conference.seats) == [b.sid]

    play(scenario)


@pytest.mark.parametrize(
    ("beep", "is_heard"), [("true", True), ("onEnter", True), ("onExit", False), ("false", False)]
)
def test_a_beep_says_that_somebody_came(beep: str, is_heard: bool) -> None:
    async def scenario(world: World) -> None:
        a = await enters(world, AGENT, 'waitUrl=""')
        before = len(a.heard)
        await enters(world, SECOND_AGENT, f'beep="{beep}"')
        assert any(frame[0] != 0xFF for _, frame in a.heard[before:]) is is_heard

    play(scenario)


def test_a_conference_is_recorded_without_its_coach() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/recorded", twiml(""))
        record = 'beep="false" record="record-from-start" recordingStatusCallback="/recorded"'
        a = await enters(world, AGENT, record)
        b = await enters(world, SECOND_AGENT, 'beep="false"')
        c = await enters(world, "+46850000003", f'beep="false" coach="{a.sid}"')
        await b.talks(1, b"B" * 160)
        await c.talks(1, b"C" * 160)
        for phone in (a, b, c):
            phone.does("hang_up")
        await asyncio.sleep(2)
        (recording,) = world.exchange.recordings.kept.values()
        assert b"B" * 7000 in recording.channels[0]
        assert b"C" not in recording.channels[0]
        assert world.service.to("/recorded")[0].form["ConferenceSid"] == recording.conference_sid

    play(scenario)
