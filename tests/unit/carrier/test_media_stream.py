"""Media streams, in virtual time. Case numbers are those of docs/carrier.md."""

import asyncio
import base64
import json
from itertools import pairwise
from typing import Any

import pytest

from ivr.carrier.faults import Fault
from ivr.carrier.http_transport import ConnectFailed, HandshakeRefused
from ivr.carrier.signature import sign
from tests.support.carrier_world import (
    ACCOUNT,
    NUMBER,
    SERVICE,
    TOKEN,
    PhoneInHand,
    SocketOfService,
    World,
    clear,
    frames_of,
    mark,
    media,
    play,
    twiml,
)

STREAM = "ws://127.0.0.1:8080/voice/media"
AFTER = "<Redirect>/after</Redirect>"


def connect(inside: str = "", stream: str = "", action: str = "", after: str = AFTER) -> Any:
    return twiml(f'<Connect {action}><Stream url="{STREAM}" {stream}>{inside}</Stream></Connect>{after}')


async def streaming(world: World, answer: Any = None) -> tuple[PhoneInHand, SocketOfService]:
    world.service.on("/voice", answer or connect())
    world.service.on("/after", twiml("<Hangup/>"))
    phone = world.phone()
    await phone.dials()
    await asyncio.sleep(0.001)
    return phone, world.service.sockets[0]


def test_cases_001_to_007_first_frames_counters_and_payloads() -> None:
    async def scenario(world: World) -> None:
        phone, socket = await streaming(world)
        await phone.talks(1.0)
        connected, start, *rest = frames_of(socket)
        assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
        sid = start["streamSid"]
        assert start == {
            "event": "start",
            "sequenceNumber": "1",
            "streamSid": sid,
            "start": {
                "accountSid": ACCOUNT,
                "streamSid": sid,
                "callSid": phone.sid,
                "tracks": ["inbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": {},
            },
        }
        assert sid.startswith("MZ")
        assert len(sid) == 34
        for number, frame in enumerate(rest):
            assert frame["sequenceNumber"] == str(number + 2)
            assert frame["media"]["chunk"] == str(number + 1)
            assert frame["media"]["track"] == "inbound"
            assert len(base64.b64decode(frame["media"]["payload"])) == 160
        stamps = [int(frame["media"]["timestamp"]) for frame in rest]
        assert stamps[0] > 0
        assert stamps[0] % 20
        assert {later - earlier for earlier, later in pairwise(stamps)} == {20}
        assert len(rest) >= 49

    play(scenario)


def test_case_005_sequence_counts_every_kind_of_frame_and_chunk_only_media() -> None:
    async def scenario(world: World) -> None:
        phone, socket = await streaming(world)
        await phone.talks(0.1)
        phone.does("press", digit="4")
        socket.push(mark(socket, "m"))
        await phone.talks(0.1)
        phone.does("hang_up")
        await phone.until("ended")
        await asyncio.sleep(1)
        counted = [int(frame["sequenceNumber"]) for frame in frames_of(socket)[1:]]
        assert counted == list(range(1, len(counted) + 1))
        chunks = [int(frame["media"]["chunk"]) for frame in frames_of(socket, "media")]
        assert chunks == list(range(1, len(chunks) + 1))
        assert len(chunks) < len(counted) - 3

    play(scenario)


def test_case_008_parameters_become_custom_parameters() -> None:
    async def scenario(world: World) -> None:
        inside = '<Parameter name="a" value="1"/><Parameter name="b" value="two"/>'
        _, socket = await streaming(world, connect(inside))
        assert frames_of(socket, "start")[0]["start"]["customParameters"] == {"a": "1", "b": "two"}

    play(scenario)


@pytest.mark.parametrize(("length", "is_accepted"), [(498, True), (499, False)])
def test_case_009_a_parameter_of_500_characters_is_rejected(length: int, is_accepted: bool) -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", connect(f'<Parameter name="n" value="{"v" * length}"/>'))
        world.service.on("/after", twiml("<Hangup/>"))
        phone = world.phone()
        phone.does("dial", to=NUMBER)
        await asyncio.sleep(1)
        assert bool(world.service.sockets) is is_accepted
        assert (12200 in world.codes()) is not is_accepted

    play(scenario)


@pytest.mark.parametrize(
    ("url", "code"), [("ws://example.com/media", 31922), ("http://127.0.0.1/m", 31922), ("wss:///m", 31923)]
)
def test_case_010_only_wss_and_loopback_ws_are_opened(url: str, code: int) -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml(f'<Connect><Stream url="{url}"/></Connect>{AFTER}'))
        world.service.on("/after", twiml("<Hangup/>"))
        phone = world.phone()
        await phone.dials()
        await phone.until("ended")
        assert not world.service.sockets
        assert world.codes() == [code]
        assert world.service.to("/after")

    play(scenario)


