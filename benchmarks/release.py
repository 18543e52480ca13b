"""How long a one-line change takes from save to live, and what calls notice of it.

    python -m benchmarks.release            writes results/release.json

Works in a copy of the repository, whose files must be in order and whose conversations must hold, in a
temporary folder with its own ports: starts `ivr run`, holds a call that began before the release, makes
turns all the while, adds one sentence, and runs `ivr nlu release`.
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks import report
from ivr.dialogue.dialogue import DialogueUnavailable, Spoken
from ivr.dialogue.rasa_dialogue import RasaDialogue
from ivr.dialogue.serving_rasa import ServingRasa
from ivr.dialogue.wording import Wording
from ivr.nlu.editing import add_examples, open_version
from ivr.nlu.model_store import ModelStore
from ivr.nlu.training import train
from ivr.running.model_watch import free_port
from ivr.running.served_model import Noticeboard

ROOT = Path(__file__).parents[1]
PAUSE_S = 0.25
START_LIMIT_S = 300.0
TURNS = ("where is my order", "471192", "when are you open", "11455", "no thank you")


def copy_of_the_house(folder: Path) -> tuple[Path, dict[str, str]]:
    """Copy what a running service needs and return the folder and its environment."""
    house = folder / "house"
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(house)], check=True)
    for name in ("ivr", "nlu_data"):  # as they are, not as they were committed
        shutil.rmtree(house / name)
        shutil.copytree(ROOT / name, house / name)
    for name in (".venv", ".venv-rasa"):
        (house / name).symlink_to(ROOT / name)
    (house / "var").mkdir()
    shutil.copytree(ROOT / "var" / "models", house / "var" / "models", symlinks=True)
    port, rasa_port = free_port(), free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": str(house),
        "IVR_PORT": str(port),
        "IVR_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "IVR_RASA_URL": f"http://127.0.0.1:{rasa_port}",
        "IVR_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "IVR_TWILIO_AUTH_TOKEN": "of-this-benchmark",
    }
    return house, environment


def ivr(house: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command in the copy."""
    command = [sys.executable, "-m", "ivr.cli", *arguments]
    return subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True)


class Turns(threading.Thread):
    """Holds calls one after the other and notes how long each turn took, and which failed."""

    def __init__(self, dialogue: RasaDialogue) -> None:
        super().__init__(daemon=True)
        self.dialogue = dialogue
        self.times: list[tuple[float, float]] = []
        self.failed = 0
        self.ending = threading.Event()

    def run(self) -> None:
        """Talk until told to stop."""
        number = 0
        while not self.ending.is_set():
            number += 1
            for said in TURNS:
                started = time.perf_counter()
                try:
                    self.dialogue.reply(f"benchmark-{number}", Spoken(said), "en")
                except DialogueUnavailable:
                    self.failed += 1
                self.times.append((started, (time.perf_counter() - started) * 1000))
                self.ending.wait(PAUSE_S)
            self.dialogue.forget(f"benchmark-{number}")


def percentile(times: list[float], share: float) -> float:
    """Return a percentile of times."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def measure(house: Path, environment: dict[str, str]) -> dict[str, object]:
    """Release a one-line change while calls go on."""
    first_url = environment["IVR_RASA_URL"]
    serving = ServingRasa(first_url, house / "var" / "rasa" / "serving.json")
    dialogue = RasaDialogue(serving, "local-rasa", Wording.load(house / "nlu_data", "Nordlys"), 10.0)
    _await_ready(dialogue)
    dialogue.reply("began-before", Spoken("where is my order"), "en")
    dialogue.reply("began-before", Spoken("471192"), "en")
    turns = Turns(dialogue)
    turns.start()
    turns.ending.wait(20)
    saved = time.perf_counter()
    add_examples(
        open_version(house / "nlu_data/nlu/en/shop.yml"), "opening_hours", ["till what hour do you serve"]
    )
    done = ivr(house, environment, "nlu", "release", "--json")
    live = time.perf_counter()
    turns.ending.wait(20)
    turns.ending.set()
    turns.join(20)
    old = dialogue.reply("began-before", Spoken("11455"), "en")
    during = [ms for at, ms in turns.times if saved <= at <= live]
    before = [ms for at, ms in turns.times if at < saved]
    after = [ms for at, ms in turns.times if at > live]
    return {
        "exit_code": done.returncode,
        "said": (done.stdout + done.stderr)[-2000:],
        "save_to_live_s": round(live - saved, 1),
        "steps_s": json.loads(done.stdout).get("steps_s") if done.returncode == 0 else None,
        "turns": len(turns.times),
        "turns_failed": turns.failed,
        "turn_p50_ms": {"before": _p50(before), "during": _p50(during), "after": _p50(after)},
        "turn_p95_ms": {
            name: round(percentile(times, 0.95), 1)
            for name, times in (("before", before), ("during", during), ("after", after))
        },
        "call_under_way_kept_its_order": old.facts.get("is_verified") == "true",
        "new_calls_go_elsewhere": serving.url() != first_url,
    }


def _p50(times: list[float]) -> float:
    return round(statistics.median(times), 1) if times else 0.0


def _await_ready(dialogue: RasaDialogue) -> None:
    until = time.monotonic() + START_LIMIT_S
    pause = threading.Event()
    while not dialogue.is_ready():
        if time.monotonic() > until:
            raise SystemExit("Rasa did not start")
        pause.wait(0.5)


def main() -> None:
    """Print the figures."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter).parse_args()
    machine = report.machine()
    with tempfile.TemporaryDirectory(prefix="ivr-release-") as place:
        house, environment = copy_of_the_house(Path(place))
        made = train(house / "nlu_data", house / "var", ROOT / ".venv-rasa")
        ModelStore(house / "var").make_live(made.version)
        for arguments in (("db", "upgrade"), ("db", "seed"), ("nlu", "test", "--model", "live")):
            done = ivr(house, environment, *arguments)
            if done.returncode:
                raise SystemExit(f"ivr {' '.join(arguments)}: {done.stdout}{done.stderr}")
        command = [sys.executable, "-m", "ivr.cli", "run", "--no-carrier"]
        with (Path(place) / "run.log").open("w") as log:
            service = subprocess.Popen(command, cwd=house, env=environment, stdout=log, stderr=log)
            try:
                figures = measure(house, environment)
                assert Noticeboard(house / "var").is_supervised()
            finally:
                service.send_signal(signal.SIGINT)
                service.wait(60)
    figures["load_after"] = [round(value, 1) for value in os.getloadavg()]
    print(json.dumps(figures, indent=2))
    report.save("release", {"machine": machine, **figures})


if __name__ == "__main__":
    main()
