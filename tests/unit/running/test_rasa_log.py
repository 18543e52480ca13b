"""What Rasa may write into its log."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WRITES = """
import logging, sys
sys.path.insert(0, "ivr/running")
import rasa_process
if sys.argv[1] == "withheld":
    rasa_process.withhold_personal_data()
from rasa.utils import log_utils
log_utils.configure_structlog(logging.INFO)
import structlog
log = structlog.get_logger()
words = "four seven one one nine two"
try:
    raise RuntimeError("broke")
except RuntimeError:
    log.exception("rest.message.received.failure", text=words)
log.error("rest.message.received.timeout", text=words)
log.error("anything.new", never_seen_before=[words])
address = "http://127.0.0.1:5005/webhooks/rest/webhook?token=hush"
logging.getLogger("sanic.error").error("Exception occurred while handling uri: %s", address)
"""


def written(rasa: str) -> str:
    python = ROOT / ".venv-rasa" / "bin" / "python"
    done = subprocess.run(
        [python, "-c", WRITES, rasa], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout + done.stderr


@pytest.mark.rasa
def test_rasas_log_says_what_broke_but_not_what_the_caller_said() -> None:
    log = written("withheld")
    assert "four seven" not in log
    assert "hush" not in log
    assert log.count("[withheld]") == 3
    for event in (
        "rest.message.received.failure",
        "rest.message.received.timeout",
        "anything.new",
        "RuntimeError",
    ):
        assert event in log


@pytest.mark.rasa
def test_rasas_log_shows_everything_on_request() -> None:
    assert written("shown").count("four seven") >= 3