def test_case_011_a_query_in_the_url_is_not_sent() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml(f'<Connect><Stream url="{STREAM}?x=1"/></Connect>'))
        phone = world.phone()
        await phone.dials()
        await asyncio.sleep(0.1)
        assert world.service.sockets[0].asked.url == STREAM
        assert 12200 in world.codes()

    play(scenario)


@pytest.mark.parametrize("track", ["both_tracks", "outbound_track", "sideways"])
def test_case_012_connect_takes_the_inbound_track_only(track: str) -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", connect(stream=f'track="{track}"'))
        phone = world.phone()
        phone.does("dial", to=NUMBER)
        await phone.until("ended")
        assert not world.service.sockets
        assert 31941 in world.codes()

    play(scenario)


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (HandshakeRefused(403), 31920),
        (ConnectFailed("refused"), 31902),
        (ConnectFailed("bad certificate", is_tls=True), 31910),
    ],
)
def test_case_013_a_failed_handshake_is_reported_and_the_call_goes_on(refusal: Exception, code: int) -> None:
    async def scenario(world: World) -> None:
        world.service.socket_refusal = refusal
        world.service.on("/stream-status", twiml(""))
        world.service.on("/after", twiml("<Hangup/>"))
        world.service.on("/voice", connect(stream=f'statusCallback="{SERVICE}/stream-status"'))
        phone = world.phone()
        await phone.dials()
        await phone.until("ended")
        assert world.codes() == [code]
        assert [asked.form["StreamEvent"] for asked in world.service.to("/stream-status")] == ["stream-error"]
        assert world.service.to("/after")

    play(scenario)


def test_case_014_payloads_of_any_size_play_back_to_back() -> None:
    async def scenario(world: World) -> None:
        phone, socket = await streaming(world)
        for letter, size in ((b"A", 1), (b"B", 160), (b"C", 8000), (b"D", 80000)):
            socket.push(media(socket, letter * size))
        await asyncio.sleep(12)
        heard = b"".join(frame for _, frame in phone.heard).strip(b"\xff")
        assert heard == b"A" + b"B" * 160 + b"C" * 8000 + b"D" * 80000

    play(scenario)


def test_case_015_a_mark_is_echoed_when_the_audio_before_it_was_heard() -> None:
    async def scenario(world: World) -> None:
        _, socket = await streaming(world)
        began_s = world.now_s()
        socket.push(media(socket, b"A" * 8000))
        socket.push(mark(socket, "end"))
        await asyncio.sleep(3)
        ((at_s, _),) = [(at_s, text) for at_s, text in socket.frames if '"mark"' in text]
        assert at_s - began_s == pytest.approx(1.0, abs=0.045)

    play(scenario)


def test_case_016_a_mark_on_an_empty_buffer_is_echoed_at_once() -> None:
    async def scenario(world: World) -> None:
        _, socket = await streaming(world)
        await asyncio.sleep(0.5)
        pushed_s = world.now_s()
        socket.push(mark(socket, "now"))
        await asyncio.sleep(0.5)
        (echo,) = frames_of(socket, "mark")
        assert echo["mark"] == {"name": "now"}
        assert [at_s for at_s, text in socket.frames if '"mark"' in text] == [pushed_s]

    play(scenario)


def test_cases_017_and_018_clear_empties_the_buffer_and_echoes_all_marks() -> None:
    async def scenario(world: World) -> None:
        phone, socket = await streaming(world)
        for message in (
            media(socket, b"A" * 8000),
            mark(socket, "a"),
            media(socket, b"B" * 8000),
            mark(socket, "b"),
        ):
            socket.push(message)
        await asyncio.sleep(0.2)
        assert not frames_of(socket, "mark")
        socket.push(clear(socket))
        await asyncio.sleep(0.001)
        assert [frame["mark"]["name"] for frame in frames_of(socket, "mark")] == ["a", "b"]
        await asyncio.sleep(1)
        socket.push(media(socket, b"C" * 160))
        await asyncio.sleep(0.1)
        assert phone.heard_letters() == "AC"

    play(scenario)


