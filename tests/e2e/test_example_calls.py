"""Every example call, through real speech, real recognition, real Rasa and the local phone network.

Two calls run at a time, as callers do: those that reach a person one after the other, because they share
the agents, and beside them those that stay with the bot.
"""

import json
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from tests.support.running_system import ROOT, RunningSystem

pytestmark = [pytest.mark.weights, pytest.mark.rasa]

EXAMPLES = sorted((ROOT / "examples" / "calls").glob("*.yml"))
WITH_MESSAGE = ROOT / "examples" / "calls" / "nobody-answers-callback.yml"
MESSAGE_WITHIN_S = 60.0
Played = dict[Path, Future[tuple[int, dict]]]


@pytest.fixture(scope="module")
def played(system: RunningSystem, request: pytest.FixtureRequest) -> Iterator[Played]:
    """Start the calls whose tests were chosen; each is a promise of its exit status and report."""
    names = {item.name for item in request.session.items}
    chosen = [
        script
        for script in EXAMPLES
        if f"test_the_example_call_goes_as_it_says[{script.stem}]" in names
        or (script == WITH_MESSAGE and "test_the_words_of_a_left_message_are_found" in names)
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


def test_the_words_of_a_left_message_are_found(played: Played, system: RunningSystem) -> None:
    """The recording is fetched from the network and written down by the real recogniser."""
    _, report = played[WITH_MESSAGE].result()
    deadline_s = time.monotonic() + MESSAGE_WITHIN_S
    written: list[dict] = []
    while not written and time.monotonic() < deadline_s:
        written = [one for one in system.events(report["call_sid"]) if one["kind"] == "message_written"]
        threading.Event().wait(0.5)
    (message,) = (one["facts"] for one in written)
    assert message["is_clear"], message
    assert {"blue", "coat"} <= set(re.findall(r"[a-z]+", message["text"].lower())), message
