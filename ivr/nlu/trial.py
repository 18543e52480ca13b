"""A Rasa of its own for trying a model: with the real actions over the demo shop, and nobody on the phone."""

import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from ivr.clock import SystemClock
from ivr.dialogue.dialogue import Dialogue
from ivr.nlu.model_reader import ModelUnreadable
from ivr.nlu.training import rasa_environment, run_arguments, write_runtime_files

START_LIMIT_S = 180.0
LOOK_EVERY_S = 0.3
# (folder for a database) -> (application that answers Rasa, its token)
MakeActions = Callable[[Path], tuple[Flask, str]]
# (address of Rasa, its token) -> dialogue
MakeDialogue = Callable[[str, str], Dialogue]


class _QuietRequestHandler(WSGIRequestHandler):
    """Writes no line per request: the address holds a token."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def trial(
    model: Path,
    rasa_venv: Path,
    data_dir: Path,
    make_actions: MakeActions,
    make_dialogue: MakeDialogue,
    free_port: Callable[[], int],
) -> Iterator[Dialogue]:
    """Start Rasa with a model and stop it at the end. Raises ModelUnreadable when it does not start."""
    with tempfile.TemporaryDirectory(prefix="ivr-trial-") as place:
        folder = Path(place)
        app, token = make_actions(folder)
        actions = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_QuietRequestHandler)
        threading.Thread(target=actions.serve_forever, name="trial-actions", daemon=True).start()
        write_runtime_files(folder, f"http://127.0.0.1:{actions.server_port}/rasa/actions", token, token)
        port = free_port()
        log_file = folder / "rasa.log"
        with log_file.open("w") as log:
            process = subprocess.Popen(
                [
                    *(str(rasa_venv.absolute() / "bin" / "rasa"), "run"),
                    *run_arguments(folder, port, model),
                    *("--auth-token", token),
                ],
                env=rasa_environment(data_dir),
                cwd=folder,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                dialogue = make_dialogue(f"http://127.0.0.1:{port}", token)
                _await(dialogue, process, log_file)
                yield dialogue
            finally:
                process.terminate()
                process.wait(20)
                actions.shutdown()


def _await(dialogue: Dialogue, process: "subprocess.Popen[bytes]", log_file: Path) -> None:
    clock = SystemClock()
    until_s = clock.monotonic() + START_LIMIT_S
    pause = threading.Event()
    while not dialogue.is_ready():
        if process.poll() is not None or clock.monotonic() > until_s:
            last_words = log_file.read_text(encoding="utf-8", errors="replace")[-1500:]
            raise ModelUnreadable(f"Rasa did not start with the model. It said:\n{last_words}")
        pause.wait(LOOK_EVERY_S)
