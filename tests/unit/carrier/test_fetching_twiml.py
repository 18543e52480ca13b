"""How documents are fetched, in virtual time. Case numbers are those of docs/carrier.md."""

import asyncio
from typing import Any

import pytest

from ivr.carrier.calls import Page
from ivr.carrier.faults import Fault
from ivr.carrier.http_transport import ConnectFailed, ReadFailed
from ivr.carrier.signature import sign
from tests.support.carrier_world import NUMBER, SERVICE, TOKEN, Asked, Reply, World, play, twiml

FALLBACK = {"fallback_url": f"{SERVICE}/fallback"}
HANGUP = twiml("<Hangup/>")


async def call(world: World) -> Any:
    """Phone the number and wait until the call has ended."""
    world.service.on("/fallback", HANGUP)
    phone = world.phone()
    phone.does("dial", to=NUMBER)
    await phone.until("ended")
    return phone


def test_case_036_an_answer_after_15_seconds_leads_to_the_fallback() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml("<Say>late</Say>", after_s=15.1))
        await call(world)
        (asked,) = world.service.to("/fallback")
        assert asked.at_s == pytest.approx(15.0, abs=0.01)
        assert asked.form["ErrorCode"] == "11200"
        assert asked.form["ErrorUrl"] == f"{SERVICE}/voice"
        assert len(world.service.to("/voice")) == 1

    play(scenario, **FALLBACK)


def test_case_037_one_retry_when_the_connection_is_refused() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", Reply(raises=ConnectFailed("refused")), HANGUP)
        await call(world)
        first, second = world.service.to("/voice")
        token = "I-Twilio-Idempotency-Token"
        assert first.headers[token] == second.headers[token]
        assert not world.service.to("/fallback")
        assert world.codes() == []

    play(scenario, **FALLBACK)


@pytest.mark.parametrize(
    ("reply", "attempts", "code"),
    [
        (Reply(raises=ConnectFailed("refused")), 2, "11205"),
        (Reply(raises=ConnectFailed("bad certificate", is_tls=True)), 2, "11220"),
        (Reply(raises=ReadFailed("reset")), 1, "11200"),
        (Reply(status=500), 1, "11200"),
        (Reply(status=404), 1, "11200"),
    ],
)
def test_case_038_only_failed_connections_are_retried(reply: Reply, attempts: int, code: str) -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", reply)
        await call(world)
        assert len(world.service.to("/voice")) == attempts
        assert world.service.to("/fallback")[0].form["ErrorCode"] == code

    play(scenario, **FALLBACK)


def test_case_039_overrides_in_the_fragment() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml("<Redirect>/next#rc=2&amp;rp=5xx</Redirect>"))
        world.service.on("/next", Reply(status=503))
        await call(world)
        asked = world.service.to("/next")
        assert len(asked) == 3
        assert {one.url for one in asked} == {f"{SERVICE}/next"}
        assert len({one.headers["I-Twilio-Idempotency-Token"] for one in asked}) == 1
        expected = sign(TOKEN, f"{SERVICE}/next", asked[0].form.items())
        assert asked[0].headers["X-Twilio-Signature"] == expected

    play(scenario, **FALLBACK)


@pytest.mark.parametrize("status", [301, 302, 303, 307])
def test_case_041_a_redirect_loses_the_posted_digits(status: int) -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml('<Gather numDigits="1" action="/moved"/>'))
        world.service.on("/moved", Reply(status=status, headers={"location": "/here?x=1"}))
        world.service.on("/here", HANGUP)
        phone = world.phone()
        await phone.dials()
        phone.does("press", digit="1")
        await phone.until("ended")
        assert world.service.to("/moved")[0].form["Digits"] == "1"
        (asked,) = world.service.to("/here")
        assert (asked.method, asked.form) == ("GET", {"x": "1"})

    play(scenario)


@pytest.mark.parametrize(("location", "status", "code"), [("/voice", 302, 11215), ("/x", 308, 11216)])
def test_endless_and_odd_redirects_fail(location: str, status: int, code: int) -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", Reply(status=status, headers={"location": location}))
        await call(world)
        assert code in world.codes()

    play(scenario, **FALLBACK)


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (b"<Response><Say>" + b"x" * 65536 + b"</Say></Response>", {"content-type": "text/xml"}, 11750),
        (b"<Response/>", {}, 12300),
        (b"<Response/>", {"content-type": "application/json"}, 12300),
        (b"<response/>", {"content-type": "text/xml"}, 12100),
        (b"<Response/><Response/>", {"content-type": "text/xml"}, 12100),
        (b"<Response><Shout/></Response>", {"content-type": "text/xml"}, 12200),
        (b"<Response><say>x</say></Response>", {"content-type": "text/xml"}, 12200),
        (b"\xff\xfe\x00", {"content-type": "text/xml"}, 12100),
    ],
)
def test_cases_042_to_044_bad_documents_lead_to_the_fallback(body: bytes, headers: Any, code: int) -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", Reply(body, headers=headers))
        await call(world)
        assert world.codes() == [code]
        assert world.service.to("/fallback")[0].form["ErrorCode"] == str(code)

    play(scenario, **FALLBACK)


