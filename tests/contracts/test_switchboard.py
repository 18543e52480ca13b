"""What every switchboard promises: the scripted one, and Twilio's over real HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ivr.clock import SystemClock
from ivr.telephony.switchboard import Switchboard, SwitchboardFailed
from ivr.telephony.twilio_http import PatientHttpClient
from ivr.telephony.twilio_switchboard import TwilioSwitchboard
from tests.fakes.rest_network import RestNetwork
from tests.fakes.scripted_switchboard import ScriptedSwitchboard

ACCOUNT, TOKEN = "AC" + "a" * 32, "secret"
UNKNOWN = "CA" + "9" * 32


@dataclass
class UnderTest:
    """A switchboard and the legs of the network behind it."""

    switchboard: Switchboard
    legs: dict[str, str]
    network: RestNetwork | None
    scripted: ScriptedSwitchboard | None

    def fails_once(self, is_outcome_unknown: bool) -> None:
        """Break the next request."""
        if self.network is not None:
            self.network.next_answers = [
                "cut" if is_outcome_unknown else (403, {"code": 20003, "message": "no"})
            ]
        if self.scripted is not None and is_outcome_unknown:
            self.scripted.loses_answer = True
        elif self.scripted is not None:
            self.scripted.fails_next = [SwitchboardFailed("no", is_retrying_useful=False)]


@pytest.fixture(params=["scripted", "twilio"])
def under_test(request: pytest.FixtureRequest) -> Iterator[UnderTest]:
    if request.param == "scripted":
        scripted = ScriptedSwitchboard()
        yield UnderTest(scripted, scripted.legs, None, scripted)
        return
    with RestNetwork(ACCOUNT, TOKEN) as network:
        http = PatientHttpClient(SystemClock(), network.url, sleep=lambda seconds: None)
        twilio = TwilioSwitchboard(ACCOUNT, TOKEN, "+46850000000", "https://bot.example", http)
        yield UnderTest(twilio, network.legs, network, None)


def dialed(under_test: UnderTest) -> str:
    return under_test.switchboard.dial("+46850000001", "/answer", "/status", 25).call_id


def test_a_dialed_call_exists_and_is_not_answered_yet(under_test: UnderTest) -> None:
    placed = under_test.switchboard.dial("+46850000001", "/answer", "/status", 25)
    assert placed.status in {"queued", "initiated", "ringing"}
    assert under_test.switchboard.status(placed.call_id) in {"queued", "initiated", "ringing"}


def test_every_dialed_call_is_another_one(under_test: UnderTest) -> None:
    assert dialed(under_test) != dialed(under_test)


def test_a_live_call_is_redirected_and_lives_on(under_test: UnderTest) -> None:
    leg = dialed(under_test)
    under_test.legs[leg] = "in-progress"
    assert under_test.switchboard.redirect(leg, "/voice/join/x") is True
    assert under_test.switchboard.status(leg) == "in-progress"


@pytest.mark.parametrize("status", ["queued", "ringing", "in-progress"])
def test_a_call_is_ended_once(under_test: UnderTest, status: str) -> None:
    leg = dialed(under_test)
    under_test.legs[leg] = status
    assert under_test.switchboard.hang_up(leg) is True
    assert under_test.switchboard.status(leg) == "completed"
    assert under_test.switchboard.hang_up(leg) is False


@pytest.mark.parametrize("status", ["completed", "busy", "no-answer", "failed", "canceled"])
def test_an_ended_call_is_neither_redirected_nor_ended(under_test: UnderTest, status: str) -> None:
    leg = dialed(under_test)
    under_test.legs[leg] = status
    assert under_test.switchboard.redirect(leg, "/voice/join/x") is False
    assert under_test.switchboard.hang_up(leg) is False
    assert under_test.switchboard.status(leg) == status


def test_an_unknown_call_is_no_error(under_test: UnderTest) -> None:
    assert under_test.switchboard.status(UNKNOWN) is None
    assert under_test.switchboard.redirect(UNKNOWN, "/x") is False
    assert under_test.switchboard.hang_up(UNKNOWN) is False


def test_a_refused_call_is_known_not_to_ring(under_test: UnderTest) -> None:
    under_test.fails_once(is_outcome_unknown=False)
    with pytest.raises(SwitchboardFailed) as failed:
        dialed(under_test)
    assert not failed.value.is_outcome_unknown
    assert under_test.legs == {}


def test_a_lost_answer_leaves_it_open_whether_the_phone_rings(under_test: UnderTest) -> None:
    under_test.fails_once(is_outcome_unknown=True)
    with pytest.raises(SwitchboardFailed) as failed:
        dialed(under_test)
    assert failed.value.is_outcome_unknown
    assert len(under_test.legs) == 1, "dialed once, never again"


def test_a_text_is_sent_and_found_again(under_test: UnderTest) -> None:
    sid = under_test.switchboard.send_text("+46701234567", "Your case number is 730001.")
    assert under_test.switchboard.find_text("+46701234567", "Your case number is 730001.") == sid
    assert under_test.switchboard.find_text("+46701234567", "Something else.") is None


def test_a_text_whose_answer_is_lost_may_have_gone(under_test: UnderTest) -> None:
    under_test.fails_once(is_outcome_unknown=True)
    with pytest.raises(SwitchboardFailed) as failed:
        under_test.switchboard.send_text("+46701234567", "Hello")
    assert failed.value.is_outcome_unknown
    assert under_test.switchboard.find_text("+46701234567", "Hello") is not None


def test_only_a_leg_that_is_there_is_parked(under_test: UnderTest) -> None:
    leg = dialed(under_test)
    under_test.legs[leg] = "in-progress"
    assert under_test.switchboard.hold("handoff-1", leg, "/voice/held") is True
    assert under_test.switchboard.unhold("handoff-1", leg) is True
    under_test.legs[leg] = "completed"
    assert under_test.switchboard.hold("handoff-1", leg, "/voice/held") is False
    assert under_test.switchboard.unhold("handoff-1", leg) is False
