"""A real Rasa server with the trained model, and the service's actions behind it, for integration tests."""

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from ivr.clock import SystemClock
from ivr.dialogue.actions import Actions
from ivr.dialogue.composite_dialogue import CompositeDialogue
from ivr.dialogue.order_check import OrderCheck
from ivr.dialogue.rasa_dialogue import RasaDialogue
from ivr.dialogue.try_limits import MemoryTryLimits
from ivr.dialogue.wording import Wording
from ivr.nlu.training import rasa_environment, run_arguments, train, write_runtime_files
from ivr.web.rasa_actions import create_rasa_actions_blueprint
from tests.fakes.fixed_privacy_desk import FixedPrivacyDesk
from tests.fakes.memory_orders import TODAY, MemoryOrderBook
from tests.fakes.memory_shop import MemoryShop

ROOT = Path(__file__).parents[2]
RASA_TOKEN = "token-of-this-test"
ACTIONS_TOKEN = "actions-of-this-test"
START_LIMIT_S = 240


class QuietRequestHandler(WSGIRequestHandler):
    """Writes no line per request: there are thousands, and the address holds a token."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@dataclass(frozen=True)
class RealRasa:
    """A running Rasa. `url` is its address; `dialogue` the service's side of it; `pid` its process."""

    version: str  # of the model
    url: str
    dialogue: CompositeDialogue
    starts_in_s: float
    pid: int


@contextmanager
def running_rasa(folder: Path, orders: MemoryOrderBook) -> Iterator[RealRasa]:
    """Train if needed, start Rasa and the actions, and stop them at the end."""
    trained = train(ROOT / "nlu_data", ROOT / "var", ROOT / ".venv-rasa", say=lambda _: None)
    clock = SystemClock()
    limits = MemoryTryLimits(clock, per_order=10_000)  # many conversations share the shop's few orders
    order_check = OrderCheck(orders, limits, clock, time_passes, lambda _: None)
    shop = MemoryShop(orders)
    app = Flask("actions")
    app.register_blueprint(
        create_rasa_actions_blueprint(
            Actions(order_check, shop, FixedPrivacyDesk(), lambda: TODAY), ACTIONS_TOKEN
        )
    )
    actions = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietRequestHandler)
    threading.Thread(target=actions.serve_forever, daemon=True).start()
    actions_url = f"http://127.0.0.1:{actions.server_port}/rasa/actions"
    write_runtime_files(folder, actions_url, ACTIONS_TOKEN, RASA_TOKEN)
    port = free_port()
    arguments = [
        str(trained.model) if part.endswith("current.tar.gz") else part
        for part in run_arguments(folder, port)
    ]
    started = clock.monotonic()
    with (folder / "rasa.log").open("w") as log_file:
        process = subprocess.Popen(
            [str(ROOT / ".venv-rasa/bin/rasa"), "run", *arguments, "--auth-token", RASA_TOKEN],
            env=rasa_environment(ROOT / "var"),
            cwd=folder,
            stdout=log_file,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wording = Wording.load(ROOT / "nlu_data", "Nordlys")
            dialogue = CompositeDialogue(RasaDialogue(url, RASA_TOKEN, wording, timeout_s=10), wording)
            _await_ready(dialogue, process, folder / "rasa.log", started + START_LIMIT_S)
            yield RealRasa(trained.version, url, dialogue, clock.monotonic() - started, process.pid)
        finally:
            process.terminate()
            process.wait(20)
            actions.shutdown()


def time_passes(seconds: float) -> None:
    """Wait in real time, as the service does."""
    threading.Event().wait(seconds)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_ready(
    dialogue: CompositeDialogue, process: subprocess.Popen[bytes], log_file: Path, until: float
) -> None:
    while not dialogue.is_ready():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"Rasa did not start:\n{log_file.read_text()[-3000:]}")
        time_passes(0.5)
