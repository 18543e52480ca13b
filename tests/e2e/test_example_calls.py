"""Every example call, through real speech, real recognition, real Rasa and the local phone network."""

import json
from pathlib import Path

import pytest

from tests.support.running_system import ROOT, RunningSystem

pytestmark = [pytest.mark.weights, pytest.mark.rasa]

EXAMPLES = sorted((ROOT / "examples" / "calls").glob("*.yml"))


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 8


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_call_goes_as_it_says(system: RunningSystem, script: Path) -> None:
    status, report = system.call(script)
    assert status == 0, json.dumps(report, indent=2)
