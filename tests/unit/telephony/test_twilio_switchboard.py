"""What goes over the wire to Twilio's REST API, when it is repeated, and where it never goes."""

import socket
from collections.abc import Iterator

import pytest

from ivr.errors import SettingsInvalid
from ivr.telephony.switchboard import SwitchboardFailed
from ivr.telephony.twilio_http import TIMEOUT_S, PatientHttpClient
from ivr.telephony.twilio_recordings import MAX_BYTES, TwilioRecordings, api_base
from ivr.telephony.twilio_switchboard import TwilioSwitchboard
from tests.fakes.rest_network import RestNetwork
from tests.fakes.steered_clock import SteeredClock

ACCOUNT, TOKEN = "AC" + "a" * 32, "secret"
LEG = "CA" + "1" * 32
RECORDING = "RE" + "2" * 32
BUSY = (429, {"code": 20429, "message": "too many requests", "status": 429})


@pytest.fixture
def network() -> Iterator[RestNetwork]:
    with RestNetwork(ACCOUNT, TOKEN) as network:
        network.legs[LEG] = "in-progress"
        yield network


def make(network: RestNetwork, clock: SteeredClock | None = None, token: str = TOKEN) -> TwilioSwitchboard:
    clock = clock or SteeredClock()
    http = PatientHttpClient(clock, network.url, sleep=clock.advance)
    return TwilioSwitchboard(ACCOUNT, token, "+46850000000", "https://bot.example/", http)


def test_a_call_is_created_with_everything_the_service_needs_to_hear(network: RestNetwork) -> None:
    make(network).dial(
        "+46850000001", "/voice/agent/x/briefing?attempt=1&round=1", "/voice/agent/x/status", 25
    )
    (asked,) = network.asked
    assert (asked.method, asked.path) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json")
    assert asked.form == {
        "To": ["+46850000001"],
        "From": ["+46850000000"],
        "Url": ["https://bot.example/voice/agent/x/briefing?attempt=1&round=1"],
        "Method": ["POST"],
        "StatusCallback": ["https://bot.example/voice/agent/x/status"],
        "StatusCallbackMethod": ["POST"],
        "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        "Timeout": ["25"],
    }


def test_redirect_and_hang_up_on_the_wire(network: RestNetwork) -> None:
    switchboard = make(network)
    switchboard.redirect(LEG, "/voice/join/x")
    switchboard.hang_up(LEG)
    assert [asked.form for asked in network.asked] == [
        {"Url": ["https://bot.example/voice/join/x"], "Method": ["POST"]},
        {"Status": ["completed"]},
    ]


def test_too_many_requests_are_repeated_with_growing_pauses(network: RestNetwork) -> None:
    clock = SteeredClock()
    network.next_answers = [BUSY, BUSY]
    began = clock.monotonic()
    assert make(network, clock).dial("+46850000001", "/a", "/s", 25).status == "queued"
    assert len(network.asked) == 3
    assert 1.2 <= clock.monotonic() - began <= 1.8


def test_too_many_requests_end_within_the_time_limit(network: RestNetwork) -> None:
    clock = SteeredClock()
    network.next_answers = [BUSY] * 50
    began = clock.monotonic()
    with pytest.raises(SwitchboardFailed) as failed:
        make(network, clock).redirect(LEG, "/x")
    assert failed.value.is_retrying_useful
    assert clock.monotonic() - began <= TIMEOUT_S
    assert 3 <= len(network.asked) <= 6


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_broken_network_is_not_asked_twice(network: RestNetwork, status: int) -> None:
    network.next_answers = [(status, b"<html>oops</html>")]
    with pytest.raises(SwitchboardFailed) as failed:
        make(network).dial("+46850000001", "/a", "/s", 25)
    assert (failed.value.is_retrying_useful, failed.value.is_outcome_unknown) == (True, True)
    assert len(network.asked) == 1


def test_a_steering_that_fails_may_always_be_repeated(network: RestNetwork) -> None:
    network.next_answers = ["cut"]
    with pytest.raises(SwitchboardFailed) as failed:
        make(network).redirect(LEG, "/x")
    assert (failed.value.is_retrying_useful, failed.value.is_outcome_unknown) == (True, False)


def test_nonsense_for_an_answer_is_an_unknown_outcome(network: RestNetwork) -> None:
    network.next_answers = [(201, b"certainly!")]
    with pytest.raises(SwitchboardFailed) as failed:
        make(network).dial("+46850000001", "/a", "/s", 25)
    assert failed.value.is_outcome_unknown


