"""What people of the company see of the calls."""

from pathlib import Path

import pytest

from ivr.records.kinds import Kind
from ivr.roles import Role
from tests.support.insights_scene import ANSWERED, DISCLOSED, HEARD, InsightsScene


@pytest.fixture
def scene(tmp_path: Path) -> InsightsScene:
    scene = InsightsScene(tmp_path)
    for number in range(6):
        scene.solved_call(f"CA{number}", caller=f"+4670{number}")
    scene.call("CA9", HEARD, (Kind.NO_MATCH, {"step": "order_number", "level": 1}))
    scene.catch_up()
    return scene


def test_the_overview_tells_how_calls_ended(scene: InsightsScene) -> None:
    page = scene.reader().sees("/insights").get_data(as_text=True)
    assert "7 calls" in page
    assert "Contained, unknown" in page
    assert "Logistics" in page


def test_a_scope_without_calls_says_so(scene: InsightsScene) -> None:
    page = scene.reader().sees("/insights?from=2001-01-01&to=2001-01-02").get_data(as_text=True)
    assert "No calls here yet" in page


@pytest.mark.parametrize(
    "question",
    ["from=x&to=9999-99-99", "person_minute=nan", "intent=%27%3B--", "language=%00", "fate=x&step=y"],
)
def test_nonsense_in_the_address_is_taken(scene: InsightsScene, question: str) -> None:
    reader = scene.reader()
    assert reader.sees(f"/insights?{question}").status_code == 200
    assert reader.sees(f"/insights/calls?{question}").status_code == 200


def test_calls_without_evidence_of_disclosure_raise_the_alarm(scene: InsightsScene) -> None:
    scene.call("CB", ANSWERED, (Kind.CALL_ENDED, {"outcome": "solved_by_bot"}))
    scene.catch_up()
    assert "1 calls have no evidence" in scene.reader().sees("/insights").get_data(as_text=True)


def test_looking_at_a_call_is_on_its_record(scene: InsightsScene) -> None:
    page = scene.reader().sees("/insights/calls/CA1").get_data(as_text=True)
    assert "where is it &lt;b&gt;now&lt;/b&gt;" in page
    assert scene.records.events("CA1")[-1].kind == Kind.TRANSCRIPT_VIEWED


def test_an_unknown_call_is_not_there(scene: InsightsScene) -> None:
    assert scene.reader().sees("/insights/calls/nobody").status_code == 404


def test_agents_have_no_business_here(scene: InsightsScene) -> None:
    assert scene.reader(Role.DESIGNER).sees("/insights").status_code == 200
    assert scene.reader(Role.SUPERVISOR).sees("/insights/calls?fate=unknown").status_code == 200


def test_few_calls_are_not_told_of(tmp_path: Path) -> None:
    scene = InsightsScene(tmp_path)
    scene.call("CA1", DISCLOSED, ANSWERED, (Kind.CALL_ENDED, {"outcome": "solved_by_bot"}))
    scene.catch_up()
    assert "too few" in scene.reader().sees("/insights").get_data(as_text=True)
