"""Record and the recordings by REST, in virtual time. Case numbers are those of docs/carrier.md."""

import asyncio

import pytest

from ivr.audio.wav import from_wav
from tests.support.carrier_rest import BASE, Rest
from tests.support.carrier_world import SILENT, PhoneInHand, World, play, twiml

HANGUP = twiml("<Hangup/>")


async def recording(world: World, attributes: str = 'action="/done"') -> PhoneInHand:
    callback = 'recordingStatusCallback="/recorded"'
    world.service.on("/voice", twiml(f"<Record {attributes} {callback}/><Redirect>/after</Redirect>"))
    for path in ("/done", "/after"):
        world.service.on(path, HANGUP)
    world.service.on("/recorded", twiml(""))
    phone = world.phone()
    await phone.dials()
    await asyncio.sleep(0.3)  # the beep
    return phone


def test_case_058_record_without_action_asks_the_same_document() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml("<Record/>"), HANGUP)
        phone = world.phone()
        await phone.dials()
        await asyncio.sleep(0.3)
        await phone.talks(1)
        await phone.until("ended")
        assert len(world.service.to("/voice")) == 2
        assert "RecordingUrl" in world.service.to("/voice")[1].form

    play(scenario)


def test_case_059_hang_up_is_told_as_digits() -> None:
    async def scenario(world: World) -> None:
        phone = await recording(world)
        await phone.talks(2)
        phone.does("hang_up")
        await asyncio.sleep(2)
        (asked,) = world.service.to("/done")
        assert (asked.form["Digits"], asked.form["CallStatus"]) == ("hangup", "completed")
        assert asked.form["RecordingDuration"] == "2"
        (completed,) = world.service.to("/status")
        assert completed.form["RecordingSid"] == asked.form["RecordingSid"]

    play(scenario)


@pytest.mark.parametrize("key", list("1234567890*#"))
def test_case_059_any_key_ends_by_default(key: str) -> None:
    async def scenario(world: World) -> None:
        phone = await recording(world)
        await phone.talks(1)
        phone.does("press", digit=key)
        await phone.until("ended")
        assert world.service.to("/done")[0].form["Digits"] == key

    play(scenario)


def test_case_060_silence_ends_it_and_the_callback_comes_later() -> None:
    async def scenario(world: World) -> None:
        phone = await recording(world)
        await phone.talks(2)
        silent_s = world.now_s()
        await phone.until("ended")
        await asyncio.sleep(1)
        (done,), (recorded,) = world.service.to("/done"), world.service.to("/recorded")
        assert done.at_s - silent_s == pytest.approx(5.0, abs=0.1)
        assert recorded.at_s > done.at_s
        assert "Digits" not in done.form
        # Silence is trimmed off the end.
        assert recorded.form["RecordingDuration"] == "2"
        assert recorded.form["RecordingSid"] == done.form["RecordingSid"]
        assert (recorded.form["RecordingStatus"], recorded.form["RecordingTrack"]) == ("completed", "both")
        assert "." not in recorded.form["RecordingUrl"].rpartition("/")[2]

    play(scenario)


def test_an_empty_recording_falls_through() -> None:
    async def scenario(world: World) -> None:
        phone = await recording(world)
        await phone.until("ended")
        assert world.service.to("/after")
        assert not world.service.to("/done")

    play(scenario)


def test_max_length_and_no_beep() -> None:
    async def scenario(world: World) -> None:
        phone = await recording(world, 'action="/done" maxLength="3" playBeep="false"')
        await phone.talks(10)
        assert not any(frame != SILENT for _, frame in phone.heard)
        assert world.service.to("/done")[0].at_s == pytest.approx(3.0, abs=0.1)

    play(scenario)


def test_recordings_by_rest() -> None:
    async def scenario(world: World) -> None:
        phone, rest = await recording(world), Rest(world)
        await phone.talks(2)
        await phone.until("ended")
        (listed,) = (await rest.get("/Recordings.json"))["recordings"]
        sid = listed["sid"]
        assert (listed["status"], listed["duration"], listed["source"]) == ("completed", "2", "RecordVerb")
        assert (await rest.get(f"/Recordings/{sid}.json"))["call_sid"] == phone.sid
        sound = await rest.raw("GET", f"{BASE}/Recordings/{sid}.wav", headers={"Authorization": ""})
        audio, rate_hz = from_wav(bytes(sound.body))  # type: ignore[arg-type]
        assert rate_hz == 8000
        assert audio.size == pytest.approx(16000, abs=400)
        assert await rest.ask("DELETE", f"/Recordings/{sid}.json") == (204, None)
        status, problem = await rest.ask("GET", f"/Recordings/{sid}.json")
        assert (status, problem["code"]) == (404, 20404)

    play(scenario)


def test_a_call_recorded_by_rest() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml('<Say>Hello hello</Say><Pause length="9"/>'))
        phone, rest = world.phone(), Rest(world)
        await phone.dials()
        started = await rest.post(f"/Calls/{phone.sid}/Recordings.json", RecordingChannels="dual")
        assert (started["status"], started["channels"]) == ("in-progress", 2)
        await phone.talks(2)
        stopped = await rest.post(f"/Calls/{phone.sid}/Recordings/Twilio.CURRENT.json", Status="stopped")
        assert stopped["duration"] == "2"
        kept = world.exchange.recordings.kept[started["sid"]]
        assert b"\x80" * 8000 in kept.channels[0]
        assert b"H" * 4000 in kept.channels[1]

    play(scenario)


@pytest.mark.parametrize(("behaviour", "is_silence_kept"), [("", True), ("silence", True), ("skip", False)])
def test_a_paused_recording_holds_silence_or_nothing(behaviour: str, is_silence_kept: bool) -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml('<Say>Hello</Say><Pause length="30"/>'))
        phone, rest = world.phone(), Rest(world)
        await phone.dials()
        made = await rest.post(f"/Calls/{phone.sid}/Recordings.json", RecordingChannels="dual")
        fields = {"PauseBehavior": behaviour} if behaviour else {}
        path = f"/Calls/{phone.sid}/Recordings/{made['sid']}.json"
        await asyncio.sleep(2)
        paused = await rest.post(path, Status="paused", **fields)
        assert paused["status"] == "paused"
        await asyncio.sleep(4)
        await rest.post(path, Status="in-progress")
        await asyncio.sleep(1)
        await rest.post(path, Status="stopped")
        length = len(world.exchange.recordings.kept[made["sid"]].channels[0]) / 8000
        assert length == pytest.approx(7.0 if is_silence_kept else 3.0, abs=0.1)

    play(scenario)