def test_case_019_more_than_ten_minutes_are_discarded_with_one_warning() -> None:
    async def scenario(world: World) -> None:
        _, socket = await streaming(world)
        for _ in range(62):
            socket.push(media(socket, b"A" * 80000))
        socket.push(mark(socket, "full"))
        await asyncio.sleep(660)
        assert world.codes() == [31931]
        ((at_s, _),) = [(at_s, text) for at_s, text in socket.frames if '"mark"' in text]
        assert at_s == pytest.approx(600, abs=0.2)

    play(scenario)


@pytest.mark.parametrize(
    "wrong",
    [
        "{",
        "[]",
        "null",
        json.dumps({"event": "hello"}),
        json.dumps({"event": "clear", "streamSid": "MZ0"}),
        b"\x00\x01",
    ],
)
def test_cases_020_and_021_a_wrong_message_is_one_warning_and_the_stream_goes_on(wrong: Any) -> None:
    async def scenario(world: World) -> None:
        phone, socket = await streaming(world)
        socket.push(wrong)
        socket.push(wrong)
        extra = json.loads(media(socket, b"X" * 160)) | {"sequenceNumber": "1"}
        socket.push(json.dumps(extra))
        socket.push(media(socket, b"A" * 160))
        await asyncio.sleep(0.2)
        assert world.codes() == [31951]
        assert phone.heard_letters() == "A"
        assert not socket.is_closed

    play(scenario)


@pytest.mark.parametrize("payload", ["%%%", 5, None, {"payload": "AA=="}])
def test_a_payload_that_is_not_base64_is_a_wrong_message(payload: Any) -> None:
    async def scenario(world: World) -> None:
        _, socket = await streaming(world)
        message = json.loads(media(socket, b"")) | {"media": {"payload": payload}}
        socket.push(json.dumps(message))
        await asyncio.sleep(0.2)
        assert world.codes() == [31951]

    play(scenario)


def test_case_022_keys_go_to_two_way_streams_only() -> None:
    async def scenario(world: World) -> None:
        phone, socket = await streaming(world)
        phone.does("press", digit="#")
        await asyncio.sleep(0.1)
        (frame,) = frames_of(socket, "dtmf")
        assert frame["dtmf"] == {"track": "inbound_track", "digit": "#"}

        phone.does("hang_up")
        await phone.until("ended")
        world.service.on("/voice", twiml(f'<Start><Stream url="{STREAM}"/></Start><Pause length="5"/>'))
        phone.does("dial", to=NUMBER)
        await phone.until("answered", times=2)
        phone.does("press", digit="1")
        await asyncio.sleep(0.1)
        assert not frames_of(world.service.sockets[1], "dtmf")

    play(scenario)


def test_case_023_the_next_verb_runs_after_the_service_closes() -> None:
    async def scenario(world: World) -> None:
        phone, socket = await streaming(world)
        await asyncio.sleep(1)
        socket.push(None)
        await phone.until("ended")
        assert len(world.service.to("/after")) == 1

    play(scenario)


def test_case_024_action_replaces_the_next_verb() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/done", twiml("<Hangup/>"))
        phone, socket = await streaming(world, connect(action='action="/done"'))
        socket.push(None)
        await phone.until("ended")
        assert len(world.service.to("/done")) == 1
        assert not world.service.to("/after")

    play(scenario)


def test_case_025_nothing_after_connect_completes_the_call() -> None:
    async def scenario(world: World) -> None:
        phone, socket = await streaming(world, connect(after=""))
        socket.push(None)
        assert (await phone.until("ended"))["reason"] == "completed"
        await asyncio.sleep(0.1)
        assert world.statuses() == ["completed"]

    play(scenario)


def test_case_026_hang_up_sends_stop_then_closes_then_completes() -> None:
    async def scenario(world: World) -> None:
        phone, socket = await streaming(world)
        closed_when_completed: list[bool] = []
        world.service.on("/status", lambda asked: closed_when_completed.append(socket.is_closed) or twiml(""))
        phone.does("hang_up")
        await asyncio.sleep(1)
        last = frames_of(socket)[-1]
        assert last["event"] == "stop"
        assert last["stop"] == {"accountSid": ACCOUNT, "callSid": phone.sid}
        assert closed_when_completed == [True]

    play(scenario)


def test_case_028_a_one_way_stream_as_last_verb_ends_the_call() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/voice", twiml(f'<Start><Stream url="{STREAM}"/></Start>'))
        phone = world.phone()
        await phone.dials()
        await phone.until("ended")
        assert world.now_s() < 1

    play(scenario)