def test_case_043_plain_text_is_spoken_and_audio_played() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", Reply(b"Words", headers={"content-type": "text/plain"}))
        assert (await call(world)).heard_letters() == "W"
        world.service.on("/voice", Reply(b"A" * 800, headers={"content-type": "audio/basic"}))
        phone = next(iter(world.exchange.phones.values()))
        world.exchange.unregister(phone)
        assert (await call(world)).heard_letters() == "A"

    play(scenario)


def test_without_fallback_the_caller_hears_an_apology() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", Reply(status=500))
        phone = await call(world)
        assert phone.heard_letters() == "W"
        await asyncio.sleep(0.1)
        assert world.statuses() == ["completed"]

    play(scenario)


def test_a_failing_fallback_is_not_asked_for_ever() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", Reply(status=500))
        phone = world.phone()
        phone.does("dial", to=NUMBER)
        await phone.until("ended")
        assert len(world.service.to("/fallback")) == 1

    play(scenario, **FALLBACK)


@pytest.mark.parametrize("inside", ['<Gather action="/x" numDigits="1"/>', "<Record/>"])
def test_case_047_inline_twiml_needs_absolute_actions(inside: str) -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml('<Pause length="9"/><Say>x</Say><Pause length="60"/>'))
        phone = world.phone()
        await phone.dials()
        live = world.exchange.calls[phone.sid]
        await world.exchange.redirect(live, Page(inline=f"<Response>{inside}</Response>"))
        await phone.until("ended")
        assert 15004 in world.codes()

    play(scenario)


def test_case_083_redirect_relative_and_empty() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml("<Redirect>deep/menu?x=1</Redirect>"))
        world.service.on(
            "/deep/menu", twiml("<Redirect></Redirect>"), twiml('<Redirect method="GET">b</Redirect>')
        )
        world.service.on("/deep/b", HANGUP)
        await call(world)
        assert [asked.url for asked in world.service.to("/deep/menu")] == [f"{SERVICE}/deep/menu?x=1"] * 2
        (last,) = world.service.to("/deep/b")
        assert last.method == "GET"
        # A GET carries its fields in the query, and the query is signed.
        assert "CallSid=" in last.url
        assert last.headers["X-Twilio-Signature"] == sign(TOKEN, last.url)

    play(scenario)


def test_case_085_play_carries_no_call_and_honours_caching() -> None:
    async def scenario(world: World) -> None:
        headers = {"content-type": "audio/basic", "cache-control": "max-age=60"}
        world.service.on("/a.wav", Reply(b"A" * 160, headers=headers))
        world.service.on("/b.wav", Reply(b"B" * 160, headers={"content-type": "audio/basic", "etag": '"1"'}))
        play_b = "<Play>/b.wav</Play>"
        world.service.on("/voice", twiml(f'<Play loop="3">/a.wav</Play><Play>/a.wav</Play>{play_b}{play_b}'))
        phone = await call(world)
        (first,) = world.service.to("/a.wav")
        assert (first.method, first.url, first.form) == ("GET", f"{SERVICE}/a.wav", {})
        assert "X-Twilio-Signature" not in first.headers
        assert [asked.headers.get("If-None-Match") for asked in world.service.to("/b.wav")] == [None, '"1"']
        assert b"".join(frame for _, frame in phone.heard).count(b"A") == 640

    play(scenario)


def test_case_085_play_loop_0_stops_at_1000() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/a.wav", Reply(b"A" * 160, headers={"content-type": "audio/basic"}))
        world.service.on("/voice", twiml('<Play loop="0">/a.wav</Play>'))
        phone = await call(world)
        assert b"".join(frame for _, frame in phone.heard).count(b"A") == 160_000

    play(scenario)


def test_a_file_that_cannot_be_played_is_skipped() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/bad.wav", Reply(b"RIFFnonsense", headers={"content-type": "audio/wav"}))
        world.service.on("/voice", twiml("<Play>/bad.wav</Play><Play>/gone.wav</Play><Say>Next</Say>"))
        assert (await call(world)).heard_letters() == "N"
        assert world.codes() == [12300, 11200]

    play(scenario)


