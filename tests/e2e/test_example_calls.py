"""Every example call, through real speech, real recognition, real Rasa and the local phone network.

Two calls run at a time, as callers do: those that reach a person one after the other, because they share
the agents, and beside them those that stay with the bot.
"""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from tests.support.running_system import ROOT, RunningSystem

pytestmark = [pytest.mark.weights, pytest.mark.rasa]

EXAMPLES = sorted((ROOT / "examples" / "calls").glob("*.yml"))
Played = dict[Path, Future[tuple[int, dict]]]


@pytest.fixture(scope="module")
def played(system: RunningSystem, request: pytest.FixtureRequest) -> Iterator[Played]:
    """Start the calls whose tests were chosen; each is a promise of its exit status and report."""
    names = {item.name for item in request.session.items}
    chosen = [
        script for script in EXAMPLES if f"test_the_example_call_goes_as_it_says[{script.stem}]" in names
    ]
    with ThreadPoolExecutor(1) as with_agents, ThreadPoolExecutor(1) as with_bot:
        yield {
            script: (with_agents if "agents" in yaml.safe_load(script.read_text()) else with_bot).submit(
                system.call, script
            )
            for script in chosen
        }


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 8


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_call_goes_as_it_says(played: Played, script: Path) -> None:
    status, report = played[script].result()
    assert status == 0, json.dumps(report, indent=2)
