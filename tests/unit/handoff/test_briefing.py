"""What agents hear, against golden files with the real wording; and that it is short and true."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.wording import Wording
from ivr.handoff.briefing import LIMIT_S, brief, detail, spoken_s
from ivr.handoff.case import Case, plain, read_case
from ivr.handoff.escalation import EscalationReason
from ivr.records.facts import storable

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "briefings"
WORDING = Wording.load(ROOT / "nlu_data", "Nordlys")
BARE = Case("CA1", "en", EscalationReason.PRESSED_ZERO)
LONG = (
    "well you know I ordered a pair of shoes about three weeks ago now and they still have not arrived here"
)

CASES = {
    "nothing_known": BARE,
    "asked_at_once": replace(
        BARE, reason=EscalationReason.ASKED_FOR_PERSON, wanted="I want to talk to a person."
    ),
    "status_read_and_frustrated": Case(
        "CA1", "en", EscalationReason.FRUSTRATED, "+46701234567", "Maja Lind", True, "Where is my order?",
        "order_status", "471192", "delayed",
        ("utter_ask_order_number", "utter_order_delayed"),
    ),
    "number_given_not_verified": replace(
        BARE, reason=EscalationReason.VERIFICATION_FAILED, order_number="471192", intent="order_status",
        wanted="where is my parcel", tried=("utter_ask_postcode",),
    ),
    "not_understood_long_story": replace(
        BARE, reason=EscalationReason.NOT_UNDERSTOOD, wanted=LONG, intent="order_status", is_verified=True
    ),
    "opening_hours": replace(
        BARE, reason=EscalationReason.NO_INPUT, intent="opening_hours", tried=("utter_opening_hours",)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_briefing_is_the_golden_one(name: str) -> None:
    spoken = "".join(f"{prompt.text}\n" for prompt in brief(CASES[name], WORDING))
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("IVR_WRITE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(spoken)
    assert spoken == file.read_text()


def test_detail_holds_order_status_all_that_was_tried_and_the_whole_quote() -> None:
    case = replace(
        CASES["status_read_and_frustrated"], wanted=LONG, reason_words="This is the third time I call!"
    )
    ids = [(prompt.id, prompt.text) for prompt in detail(case, WORDING)]
    assert [id for id, _ in ids] == [
        "brief_caller_verified",
        "brief_wants_order",
        "brief_detail_status",
        "brief_tried_asked_order_number",
        "brief_wants_words",
        "brief_wants_words",
        "brief_reason_frustrated",
    ]
    assert ids[2][1] == "The order is delayed."
    assert LONG in ids[4][1]
    assert "third time" in ids[5][1]


def test_detail_of_nothing_is_honest() -> None:
    ids = [prompt.id for prompt in detail(BARE, WORDING)]
    assert ids == ["brief_caller_unverified", "brief_tried_nothing", "brief_reason_pressed_zero"]


@pytest.mark.parametrize("name", CASES)
def test_a_stored_case_is_the_same_case(name: str) -> None:
    assert read_case(storable(plain(CASES[name]))) == CASES[name]


@pytest.mark.parametrize("reason", EscalationReason)
def test_every_reason_has_its_words(reason: EscalationReason) -> None:
    assert brief(replace(BARE, reason=reason), WORDING)[-1].id == f"brief_reason_{reason}"


WORDS = st.text(alphabet="abc {}<>&.!?'åß1", max_size=300)


@given(
    wanted=st.none() | WORDS,
    name=st.none() | st.sampled_from(["Maja Lind", "Maja Charlotta Lindqvist"]),
    status=st.sampled_from(["shipped", "out_for_delivery", "delayed"]),
    reason=st.sampled_from(EscalationReason),
    intent=st.sampled_from([None, "order_status", "opening_hours"]),
    number=st.none() | st.just("471192"),
)
def test_no_briefing_takes_longer_than_twelve_seconds(
    wanted: str | None, name: str | None, status: str, reason: EscalationReason, intent: str | None,
    number: str | None,
) -> None:  # fmt: skip
    case = Case(
        "CA1", "en", reason, None, name, name is not None, wanted, intent, number, status, ("read_status",)
    )
    prompts = brief(case, WORDING)
    assert spoken_s([prompt.text for prompt in prompts]) <= LIMIT_S
    assert 3 <= len(prompts) <= 5


def test_no_order_status_is_told_that_the_caller_was_not_told() -> None:
    case = replace(BARE, order_number="471192", order_status="shipped", tried=())
    assert "brief_tried_nothing" in [prompt.id for prompt in brief(case, WORDING)]


def test_an_unchecked_name_is_not_passed_on() -> None:
    case = replace(BARE, caller_name="Maja Lind", is_verified=False)
    assert "Maja" not in " ".join(prompt.text for prompt in brief(case, WORDING))