@pytest.mark.parametrize(("text", "code"), [("x" * 4097, 13521), ("", 13520)])
def test_case_086_say_limits(text: str, code: int) -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml(f"<Say>{text}</Say>"))
        await call(world)
        assert world.codes() == [code]

    play(scenario)


@pytest.mark.parametrize(("reason", "status"), [("", "failed"), ('reason="busy"', "busy")])
def test_case_082_reject_first_never_answers(reason: str, status: str) -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml(f"<Reject {reason}/>"))
        phone = await call(world)
        assert "answered" not in phone.names()
        assert phone.events[-1]["reason"] == status
        assert not phone.heard
        await asyncio.sleep(0.1)
        assert world.statuses() == [status]

    play(scenario)


def test_case_082_reject_later_ends_the_call() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml("<Say>Hi</Say><Reject/><Redirect>/after</Redirect>"))
        phone = await call(world)
        assert phone.events[-1]["reason"] == "completed"
        assert not world.service.to("/after")

    play(scenario)


def test_a_leading_pause_does_not_answer() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml('<Pause length="4"/><Say>Hi</Say>'))
        phone = world.phone()
        await phone.dials()
        assert world.now_s() == pytest.approx(4.0, abs=0.01)

    play(scenario)


def test_case_084_refer_needs_sip() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml("<Refer><Sip>sip:a@example.com</Sip></Refer>"))
        await call(world)
        assert 12200 in world.codes()

    play(scenario)


def test_a_webhook_url_with_a_password_is_asked_again_after_401() -> None:
    async def scenario(world: World) -> None:
        def guarded(asked: Asked) -> Reply:
            if "Authorization" not in asked.headers:
                return Reply(status=401, headers={"www-authenticate": "Basic"})
            return HANGUP

        world.service.on("/voice", twiml("<Redirect>http://me:s3cret@127.0.0.1:8080/locked</Redirect>"))
        world.service.on("/locked", guarded)
        await call(world)
        first, second = world.service.to("/locked")
        assert first.url == second.url == f"{SERVICE}/locked"
        assert second.headers["Authorization"] == "Basic bWU6czNjcmV0"
        assert world.codes() == []

    play(scenario)


def test_faults_delay_duplicate_and_drop() -> None:
    async def scenario(world: World) -> None:
        faults = world.exchange.faults
        faults.add(Fault("delay", path="/voice", seconds=3.0))
        faults.add(Fault("duplicate", path="/next"))
        faults.add(Fault("drop", path="/status"))
        world.service.on("/voice", twiml("<Redirect>/next</Redirect>"))
        world.service.on("/next", HANGUP)
        await call(world)
        await asyncio.sleep(1)
        assert world.service.to("/voice")[0].at_s == pytest.approx(3.0)
        first, second = world.service.to("/next")
        assert first.form == second.form
        assert first.headers["I-Twilio-Idempotency-Token"] == second.headers["I-Twilio-Idempotency-Token"]
        assert world.statuses() == []
        assert faults.faults == []

    play(scenario)


def test_fault_reorder_lets_the_next_webhook_overtake() -> None:
    async def scenario(world: World) -> None:
        world.exchange.faults.add(Fault("reorder", path="/stream-status"))
        world.service.on("/stream-status", twiml(""))
        stream = f'<Stream url="ws://127.0.0.1:8080/m" statusCallback="{SERVICE}/stream-status"/>'
        world.service.on("/voice", twiml(f"<Connect>{stream}</Connect>"))
        phone = world.phone()
        await phone.dials()
        await asyncio.sleep(1)
        world.service.sockets[0].push(None)
        await phone.until("ended")
        await asyncio.sleep(3)
        events = [asked.form["StreamEvent"] for asked in world.service.to("/stream-status")]
        assert events == ["stream-stopped", "stream-started"]

    play(scenario)


def test_fault_packet_loss_thins_one_line() -> None:
    async def scenario(world: World) -> None:
        world.exchange.faults.add(Fault("packet_loss", number="+46701234567", fraction=0.3, seed=3))
        world.service.on("/voice", twiml('<Connect><Stream url="ws://127.0.0.1:8080/m"/></Connect>'))
        phone = world.phone()
        await phone.dials()
        await phone.talks(20)
        loud = sum("gICAg" in text for _, text in world.service.sockets[0].frames)
        assert 600 < loud < 800

    play(scenario)
