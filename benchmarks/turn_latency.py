"""Measure how long a caller waits for an answer, over real calls to the running service (`make run`).

    .venv/bin/python benchmarks/turn_latency.py [--turns 20] [--json]

Time to first audio counts from the last 20 ms frame with caller speech in it to the first frame above
silence that comes back, both at the caller's phone: network, carrier and service together. Where the
time goes (endpointing, transcription, dialogue, speech) is what the service wrote down for the same
calls. Voices and sentences are none the bot was trained or tested with.
"""

import json
import os
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import httpx

from ivr.bootstrap import make_voice
from ivr.carrier.call_report import CallReport, spread_ms
from ivr.carrier.call_script import CallScript
from ivr.carrier.caller_voice import VoiceUnavailable
from ivr.carrier.phone_line import DEFAULT_URL, CarrierUnreachable
from ivr.carrier.scripted_caller import LineOptions, run_call
from ivr.config import Settings, load

PARTS = ("endpointing_s", "transcription_s", "dialogue_s", "speech_s")
VOICES: tuple[str | dict[str, Any], ...] = (
    {"engine": "hibari", "pitch": 38},
    "en-us+f4",
    {"engine": "hibari", "pitch": 60},
    "en-us+m8",
)
SENTENCES: tuple[str | dict[str, str], ...] = (
    "Hi there, I was wondering which hours the shop keeps.",
    "Hmm, am I talking to a machine right now?",
    "Sorry, could you say that one more time?",
    "I am still waiting for a parcel, can you look it up for me?",
    {"text": "four seven one one nine two", "voice": "hibari"},
    {"text": "one one four five five", "voice": "hibari"},
    "Nope, that was everything. Bye bye.",
)
MOST_CALLS = 8


@dataclass
class Measured:
    """What a series of calls gave."""

    first_audio_s: list[float] = field(default_factory=list)
    parts_s: dict[str, list[float]] = field(default_factory=lambda: {part: [] for part in PARTS})
    engines: set[str] = field(default_factory=set)
    calls: int = 0
    unanswered: int = 0


def conversation(number: int, voice: str | dict[str, Any]) -> CallScript:
    """Return the script of one call: seven turns, each said when the bot has finished."""
    steps: list[dict[str, Any]] = [{"hear": {"prompt": "say_how_to_reach_a_person"}}]
    for sentence in SENTENCES:
        steps += [{"say": sentence}, {"hear": {"sound": True, "within_s": 30}}]
    script = {"name": f"latency {number}", "from": f"+467090000{number:02d}", "voice": voice, "steps": steps}
    return CallScript.model_validate(script)


def measure(settings: Settings, url: str, turns: int) -> Measured:
    """Call until enough turns were answered, or eight calls were made."""
    measured = Measured()
    speaker = make_voice(settings)
    while len(measured.first_audio_s) < turns and measured.calls < MOST_CALLS:
        voice = VOICES[measured.calls % len(VOICES)]
        report = run_call(conversation(measured.calls, voice), LineOptions(url), speaker.synthesize)
        measured.calls += 1
        take(measured, report, events(settings, report.call_sid))
        click.echo(f"call {measured.calls} ({voice}): {len(report.turns)} turns", err=True)
    return measured


def take(measured: Measured, report: CallReport, stored: list[dict[str, Any]]) -> None:
    """Add one call to what was measured."""
    times = report.first_audio_times_s()
    measured.first_audio_s += times
    measured.unanswered += len(report.turns) - len(times)
    for event in stored:
        facts = event["facts"]
        if event["kind"] == "utterance_heard":
            measured.engines.add(f"{facts['engine']} {facts['model']}")
        if event["kind"] == "turn_answered":
            timings = facts.get("timings") or {}
            for part in PARTS:
                if part in timings:
                    measured.parts_s[part].append(timings[part])


def events(settings: Settings, call_sid: str | None) -> list[dict[str, Any]]:
    """Return what the service wrote down about a call."""
    address = f"http://{settings.host}:{settings.port}/voice/calls/{call_sid}/events"
    account = (settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value())
    answer = httpx.get(address, params={"stream": "0"}, auth=account, timeout=10.0, trust_env=False)
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()
    return found


def machine() -> dict[str, Any]:
    """Describe what this was measured on."""
    cpuinfo = Path("/proc/cpuinfo")
    names = [row.split(":", 1)[1].strip() for row in _rows(cpuinfo) if row.startswith("model name")]
    return {
        "cpu": names[0] if names else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load_1min": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
    }


def _rows(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.is_file() else []


def as_json(measured: Measured, on: dict[str, Any]) -> dict[str, Any]:
    """Return everything measured, in milliseconds."""
    parts = {part.removesuffix("_s"): spread_ms(times) for part, times in measured.parts_s.items()}
    return {
        "time_to_first_audio_ms": spread_ms(measured.first_audio_s),
        "parts_ms": parts,
        "calls": measured.calls,
        "turns_without_an_answer": measured.unanswered,
        "engine": sorted(measured.engines),
        "machine": on,
    }


def show(result: dict[str, Any]) -> None:
    """Print the result for people."""
    on = result["machine"]
    click.echo(f"{on['cpu']}, {on['cores']} cores, load {on['load_1min']}; {', '.join(result['engine'])}")
    click.echo(
        f"{result['calls']} calls, {result['turns_without_an_answer']} turns without an answer to time\n"
    )
    click.echo(f"{'ms':<22}{'p50':>7}{'p95':>7}{'max':>7}{'n':>5}")
    rows = {"time to first audio": result["time_to_first_audio_ms"], **result["parts_ms"]}
    for name, spread in rows.items():
        figures = "".join(
            f"{'–' if spread[key] is None else spread[key]:>7}" for key in ("p50", "p95", "max")
        )
        click.echo(f"{name:<22}{figures}{spread['n']:>5}")


@click.command(help=__doc__)
@click.option("--turns", default=20, show_default=True, help="Answered turns to measure, at least.")
@click.option("--url", default=DEFAULT_URL, show_default=True, help="Address of the local carrier.")
@click.option("--json", "is_json", is_flag=True, help="Print JSON.")
def main(turns: int, url: str, is_json: bool) -> None:
    """Measure and print."""
    on = machine()
    try:
        measured = measure(load(), url, turns)
    except (CarrierUnreachable, VoiceUnavailable, httpx.HTTPError) as problem:
        raise click.ClickException(str(problem)) from None
    result = as_json(measured, on)
    if is_json:
        click.echo(json.dumps(result, indent=2))
    else:
        show(result)
    if len(measured.first_audio_s) < turns:
        raise click.ClickException(f"only {len(measured.first_audio_s)} of {turns} turns were answered")


if __name__ == "__main__":
    main()
