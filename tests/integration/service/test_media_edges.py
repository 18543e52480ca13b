"""The media endpoint on a real port: who gets in, and that nothing sent there harms it or other calls."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import count

import pytest
import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus

from ivr.records.kinds import Kind
from ivr.telephony.media_messages import MAX_FRAME_BYTES
from ivr.telephony.stream_line import MOST_PROBLEMS
from tests.support.media_caller import SILENCE, STREAM_URL, MediaCaller, signed
from tests.support.service_in_process import ServiceInProcess, service_in_process

DONE, POLICY_VIOLATION, TOO_BIG, CUT = 1000, 1008, 1009, None
IDLE_SOCKETS = 200
_numbers = count(1)


def new_call() -> str:
    return f"CA{next(_numbers):032x}"


@contextmanager
def live_call(service: ServiceInProcess) -> Iterator[tuple[MediaCaller, str]]:
    """Open a stream and hear the first sentence to its mark; the call lives until the block ends."""
    call_id = new_call()
    with MediaCaller(service) as caller:
        caller.connected()
        caller.starts(call_id)
        caller.hears("mark")
        yield caller, call_id
        with suppress(ConnectionClosed):
            caller.stops()
            caller.closed_with()


def kinds(service: ServiceInProcess, call_id: str) -> list[str]:
    return [event.kind for event in service.services.records.events(call_id)]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "forged"},
        {"X-Twilio-Signature": "\u00e9"},
        signed(token="another token"),
        signed("https://bot.example/voice/media"),
        signed("ws://bot.example/voice/media"),
        signed("wss://evil.example/voice/media"),
        signed("wss://evil.example/voice/media") | {"X-Forwarded-Host": "evil.example"},
        signed(STREAM_URL + "?a=b"),
    ],
)
def test_who_is_not_the_network_gets_403_before_any_upgrade(
    service: ServiceInProcess, headers: dict[str, str]
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        MediaCaller(service, headers)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        signed(STREAM_URL),
        signed(STREAM_URL + "/"),
        signed(header="x-twilio-signature"),
        signed(header="X-TWILIO-SIGNATURE"),
        signed() | {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"},
    ],
)
def test_the_network_gets_in_and_hears_the_bot(service: ServiceInProcess, headers: dict[str, str]) -> None:
    with MediaCaller(service, headers) as caller:
        caller.connected()
        caller.starts(new_call())
        assert caller.hears("media")["streamSid"] == caller.stream_id
        caller.stops()
        caller.closed_with()


UPGRADE = {
    "Host": "127.0.0.1",
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.mark.parametrize(
    "change",
    [
        {"Sec-WebSocket-Key": None},
        {"Sec-WebSocket-Version": "7"},
        {"Sec-WebSocket-Version": None},
        {"Upgrade": None},
        {"Upgrade": None, "Connection": None},
        {"Connection": "close"},
        {"Host": "a..b"},
        {"Host": "x" * 300},
    ],
)
def test_a_broken_upgrade_is_the_askers_fault(
    service: ServiceInProcess, change: dict[str, str | None]
) -> None:
    headers = {name: value for name, value in ((UPGRADE | signed()) | change).items() if value is not None}
    lines = ["GET /voice/media HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as raw:
        raw.sendall("\r\n".join(lines).encode("latin-1"))
        assert raw.recv(15).decode().startswith("HTTP/1.1 4")


def test_a_get_without_an_upgrade_and_a_post_are_refused(service: ServiceInProcess) -> None:
    assert requests.get(service.url + "/voice/media", headers=signed(), timeout=10).status_code == 400
    assert service.post("/voice/media").status_code in {400, 405}


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(lambda caller: caller.starts(new_call(), account="AC" + "b" * 32), id="wrong account"),
        pytest.param(lambda caller: caller.starts("CA123"), id="short CallSid"),
        pytest.param(lambda caller: caller.starts(new_call() + "\n"), id="CallSid and a line end"),
        pytest.param(lambda caller: caller.starts("CA" + "\u0661" * 32), id="CallSid in Arabic digits"),
        pytest.param(lambda caller: caller.starts("../../etc/passwd"), id="path for CallSid"),
        pytest.param(lambda caller: caller.starts("CA" + "F" * 32), id="CallSid in capitals"),
    ],
)
def test_a_start_that_is_not_ours_is_refused_and_stores_nothing(
    service: ServiceInProcess, sent: Callable[[MediaCaller], None]
) -> None:
    before = service.stored_calls()
    with MediaCaller(service) as caller:
        caller.connected()
        sent(caller)
        assert caller.closed_with() == POLICY_VIOLATION
    assert service.stored_calls() == before


def test_a_stream_no_webhook_announced_is_served(service: ServiceInProcess) -> None:
    with live_call(service) as (_, call_id):
        assert service.services.records.call(call_id) is not None


def test_frames_before_the_start_are_passed_over(service: ServiceInProcess) -> None:
    with MediaCaller(service) as caller:
        caller.speaks()
        caller.sends(event="dtmf", dtmf={"digit": "0"})
        caller.sends(event="mark", mark={"name": "x"})
        caller.socket.send(b"\x00\x01")
        caller.socket.send("{")
        caller.sends(event="start")
        call_id = new_call()
        caller.starts(call_id)
        assert caller.hears("media")["media"]["payload"]
        caller.stops()
        caller.closed_with()
    assert not any(event.kind == Kind.KEYS_ENTERED for event in service.services.records.events(call_id))


NONSENSE: list[tuple[str, str | bytes]] = [
    ("binary", b"\x00\xff\x00"),
    ("empty", ""),
    ("not JSON", '{"event": "media"'),
    ("a list", "[]"),
    ("a number", "1e999"),
    ("deep", "[" * 60_000),
    ("no event", "{}"),
    ("unknown event", '{"event": "teleport"}'),
    ("event is a list", '{"event": ["media"]}'),
    ("no media", '{"event": "media"}'),
    ("media is text", '{"event": "media", "media": "x"}'),
    ("payload is a number", '{"event": "media", "media": {"payload": 1}}'),
    ("bad base64", '{"event": "media", "media": {"payload": "%%%"}}'),
    ("cut base64", '{"event": "media", "media": {"payload": "AAAAA"}}'),
    ("base64 not ASCII", '{"event": "media", "media": {"payload": "\u00e9\u00e9\u00e9\u00e9"}}'),
    ("lone surrogate", '{"event": "media", "media": {"payload": "\\ud800"}}'),
    ("dtmf two digits", '{"event": "dtmf", "dtmf": {"digit": "12"}}'),
    ("dtmf a letter", '{"event": "dtmf", "dtmf": {"digit": "Z"}}'),
    ("dtmf a number", '{"event": "dtmf", "dtmf": {"digit": 1}}'),
    ("dtmf Arabic", '{"event": "dtmf", "dtmf": {"digit": "\u0661"}}'),
    ("dtmf nothing", '{"event": "dtmf"}'),
    ("mark unknown", '{"event": "mark", "mark": {"name": "never sent"}}'),
    ("mark without name", '{"event": "mark", "mark": {}}'),
    ("second start", '{"event": "start", "start": {"streamSid": "MZ2", "callSid": "CA2"}}'),
    ("huge integer", '{"event": "media", "media": {"payload": "//8=", "timestamp": ' + "9" * 5000 + "}}"),
    ("just under the limit", '{"event": "x", "y": "' + "z" * (MAX_FRAME_BYTES - 100) + '"}'),
]


def test_nonsense_in_between_changes_nothing_for_the_caller(service: ServiceInProcess) -> None:
    assert len(NONSENSE) < MOST_PROBLEMS
    with live_call(service) as (caller, call_id):
        for _, frame in NONSENSE:
            caller.socket.send(frame)
            caller.speaks(SILENCE, timestamp=40)  # integer counters, as some peers send them
        caller.presses("0")
        assert caller.plays_to_the_end() == DONE
    happened = kinds(service, call_id)
    assert Kind.KEYS_ENTERED in happened
    assert Kind.STREAM_LOST not in happened


def test_a_peer_that_sends_nothing_but_nonsense_loses_the_stream(service: ServiceInProcess) -> None:
    call_id = new_call()
    with MediaCaller(service) as caller:
        caller.starts(call_id)
        for _ in range(MOST_PROBLEMS):
            caller.socket.send(b"\x00")
        caller.closed_with()
    assert Kind.STREAM_LOST in kinds(service, call_id)


def test_a_frame_over_64_kb_closes_the_stream_and_the_call_can_go_on(service: ServiceInProcess) -> None:
    call_id = new_call()
    with MediaCaller(service) as caller:
        caller.starts(call_id)
        caller.hears("media")
        caller.socket.send("x" * (MAX_FRAME_BYTES + 1))
        assert caller.closed_with() == TOO_BIG
    answer = service.post("/voice/after-stream", CallSid=call_id)
    assert answer.status_code == 200
    assert "<Record" in answer.text


def test_an_utterance_cut_by_the_socket_ends_the_stream_only(service: ServiceInProcess) -> None:
    call_id = new_call()
    with MediaCaller(service) as caller:
        caller.starts(call_id)
        caller.hears("mark")
        for _ in range(60):
            caller.speaks()
        caller.socket.socket.shutdown(socket.SHUT_RDWR)  # no close frame: the cable is cut
    answer = service.post("/voice/after-stream", CallSid=call_id)
    assert answer.status_code == 200
    assert "<Record" in answer.text


def test_a_second_stream_of_a_call_is_turned_away_and_the_first_goes_on(service: ServiceInProcess) -> None:
    with live_call(service) as (first, call_id):
        with MediaCaller(service) as second:
            second.starts(call_id, stream_id="MZ" + "2" * 32)
            assert second.closed_with() is not None
        first.presses("0")
        assert first.plays_to_the_end() == DONE
        assert kinds(service, call_id).count(Kind.STREAM_OPENED) == 1


def test_without_a_start_the_socket_is_closed_after_5_s_and_idle_ones_harm_nobody(
    service: ServiceInProcess,
) -> None:
    """Waits 5 s in real time, as the next test does: the limit is on a real socket."""
    clock = service.services.clock
    with ExitStack() as stack:
        idle = [stack.enter_context(MediaCaller(service)) for _ in range(IDLE_SOCKETS)]
        opened_at = clock.monotonic()
        with live_call(service) as (caller, _):
            assert clock.monotonic() - opened_at < 2.0
            caller.presses("0")
            assert caller.plays_to_the_end() == DONE
        codes = {one.closed_with(within_s=8.0) for one in idle}
    assert codes == {POLICY_VIOLATION, CUT}, "the newest waited to the end, the oldest made room"
    assert threading.active_count() < IDLE_SOCKETS


def test_chatter_does_not_put_off_the_5_s(service: ServiceInProcess) -> None:
    clock = service.services.clock
    with MediaCaller(service) as caller:
        opened_at = clock.monotonic()
        talking = threading.Event()

        def chatter() -> None:
            while not talking.wait(0.1):
                caller.connected()

        thread = threading.Thread(target=chatter, daemon=True)
        thread.start()
        assert caller.closed_with(within_s=8.0) == POLICY_VIOLATION
        assert 4.5 < clock.monotonic() - opened_at < 6.5
        talking.set()


def test_without_signatures_a_foreign_tool_may_name_any_account(
    service: ServiceInProcess, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("open")
    changes = {"verify_signatures": False, "public_url": "http://127.0.0.1:8080"}
    with service_in_process(folder, **changes) as open_one, MediaCaller(open_one, {}) as caller:
        caller.starts(new_call(), account="AC" + "9" * 32)
        assert caller.hears("media")["media"]["payload"]
        caller.stops()
        caller.closed_with()
