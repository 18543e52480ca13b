"""Webhook forms: what each must hold, and that nothing else gets through or raises but FormRefused."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.telephony import webhook_forms as forms
from ivr.telephony.webhook_forms import CallStatus, FormRefused

ACCOUNT = "AC" + "a" * 32
CALL = "CA" + "1" * 32
RECORDING = "RE" + "2" * 32
READERS: list[Callable[..., Any]] = [
    forms.leg_report,
    forms.incoming_call,
    forms.turn_taken,
    forms.key_pressed,
    forms.waiting,
]


def form(**fields: str | list[str]) -> dict[str, list[str]]:
    listed = {name: value if isinstance(value, list) else [value] for name, value in fields.items()}
    return {"AccountSid": [ACCOUNT], "CallSid": [CALL]} | listed


def test_incoming_call_with_the_fields_twilio_really_sends() -> None:
    received = form(
        From="+46701234567", To="+46850000000", CallStatus="ringing", Direction="inbound",
        ApiVersion="2010-04-01", CallerCity="", FromZip="", StirVerstat="TN-Validation-Passed-A",
    )  # fmt: skip
    assert forms.incoming_call(received, ACCOUNT) == forms.IncomingCall(CALL, "+46701234567", "+46850000000")


def test_incoming_call_without_numbers_is_still_a_call() -> None:
    assert forms.incoming_call(form(), ACCOUNT) == forms.IncomingCall(CALL, "", "")


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "wrong",
    [
        {"CallSid": []},
        {"CallSid": "CA123"},
        {"CallSid": "CA" + "F" * 32},
        {"CallSid": CALL + "\n"},
        {"CallSid": CALL + "AccountSid"},
        {"CallSid": [CALL, CALL]},
        {"AccountSid": []},
        {"AccountSid": "AC" + "b" * 32},
        {"AccountSid": [ACCOUNT, ACCOUNT]},
        {"CallStatus": ["completed", "completed"]},
    ],
)
def test_every_webhook_refuses_a_wrong_call_or_account(
    reader: Callable[..., Any], wrong: dict[str, Any]
) -> None:
    with pytest.raises(FormRefused):
        reader(form(**wrong), ACCOUNT)


@pytest.mark.parametrize("status", list(CallStatus))
def test_every_documented_status_is_known(status: CallStatus) -> None:
    assert forms.leg_report(form(CallStatus=status.value), ACCOUNT).status is status


@pytest.mark.parametrize("word", ["", "COMPLETED", "teleported", "\x00"])
def test_unknown_status_is_no_status(word: str) -> None:
    assert forms.leg_report(form(CallStatus=word), ACCOUNT).status is None


def test_which_statuses_mean_the_end() -> None:
    over = {status for status in CallStatus if status.is_over}
    assert over == {"completed", "busy", "no-answer", "failed", "canceled"}


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("471192", "471192"),
        ("", ""),
        ("12*#", "12*#"),
        ("1A2D", "12"),
        ("7" * 10_000, "7" * forms.MAX_DIGITS),
        ("*#" * 5_000, "*#" * 16),
    ],
)
def test_digits_are_kept_dropped_or_cut(sent: str, read: str) -> None:
    assert forms.turn_taken(form(Digits=sent), ACCOUNT).digits == read


@pytest.mark.parametrize("sent", ["12 3", "١٢", "1e5", "1\n", "-1", "1From+46701234567", "hang up"])
def test_what_is_no_key_is_refused(sent: str) -> None:
    with pytest.raises(FormRefused, match="Digits"):
        forms.turn_taken(form(Digits=sent), ACCOUNT)


def test_duplicated_digits_are_refused() -> None:
    with pytest.raises(FormRefused, match="more than once"):
        forms.key_pressed(form(Digits=["1", "3"]), ACCOUNT)


def test_hang_up_during_a_recorded_turn() -> None:
    turn = forms.turn_taken(form(Digits="hangup", RecordingSid=RECORDING), ACCOUNT)
    assert turn == forms.TurnTaken(CALL, "", RECORDING, is_hung_up=True)


@pytest.mark.parametrize(
    "sid", ["RE123", "http://169.254.169.254/", RECORDING + "/../x", "CA" + "2" * 32, RECORDING + "\n"]
)
def test_recording_that_is_no_sid_is_refused(sid: str) -> None:
    with pytest.raises(FormRefused, match="RecordingSid"):
        forms.turn_taken(form(RecordingSid=sid), ACCOUNT)


def test_recording_url_is_not_even_read() -> None:
    turn = forms.turn_taken(form(RecordingUrl="http://169.254.169.254/latest"), ACCOUNT)
    assert turn.recording_sid is None


def test_agent_key_is_one_key() -> None:
    assert forms.key_pressed(form(Digits="12"), ACCOUNT).key == "1"
    assert forms.key_pressed(form(), ACCOUNT).key == ""


@pytest.mark.parametrize(("sent", "read"), [("0", 0), ("24", 24), ("", 0), ("-1", 0), ("9" * 99, 0)])
def test_waiting_time_is_read_leniently(sent: str, read: int) -> None:
    assert forms.waiting(form(QueueTime=sent), ACCOUNT).waited_s == read


@pytest.mark.parametrize("value", ["", "x", "1.0", "-1", "9" * 10, "١"])
def test_counter_of_our_own_urls_is_strict(value: str) -> None:
    assert forms.counter({"turn": ["3"]}, "turn") == 3
    with pytest.raises(FormRefused):
        forms.counter({"turn": [value]}, "turn")


TEXT = st.text(max_size=60) | st.sampled_from([CALL, ACCOUNT, RECORDING, "completed", "hangup"])
NAMES = st.sampled_from(
    ["CallSid", "AccountSid", "Digits", "RecordingSid", "CallStatus", "From", "QueueTime"]
)


@given(st.dictionaries(NAMES | st.text(max_size=8), st.lists(TEXT, max_size=3), max_size=9))
def test_no_form_raises_anything_but_a_refusal(received: dict[str, list[str]]) -> None:
    for reader in READERS:
        try:
            read = reader({"AccountSid": [ACCOUNT], "CallSid": [CALL]} | received, ACCOUNT)
        except FormRefused:
            continue
        assert read.call_id == CALL
