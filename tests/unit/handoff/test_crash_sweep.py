"""The process is killed at every write and every request of a transfer: nobody is lost by it."""

import pytest

from tests.support.crash_world import CrashWorld

SCRIPTS = [
    ("accepts", "accepts", "waits"),
    ("declines", "accepts", "waits"),
    ("busy", "rings out", "waits"),
    ("accepts and drops", "accepts", "waits"),
    ("rings out", "accepts", "hangs up"),
    ("accepts", "accepts", "hangs up"),
    ("rings out", "accepts", "wants a callback"),
    ("rings out", "accepts", "leaves a message"),
]


@pytest.mark.parametrize(("first", "second", "caller"), SCRIPTS)
def test_every_point(first: str, second: str, caller: str) -> None:
    undisturbed = CrashWorld(first, second, caller).play()
    assert undisturbed.problems() == []
    points = undisturbed.points.passed
    assert points >= 20
    wrong = {}
    for kill_at in range(1, points + 1):
        world = CrashWorld(first, second, caller, kill_at).play()
        assert world.points.is_killed
        if problems := world.problems():
            wrong[kill_at] = problems
    assert wrong == {}