def test_case_029_both_tracks_of_a_one_way_stream() -> None:
    async def scenario(world: World) -> None:
        start = f'<Start><Stream url="{STREAM}" track="both_tracks"/></Start>'
        world.service.on("/voice", twiml(start + "<Say>Hello hello hello hello</Say>"))
        phone = world.phone()
        await phone.dials()
        await phone.talks(0.5)
        (socket,) = world.service.sockets
        assert frames_of(socket, "start")[0]["start"]["tracks"] == ["inbound", "outbound"]
        sounding: dict[str, set[bytes]] = {"inbound": set(), "outbound": set()}
        for frame in frames_of(socket, "media"):
            sounding[frame["media"]["track"]] |= {base64.b64decode(frame["media"]["payload"])[:1]}
        assert b"\x80" in sounding["inbound"]
        assert b"H" in sounding["outbound"]
        assert b"H" not in sounding["inbound"]
        outbound = [
            f["media"]["chunk"] for f in frames_of(socket, "media") if f["media"]["track"] == "outbound"
        ]
        assert outbound[:3] == ["1", "2", "3"]

    play(scenario)


def test_case_030_a_second_two_way_stream_is_refused() -> None:
    async def scenario(world: World) -> None:
        two = f'<Connect><Stream url="{STREAM}"/><Stream url="{STREAM}"/></Connect>'
        world.service.on("/voice", twiml(two))
        phone = world.phone()
        phone.does("dial", to=NUMBER)
        await phone.until("ended")
        assert not world.service.sockets

    play(scenario)


def test_case_031_status_callbacks_of_a_stream() -> None:
    async def scenario(world: World) -> None:
        world.service.on("/stream-status", twiml(""))
        stream = f'name="mine" statusCallback="{SERVICE}/stream-status"'
        _, socket = await streaming(world, connect(stream=stream))
        await asyncio.sleep(1)
        socket.push(None)
        await asyncio.sleep(1)
        started, stopped = (asked.form for asked in world.service.to("/stream-status"))
        assert (started["StreamEvent"], stopped["StreamEvent"]) == ("stream-started", "stream-stopped")
        assert started["StreamName"] == "mine"
        assert started["StreamSid"] == frames_of(socket, "start")[0]["streamSid"]
        assert started["AccountSid"] == ACCOUNT
        date, fraction = started["Timestamp"].removesuffix("Z").split(".")
        assert date == "2026-01-05T09:00:00"
        assert len(fraction) == 9

    play(scenario)


def test_case_032_the_upgrade_is_signed_over_the_stream_url() -> None:
    async def scenario(world: World) -> None:
        _, socket = await streaming(world)
        assert socket.asked.headers["X-Twilio-Signature"] == sign(TOKEN, STREAM)
        assert sign(TOKEN, STREAM) != sign(TOKEN, STREAM.replace("ws:", "http:"))

    play(scenario)


def test_stop_ends_a_one_way_stream_by_name() -> None:
    async def scenario(world: World) -> None:
        start = f'<Start><Stream name="s" url="{STREAM}"/></Start><Pause length="2"/>'
        world.service.on("/voice", twiml(start + '<Stop><Stream name="s"/></Stop><Pause length="5"/>'))
        phone = world.phone()
        await phone.dials()
        await asyncio.sleep(3)
        (socket,) = world.service.sockets
        assert socket.is_closed
        assert frames_of(socket)[-1]["event"] == "stop"
        assert "ended" not in phone.names()

    play(scenario)


def test_case_114_a_cut_stream_goes_on_with_action() -> None:
    async def scenario(world: World) -> None:
        world.exchange.faults.add(Fault("cut_stream", seconds=2.0))
        phone, socket = await streaming(world)
        await phone.until("ended")
        assert world.service.to("/after")[0].at_s == pytest.approx(2.0, abs=0.1)
        assert socket.is_closed
        assert not frames_of(socket, "stop")
        assert world.codes() == [31921]

    play(scenario)


def test_a_refused_stream_goes_on_with_action() -> None:
    async def scenario(world: World) -> None:
        world.exchange.faults.add(Fault("refuse_stream"))
        world.service.on("/voice", connect())
        world.service.on("/after", twiml("<Hangup/>"))
        phone = world.phone()
        await phone.dials()
        await phone.until("ended")
        assert not world.service.sockets
        assert world.codes() == [31902]
        assert world.service.to("/after")

    play(scenario)
