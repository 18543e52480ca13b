"""Every combination of what two agents and a caller do: nobody is lost, nobody is left on the line."""

import itertools
from pathlib import Path

import pytest

from benchmarks.transfer import AGENTS, CALLERS, ENDED_WELL, measure
from ivr.handoff.transfer import TERMINAL, TransferState

pytestmark = pytest.mark.slow

SCRIPTS = list(itertools.product(AGENTS, AGENTS, CALLERS))


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) >= 200


@pytest.mark.parametrize(("first", "second", "caller"), SCRIPTS, ids=lambda part: part.replace(" ", "-"))
def test_nobody_is_lost(first: str, second: str, caller: str, tmp_path: Path) -> None:
    seen = measure(first, second, caller, tmp_path)
    assert TransferState(seen.state) in TERMINAL
    assert not seen.is_lost
    assert seen.left_on_the_line == 0
    if not caller.startswith("hangs up"):
        assert seen.outcome in ENDED_WELL
    if "accepts" in first and caller in {"waits", "asks for the menu and waits on"} and first != AGENTS[-1]:
        assert seen.outcome == "connected_to_person"
