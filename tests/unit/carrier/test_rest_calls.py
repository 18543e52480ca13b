"""Calls by REST and their status callbacks, in virtual time. Case numbers are those of docs/carrier.md."""

import asyncio
from typing import Any

import pytest

from tests.support.carrier_rest import Rest
from tests.support.carrier_world import (
    AGENT,
    CALLER,
    NUMBER,
    SERVICE,
    Reply,
    World,
    frames_of,
    play,
    twiml,
)

URL = f"{SERVICE}/agent"
ALL_EVENTS = [("StatusCallbackEvent", event) for event in ("initiated", "ringing", "answered", "completed")]


async def place(rest: Rest, *form: tuple[str, str], **fields: str) -> Any:
    return await rest.post(
        "/Calls.json",
        *form,
        **{"To": AGENT, "From": NUMBER, "Url": URL, "StatusCallback": f"{SERVICE}/status", **fields},
    )


def test_case_088_all_events_in_order_with_their_fields() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/agent", twiml('<Pause length="90"/>'))
        agent, rest = world.phone(AGENT), Rest(world)
        created = await place(rest, *ALL_EVENTS)
        assert created["status"] == "queued"
        assert created["direction"] == "outbound-api"
        await agent.until("ringing")
        await asyncio.sleep(3)
        await agent.answers()
        await asyncio.sleep(0.1)
        assert world.service.to("/agent")[0].form["CallStatus"] == "in-progress"
        await asyncio.sleep(65)
        agent.does("hang_up")
        await asyncio.sleep(1)
        forms = [asked.form for asked in world.service.to("/status")]
        assert [form["CallStatus"] for form in forms] == ["initiated", "ringing", "in-progress", "completed"]
        assert [form["SequenceNumber"] for form in forms] == ["0", "1", "2", "3"]
        assert all(form["CallbackSource"] == "call-progress-events" for form in forms)
        assert all(form["Direction"] == "outbound-api" for form in forms)
        # Case 90: seconds and minutes are two different fields.
        assert (forms[3]["CallDuration"], forms[3]["Duration"]) == ("65", "2")
        assert "CallDuration" not in forms[2]
        assert forms[0]["Timestamp"] == "Mon, 05 Jan 2026 09:00:00 +0000"

    play(scenario)


def test_case_088_only_completed_by_default() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/agent", twiml("<Say>Hi</Say>"))
        agent, rest = world.phone(AGENT), Rest(world)
        await place(rest)
        await agent.answers()
        await agent.until("ended")
        await asyncio.sleep(0.1)
        assert world.statuses() == ["completed"]

    play(scenario)


@pytest.mark.parametrize("outcome", ["busy", "no-answer", "canceled", "failed"])
def test_case_091_every_end_is_a_completed_event(outcome: str) -> None:
    async def scenario(world: World) -> None:
        rest = Rest(world)
        if outcome != "failed":
            agent = world.phone(AGENT)
        call = await place(rest, Timeout="25")
        if outcome == "busy":
            await agent.until("ringing")
            agent.does("decline")
        if outcome == "canceled":
            await agent.until("ringing")
            await rest.post(f"/Calls/{call['sid']}.json", Status="canceled")
        await asyncio.sleep(30)
        assert world.statuses() == [outcome]
        assert world.service.to("/status")[0].form["CallDuration"] == "0"
        assert (await rest.get(f"/Calls/{call['sid']}.json"))["status"] == outcome
        if outcome != "failed":
            assert agent.events[-1]["reason"] == outcome
        if outcome == "no-answer":
            assert world.service.to("/status")[0].at_s == pytest.approx(25.0, abs=0.1)
            assert world.service.to("/status")[0].form["SipResponseCode"] == "487"

    play(scenario)


def test_a_phone_that_talks_is_busy() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/agent", twiml('<Pause length="60"/>'))
        agent, rest = world.phone(AGENT), Rest(world)
        await place(rest)
        await agent.answers()
        second = await place(rest)
        await asyncio.sleep(1)
        assert (await rest.get(f"/Calls/{second['sid']}.json"))["status"] == "busy"

    play(scenario)


def test_case_092_cancel_has_no_effect_in_progress_and_an_ended_call_is_21220() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/agent", twiml('<Pause length="60"/>'))
        agent, rest = world.phone(AGENT), Rest(world)
        call = await place(rest)
        path = f"/Calls/{call['sid']}.json"
        await agent.answers()
        await rest.post(path, Status="canceled")
        await asyncio.sleep(1)
        assert (await rest.get(path))["status"] == "in-progress"
        await rest.post(path, Status="completed")
        await asyncio.sleep(1)
        assert (await rest.get(path))["status"] == "completed"
        assert agent.events[-1]["reason"] == "completed"
        status, problem = await rest.ask("POST", path, Status="completed")
        assert (status, problem["code"]) == (400, 21220)

    play(scenario)


