"""Decides which parts of the set-up are wanted: `python3 -m setup [--for run|test|test-unit] [PART ...]`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from setup.errors import SetupFailed
from setup.parts import Machine, setting
from setup.steps import Step, run_steps

ROOT = Path(__file__).resolve().parent.parent
GOALS = {
    "run": ("settings", "system", "service", "rasa", "weights", "sentences", "model", "database"),
    "test": (
        "settings",
        "system-for-tests",
        "service",
        "dev",
        "rasa",
        "weights-for-tests",
        "sentences",
        "model",
        "database",
    ),
    "test-unit": ("service", "dev"),
}


def main(arguments: list[str]) -> int:
    """Set up what was asked for; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python3 -m setup", description="Set up this folder; run again at any time."
    )
    parser.add_argument("--for", dest="goal", choices=GOALS, default="run", help="what the machine is to do")
    parser.add_argument("parts", nargs="*", metavar="PART", help="only these parts, such as: service weights")
    asked = parser.parse_args(arguments)
    machine = Machine(ROOT, say)
    makers = step_makers(machine)
    names = asked.parts or GOALS[asked.goal]
    # Rasa's image runs this on Python 3.10, for its own part only.
    if "service" in names and sys.version_info < (3, 11):
        say(f"The service needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        return 1
    unknown = [name for name in names if name not in makers]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; there are: {', '.join(makers)}")
    try:
        run_steps([makers[name]() for name in names], machine.stamps, say)
    except SetupFailed as failed:
        say(f"\n{failed}")
        return 1
    return 0


def step_makers(machine: Machine) -> dict[str, Callable[[], Step]]:
    """Return the parts by name."""
    return {
        "settings": machine.settings,
        "system": lambda: machine.system(is_for_tests=False),
        "system-for-tests": lambda: machine.system(is_for_tests=True),
        "service": machine.service,
        "dev": machine.dev,
        "rasa": machine.rasa,
        "weights": lambda: machine.weights(setting(ROOT, "IVR_TRANSCRIBER", "whisper")),
        "weights-for-tests": lambda: machine.weights("both"),
        "sentences": machine.sentences,
        "model": machine.model,
        "database": machine.database,
    }


def say(line: str) -> None:
    """Show a line of progress at once."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