def test_wrong_token_says_what_to_check(network: RestNetwork) -> None:
    with pytest.raises(SwitchboardFailed, match="check the account SID and auth token") as failed:
        make(network, token="wrong").hang_up(LEG)
    assert not failed.value.is_retrying_useful
    assert len(network.asked) == 1


def test_nobody_listening_is_known_not_to_ring() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        http = PatientHttpClient(SteeredClock(), url)
        switchboard = TwilioSwitchboard(ACCOUNT, TOKEN, "+46850000000", "https://bot.example", http)
        with pytest.raises(SwitchboardFailed) as failed:
            switchboard.dial("+46850000001", "/a", "/s", 25)
    assert (failed.value.is_retrying_useful, failed.value.is_outcome_unknown) == (True, False)


def test_region_needs_its_edge() -> None:
    http = PatientHttpClient(SteeredClock())
    with pytest.raises(SettingsInvalid, match="IVR_TWILIO_EDGE"):
        TwilioSwitchboard(ACCOUNT, TOKEN, "+46850000000", "https://bot.example", http, region="ie1")


@pytest.mark.parametrize(
    ("api_url", "region", "edge", "expected"),
    [
        (None, None, None, "https://api.twilio.com"),
        (None, "ie1", "dublin", "https://api.dublin.ie1.twilio.com"),
        ("http://127.0.0.1:8081/", None, None, "http://127.0.0.1:8081"),
    ],
)
def test_where_the_api_is(api_url: str | None, region: str | None, edge: str | None, expected: str) -> None:
    assert api_base(api_url, region, edge) == expected


def test_the_switchboards_host_with_region_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_EDGE", "elsewhere")
    asked: list[str] = []

    class Noting(PatientHttpClient):
        def request(self, method: str, url: str, *parts: object, **named: object):
            asked.append(url)
            raise ValueError("enough")

    for region, edge in ((None, None), ("ie1", "dublin")):
        http = Noting(SteeredClock())
        switchboard = TwilioSwitchboard(ACCOUNT, TOKEN, "+4685", "https://b", http, region=region, edge=edge)
        with pytest.raises(SwitchboardFailed):
            switchboard.status(LEG)
    hosts = [url.split("/2010")[0] for url in asked]
    assert hosts == [api_base(None, None, None), api_base(None, "ie1", "dublin")]


def shelf(network: RestNetwork) -> TwilioRecordings:
    clock = SteeredClock()
    return TwilioRecordings(ACCOUNT, TOKEN, network.url, clock, sleep=clock.advance)


def test_a_recording_is_fetched_as_wav_from_the_api_alone(network: RestNetwork) -> None:
    network.recordings[RECORDING] = b"RIFF...."
    assert shelf(network).take_recording(RECORDING) == b"RIFF...."
    assert network.asked[0].path == f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/{RECORDING}.wav"


def test_a_recording_that_was_heard_does_not_stay_at_the_network(network: RestNetwork) -> None:
    network.recordings[RECORDING] = b"RIFF...."
    shelf(network).take_recording(RECORDING)
    assert network.asked[-1].method == "DELETE"
    assert network.recordings == {}


def test_a_recording_that_is_late_is_waited_for(network: RestNetwork) -> None:
    network.recordings[RECORDING] = b"RIFF"
    network.next_answers = [(404, {}), (404, {})]
    assert shelf(network).take_recording(RECORDING) == b"RIFF"


def test_a_recording_that_never_comes_is_given_up(network: RestNetwork) -> None:
    assert shelf(network).take_recording(RECORDING) is None
    assert 5 <= len(network.asked) <= 13


@pytest.mark.parametrize(
    "sid", ["", "../Calls", "http://169.254.169.254/", RECORDING + "/..", RECORDING + "\n"]
)
def test_what_is_no_recording_sid_is_never_asked_for(network: RestNetwork, sid: str) -> None:
    assert shelf(network).take_recording(sid) is None
    assert network.asked == []


def test_redirects_are_not_followed_and_carry_no_credentials(network: RestNetwork) -> None:
    with RestNetwork(ACCOUNT, TOKEN) as elsewhere:
        network.next_answers = [(302, {"Location": f"{elsewhere.url}/latest/meta-data"})]
        assert shelf(network).take_recording(RECORDING) is None
        assert elsewhere.asked == []


def test_an_endless_recording_is_cut_off(network: RestNetwork) -> None:
    network.recordings[RECORDING] = b"\0" * (MAX_BYTES + 1)
    assert shelf(network).take_recording(RECORDING) is None


@pytest.mark.parametrize("answer", ["cut", (500, b""), (401, {})])
def test_a_broken_shelf_is_no_error(network: RestNetwork, answer: object) -> None:
    network.next_answers = [answer]
    assert shelf(network).take_recording(RECORDING) is None