def test_case_027_update_during_a_stream_stops_it_and_runs_the_new_document() -> None:
    async def scenario(world: World) -> None:
        stream = '<Connect action="/done"><Stream url="ws://127.0.0.1:8080/m"/></Connect><Redirect>/next</Redirect>'
        world.service.on("/voice", twiml(stream))
        world.service.on("/new", twiml("<Say>N</Say><Pause length='5'/>"))
        phone, rest = world.phone(), Rest(world)
        await phone.dials()
        await asyncio.sleep(1)
        await rest.post(f"/Calls/{phone.sid}.json", Url=f"{SERVICE}/new", Method="POST")
        await asyncio.sleep(1)
        (socket,) = world.service.sockets
        assert frames_of(socket)[-1]["event"] == "stop"
        assert socket.is_closed
        assert phone.heard_letters() == "N"
        assert not world.service.to("/next")
        assert not world.service.to("/done")
        await rest.post(f"/Calls/{phone.sid}.json", Twiml="<Response><Say>T</Say></Response>")
        await phone.until("ended")
        assert phone.heard_letters() == "NT"

    play(scenario)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"Url": ""}, 21200),
        ({"To": ""}, 21201),
        ({"From": ""}, 21213),
        ({"From": "+4599999999"}, 21210),
        ({"Url": "", "Twiml": "<Response>" + "x" * 4000 + "</Response>"}, 32018),
        ({"Url": "", "Twiml": "<Response><Nonsense/></Response>"}, 12200),
        ({"Timeout": "soon"}, 20001),
        ({"Url": "not a url"}, 21205),
    ],
)
def test_case_042_and_wrong_creates_are_refused(fields: dict[str, str], code: int) -> None:
    async def scenario(world: World) -> None:
        rest = Rest(world)
        form = {"To": AGENT, "From": NUMBER, "Url": URL} | fields
        status, problem = await rest.ask("POST", "/Calls.json", **form)
        assert (status, problem["code"]) == (400, code)
        assert set(problem) == {"code", "message", "more_info", "status"}
        assert not world.exchange.calls

    play(scenario)


def test_wrong_credentials_and_unknown_calls() -> None:
    async def scenario(world: World) -> None:
        rest = Rest(world)
        status, problem = await Rest(world, password="wrong").ask("GET", "/Calls.json")
        assert (status, problem["code"]) == (401, 20003)
        for method in ("GET", "POST"):
            status, problem = await rest.ask(method, f"/Calls/CA{'0' * 32}.json")
            assert (status, problem["code"]) == (404, 20404)
        status, problem = await rest.ask("GET", "/Nothing.json")
        assert (status, problem["code"]) == (404, 20404)

    play(scenario)


def test_other_sites_and_other_host_names_are_refused() -> None:
    async def scenario(world: World) -> None:
        rest = Rest(world)
        for headers in ({"Origin": "https://example.com"}, {"Host": "example.com"}):
            assert (await rest.raw("GET", "/log", headers=headers)).status == 403
        assert (await rest.raw("GET", "/log", headers={"Origin": "http://localhost:8081"})).status == 200

    play(scenario)


def test_calls_are_listed_newest_first_in_pages() -> None:
    async def scenario(world: World) -> None:
        rest = Rest(world)
        sids = [(await place(rest))["sid"] for _ in range(3)]
        await asyncio.sleep(1)
        page = await rest.get("/Calls.json?PageSize=2")
        assert [call["sid"] for call in page["calls"]] == sids[:0:-1]
        last = await rest.get(page["next_page_uri"].partition(world.exchange.settings.account_sid)[2])
        assert [call["sid"] for call in last["calls"]] == sids[:1]
        assert last["next_page_uri"] is None
        assert (await rest.get("/Calls.json?Status=in-progress"))["calls"] == []

    play(scenario)


def test_inbound_call_fields_and_callbacks() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml("<Redirect>/second</Redirect>"))
        world.service.on("/second", twiml("<Say>Hi</Say><Redirect>/third</Redirect>"))
        world.service.on("/third", Reply(status=204))
        phone = world.phone()
        await phone.dials()
        await phone.until("ended")
        await asyncio.sleep(0.1)
        first, third = world.service.to("/voice")[0].form, world.service.to("/third")[0].form
        assert (first["From"], first["To"], first["Direction"]) == (CALLER, NUMBER, "inbound")
        assert (first["CallStatus"], third["CallStatus"]) == ("ringing", "in-progress")
        # Case 46: places are there, and empty.
        assert first["FromCity"] == first["CalledCountry"] == ""
        assert "ParentCallSid" not in first
        assert first["ApiVersion"] == "2010-04-01"
        assert world.statuses() == ["completed"]

    play(scenario)


def test_a_caller_who_gives_up_while_it_rings() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml("<Say>Hi</Say>", after_s=5))
        phone = world.phone()
        phone.does("dial", to=NUMBER)
        await asyncio.sleep(1)
        phone.does("hang_up")
        await phone.until("ended")
        await asyncio.sleep(10)
        assert world.statuses() == ["canceled"]
        assert "answered" not in phone.names()

    play(scenario)


def test_case_042_inline_twiml_runs_on_answer() -> None:
    async def scenario(world: World) -> None:
        agent, rest = world.phone(AGENT), Rest(world)
        await place(rest, Url="", Twiml="<Response><Say>Inline</Say></Response>")
        await agent.answers()
        await agent.until("ended")
        assert agent.heard_letters() == "I"

    play(scenario)
