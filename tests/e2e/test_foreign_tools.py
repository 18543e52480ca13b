"""A media stream simulator that others wrote calls the running system and finds nothing to object to."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from tests.support.running_system import RunningSystem, running_system

pytestmark = [
    pytest.mark.weights,
    pytest.mark.rasa,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed"),
]

IDLE_SOCKETS = 200
GREETING_MS = (5_000, 15_000)  # both sentences of the greeting


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """Return a system of its own that checks no signatures: foreign tools cannot sign."""
    folder = tmp_path_factory.mktemp("unsigned")
    with running_system(folder, verify_signatures="false") as running:
        yield running


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with spoken sentences."""
    folder = tmp_path_factory.mktemp("clips")
    for name, words in {"order": "Hello, where is my order?", "bye": "Goodbye."}.items():
        command = ["espeak-ng", "-v", "en-us", "-s", "150", "-w", str(folder / f"{name}.wav"), words]
        subprocess.run(command, check=True)
    return folder


def streamdouble(system: RunningSystem, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run the tool; return its exit status and what it measured."""
    address = system.service_url.replace("http", "ws") + "/voice/media"
    tool = str(Path(sys.executable).with_name("streamdouble"))
    verb, *rest = arguments
    at = 1 if verb == "scenario" else 0  # a scenario's file comes before the address
    command = [tool, verb, *rest[:at], address, "--json", *rest[at:]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def scenario(folder: Path, *steps: str) -> str:
    """Write a scenario's steps into a file."""
    path = folder / "scenario.yml"
    path.write_text("name: a call\nsteps:\n" + "".join(f"  - {step}\n" for step in steps))
    return str(path)


def has_no_objection(measured: dict[str, Any]) -> bool:
    """Say whether the tool heard the bot and found nothing against the protocol."""
    assert measured["violations"] == []
    assert measured["unknown_events"] == []
    assert not measured["timed_out"]
    assert not measured["closed_before_audio"]
    assert measured["marks_received"] > 0
    assert measured["marks_echoed"] <= measured["marks_received"]
    return True


def makes_sense(measured: dict[str, Any]) -> bool:
    """Hold the tool's figures against each other: what was played must fit into the time it took."""
    assert measured["time_to_first_audio_ms"] < measured["call_duration_ms"]
    assert measured["audio_received_ms"] >= measured["media_frames_received"] * 20
    assert measured["pacing"]["measurement_is_reliable"]
    return True


def test_a_plain_call_is_greeted_and_nothing_breaks_the_protocol(system: RunningSystem, clips: Path) -> None:
    status, measured = streamdouble(
        system, "call", "--audio", str(clips / "order.wav"), "--max-first-audio-ms", "1000"
    )
    assert status == 0, measured
    assert has_no_objection(measured)
    assert makes_sense(measured)
    assert GREETING_MS[0] < measured["audio_received_ms"] < GREETING_MS[1]
    assert measured["marks_echoed"] == measured["marks_received"]


@pytest.mark.parametrize(
    "network",
    [
        ("--packet-loss", "0.05", "--jitter", "30", "--latency", "150", "--chaos-seed", "7"),
        ("--packet-loss", "0.4", "--jitter", "60", "--latency", "400", "--chaos-seed", "11"),
        ("--no-echo-marks",),
    ],
    ids=["bad", "terrible", "no marks"],
)
def test_a_bad_network_breaks_nothing(system: RunningSystem, clips: Path, network: tuple[str, ...]) -> None:
    status, measured = streamdouble(system, "call", "--audio", str(clips / "order.wav"), *network)
    assert status == 0, measured
    assert has_no_objection(measured)


def test_a_question_after_the_greeting_is_answered(system: RunningSystem, clips: Path) -> None:
    steps = ("wait_for: {event: mark}", "wait_for: {event: quiet}", "wait: 7", f"say: {clips / 'order.wav'}",
             "wait: 6", "expect: audio", "expect: mark", "expect: no_violations")  # fmt: skip
    trace = clips / "question.jsonl"
    status, measured = streamdouble(system, "scenario", scenario(clips, *steps), "--trace", str(trace))
    assert status == 0, measured
    assert has_no_objection(measured)
    events = [json.loads(line) for line in trace.read_text().splitlines()]
    spoken_at = [event["t"] for event in events if event["dir"] == "in" and event["event"] == "media"]
    assert max(spoken_at) - events[0]["t"] > 10, "the bot said something after the question"


def test_talking_over_the_bot_clears_what_it_had_sent(system: RunningSystem, clips: Path) -> None:
    steps = ("wait_for: {event: mark, timeout: 15}", "wait: 0.5", f"say: {clips / 'order.wav'}",
             "wait_for: {event: clear, timeout: 5}", "expect: clear", "expect: no_violations")  # fmt: skip
    status, measured = streamdouble(system, "scenario", scenario(clips, *steps))
    assert status == 0, measured
    assert has_no_objection(measured)
    assert measured["clears_received"] >= 1


def test_keys_are_heard(system: RunningSystem, clips: Path) -> None:
    steps = ("wait_for: {event: mark, timeout: 15}", "dtmf: '0'", "wait: 4", "expect: no_violations")
    status, measured = streamdouble(system, "scenario", scenario(clips, *steps))
    assert has_no_objection(measured)
    # The bot says that it fetches a person and leaves the stream to the network, as it should.
    assert (status, measured["closed_by"]) in {(0, None), (0, "agent"), (1, "agent")}


def test_a_caller_who_vanishes_harms_nobody(system: RunningSystem, clips: Path) -> None:
    streamdouble(system, "scenario", scenario(clips, f"say: {clips / 'order.wav'}", "hangup"))
    status, measured = streamdouble(system, "call", "--audio", str(clips / "bye.wav"), "--max-drain", "3")
    assert status == 0
    assert has_no_objection(measured)


def test_200_idle_sockets_leave_a_call_unaffected(system: RunningSystem, clips: Path) -> None:
    address = system.service_url.replace("http", "ws") + "/voice/media"
    with ExitStack() as stack:
        for _ in range(IDLE_SOCKETS):
            stack.enter_context(connect(address, proxy=None, legacy=True, open_timeout=20))
        status, measured = streamdouble(
            system, "call", "--audio", str(clips / "order.wav"), "--max-first-audio-ms", "1000"
        )
    assert status == 0, measured
    assert has_no_objection(measured)
