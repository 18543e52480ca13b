"""What people of the company see of the calls."""

from pathlib import Path

import pytest

from ivr.insights.notices import NoticeKind, Way
from ivr.records.kinds import Kind
from ivr.roles import Role
from tests.support.insights_scene import ANSWER, ANSWERED, DISCLOSED, HEARD, InsightsScene

PAGES = ("/insights", "/insights/heart", "/insights/friction", "/insights/flow", "/insights/value")


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
    assert "Logistics" in scene.reader().sees("/insights/friction").get_data(as_text=True)


def test_a_scope_without_calls_says_so(scene: InsightsScene) -> None:
    for path in PAGES:
        page = scene.reader().sees(f"{path}?from=2001-01-01&to=2001-01-02").get_data(as_text=True)
        assert "No calls here yet" in page, path


@pytest.mark.parametrize(
    "question",
    ["from=x&to=9999-99-99", "person_minute=nan", "intent=%27%3B--", "language=%00", "fate=x&step=y"],
)
def test_nonsense_in_the_address_is_taken(scene: InsightsScene, question: str) -> None:
    reader = scene.reader()
    for page in PAGES:
        assert reader.sees(f"{page}?{question}").status_code == 200, page
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
    page = scene.reader().sees("/insights").get_data(as_text=True)
    assert "too few" in page
    assert "bar-chart" not in page  # a bar would tell what the table keeps back


@pytest.mark.parametrize("path", ["/insights", "/insights/flow"])
def test_a_few_of_many_are_not_told_of_either(scene: InsightsScene, path: str) -> None:
    scene.clock.advance(86_400)
    for number in range(3):
        scene.call(f"CX{number}", ANSWERED, (Kind.ESCALATED, {"reason": "frustrated"}), caller=None)
        scene.records.append(f"CX{number}", Kind.CALL_ENDED, outcome="caller_hung_up")
    scene.catch_up()
    page = scene.reader().sees(path).get_data(as_text=True)
    assert "under 5" in page
    assert '<td class="number">3</td>' not in page


@pytest.mark.parametrize("by", ["intent", "language", "hour", "release"])
def test_heart_is_told_apart(scene: InsightsScene, by: str) -> None:
    page = scene.reader().sees(f"/insights/heart?by={by}").get_data(as_text=True)
    row = {"intent": "order status", "language": "en", "hour": "10", "release": "r1"}[by]
    assert f'<th scope="row">{row}</th>' in page


def test_topics_come_with_quotes_and_a_proposal(scene: InsightsScene) -> None:
    asked = (
        "do you sell gift cards",
        "can I buy a gift card",
        "what is a gift card",
        "how do gift cards work",
    )
    for number, words in enumerate((*asked, "is there a gift card for anna@example.com")):
        unknown = {**ANSWER, "intent": "out_of_scope", "expects": {"step": "open_question"}}
        heard = (Kind.UTTERANCE_HEARD, {"turn": 1, "text": words, "asr_confidence": 0.9})
        scene.call(f"CG{number}", heard, (Kind.TURN_ANSWERED, unknown), caller=None)
    scene.catch_up()
    page = scene.reader().sees("/insights/friction").get_data(as_text=True)
    assert "gift card" in page
    assert "new knowledge article" in page
    assert "anna@example.com" not in page


def test_alerts_are_on_the_page_with_what_became_of_sending_them(scene: InsightsScene) -> None:
    figure = {"value": 0.3, "low": 0.2, "high": 0.4, "n": 60}
    facts = {
        "signal": "no_match",
        "release": "r1",
        "now": figure,
        "before": figure,
        "from": "a",
        "until": "b",
    }
    now = scene.clock.now()
    scene.notices.write("alert:no_match:r1:x", NoticeKind.ALERT, facts, (Way.PAGE, Way.EMAIL), now)
    (mail,) = scene.notices.due(now)
    scene.notices.failed(mail, "ConnectionRefusedError", now)
    page = scene.reader().sees("/insights").get_data(as_text=True)
    assert "Not understood: 30 % of 60" in page
    assert "Not sent by email: ConnectionRefusedError, tried again soon" in page


def test_each_assumption_is_shown_with_what_it_moves(scene: InsightsScene) -> None:
    page = scene.reader().sees("/insights/value?person_minute=10").get_data(as_text=True)
    for name in (
        "Person minute",
        "Bot minute",
        "Order value",
        "Server watts",
        "Grid g per kwh",
        "Calls at once",
    ):
        assert name in page
    assert 'value="10.0"' in page


def test_money_is_in_the_currency_of_the_house(tmp_path: Path) -> None:
    scene = InsightsScene(tmp_path, currency="EUR")
    for number in range(6):
        scene.solved_call(f"CA{number}", caller=None)
    scene.catch_up()
    saved = scene.reader().sees("/insights/value?person_contact_minutes=1&person_minute=2").text
    assert "\u00a0EUR" in saved
    assert "SEK" not in saved
    assert "\u00a0EUR" in scene.reader().sees("/insights/friction").text
