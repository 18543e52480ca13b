"""The designers' policy: what ships is right, and every mistake is named with its line."""

from pathlib import Path

import pytest

from ivr.errors import SettingsInvalid
from ivr.handoff.escalation.signals import Signal
from ivr.triage.policy_file import check_policy, load_policy

SHIPPED = Path(__file__).resolve().parents[3] / "nlu_data" / "policy.yml"


def test_what_ships_is_in_order_and_explains_every_signal() -> None:
    policy = load_policy(SHIPPED.parent)
    assert policy.signals.keys() == set(Signal)
    assert all(len(rule.means.split()) >= 3 for rule in policy.signals.values())


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("  threshold: 3.0", "  threshold: high", "`threshold` is high"),
        ("  fade: 0.75", "  fade: 7", "`fade` is 7"),
        ("    pressed_zero:", "    pressed_zer:", "there is no signal `pressed_zer`"),
        ("      lasts: true", "      lasts: maybe", "`lasts` is true or false"),
        ("when: {people: closed}", "when: {people: gone}", "`people` is open or closed"),
        ("when: {languages: [nb, fi]}", "when: {languages: [de]}", "there is no language `de`"),
        ("when: {people: closed}", 'when: {between: "9-17"}', "`between` is no stretch of a day"),
        ("      points: 4\n", "      point: 4\n", "`point` is unknown here"),
        ("  reserved_intents: []", "  reserved_intents: complaint", "this is no list"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    text = SHIPPED.read_text()
    assert right in text
    broken = text.replace(right, wrong, 1)
    (tmp_path / "policy.yml").write_text(broken)
    problems = check_policy(tmp_path / "policy.yml")
    line = broken[: broken.index(wrong)].count("\n") + 1
    assert [problem.line for problem in problems if told in problem.what] == [line]
    with pytest.raises(SettingsInvalid, match=r"policy\.yml"):
        load_policy(tmp_path)


def test_an_intent_nobody_knows_is_refused(tmp_path: Path) -> None:
    text = SHIPPED.read_text().replace("reserved_intents: []", "reserved_intents: [complaimt]", 1)
    (tmp_path / "policy.yml").write_text(text)
    (problem, *_) = check_policy(tmp_path / "policy.yml", {"complaint"})
    assert "did" in str(problem) or "`complaint`?" in problem.todo
