"""What is started, where, and what never shows: a token among the arguments."""

import json
import socket
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from gunicorn.config import Config

from ivr.config import Settings
from ivr.running import gunicorn_config
from ivr.running.plans import NotSetUp, carrier_plan, rasa_plan, service_plan
from ivr.running.rasa_process import SHOW_PERSONAL_DATA
from ivr.running.run_command import PortTaken, run_command


def settings(data_dir: Path, **changed: object) -> Settings:
    values: dict[str, object] = {
        "_env_file": None,
        "twilio_account_sid": "AC" + "0" * 32,
        "twilio_auth_token": "a-twilio-token",
        "twilio_api_url": "http://127.0.0.1:8081",
        "rasa_token": "a-rasa-token",
        "actions_token": "an-actions-token",
        "data_dir": data_dir,
    }
    return Settings(**(values | changed))


@pytest.fixture
def rasa_python(tmp_path: Path) -> Path:
    """A machine on which set-up has been: Rasa's Python and a trained model."""
    python = tmp_path / "rasa-python"
    python.touch()
    model = tmp_path / "models" / "rasa" / "current.tar.gz"
    model.parent.mkdir(parents=True)
    model.touch()
    return python


def test_rasa_listens_where_the_service_asks_and_calls_back_with_its_token(
    tmp_path: Path, rasa_python: Path
) -> None:
    plan = rasa_plan(settings(tmp_path, rasa_url="http://127.0.0.1:5006", port=8090), rasa_python)
    assert (plan.host, plan.port) == ("127.0.0.1", 5006)
    assert plan.ready_url == "http://127.0.0.1:5006/status?token=a-rasa-token"
    arguments = " ".join(plan.command)
    assert "--interface 127.0.0.1 --port 5006" in arguments
    endpoint = json.loads((tmp_path / "rasa" / "endpoints.yml").read_text())["action_endpoint"]
    assert endpoint["url"] == "http://127.0.0.1:8090/rasa/actions"
    assert endpoint["token"] == "an-actions-token"


def test_no_secret_shows_in_the_list_of_processes(tmp_path: Path, rasa_python: Path) -> None:
    with_secrets = settings(tmp_path)
    plans = [rasa_plan(with_secrets, rasa_python), service_plan(with_secrets), carrier_plan(with_secrets)]
    arguments = " ".join(word for plan in plans for word in plan.command)
    assert "token-" not in arguments
    for secret in ("a-twilio-token", "a-rasa-token", "an-actions-token"):
        assert secret not in arguments
    token_file = tmp_path / "rasa" / "token"
    assert token_file.read_text() == "a-rasa-token"
    assert stat.S_IMODE(token_file.stat().st_mode) == 0o600


def test_rasa_sends_no_usage_statistics(tmp_path: Path, rasa_python: Path) -> None:
    command = rasa_plan(settings(tmp_path), rasa_python).command
    assert command[0] == "env"
    assert "RASA_TELEMETRY_ENABLED=false" in command[: command.index(str(rasa_python))]


@pytest.mark.parametrize(
    ("level", "is_shown", "expected"),
    [("DEBUG", False, "INFO"), ("INFO", False, "INFO"), ("ERROR", False, "ERROR"), ("DEBUG", True, "DEBUG")],
)
def test_rasas_level_never_brings_words_by_itself(
    tmp_path: Path, rasa_python: Path, level: str, is_shown: bool, expected: str
) -> None:
    command = rasa_plan(settings(tmp_path, log_level=level, log_personal_data=is_shown), rasa_python).command
    assert f"LOG_LEVEL={expected}" in command[: command.index(str(rasa_python))]
    assert (SHOW_PERSONAL_DATA in command) == is_shown


def test_what_set_up_has_not_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotSetUp, match=r"rasa-python, .*current\.tar\.gz missing\. `make setup`"):
        rasa_plan(settings(tmp_path), tmp_path / "rasa-python")


@pytest.mark.parametrize(
    ("host", "bound", "asked"),
    [
        ("127.0.0.1", "127.0.0.1:8080", "http://127.0.0.1:8080/health/live"),
        ("0.0.0.0", "0.0.0.0:8080", "http://127.0.0.1:8080/health/live"),
        ("::", "[::]:8080", "http://[::1]:8080/health/live"),
    ],
)
def test_the_service_is_asked_on_an_address_it_answers(
    tmp_path: Path, host: str, bound: str, asked: str
) -> None:
    plan = service_plan(settings(tmp_path, host=host))
    assert plan.command[plan.command.index("--bind") + 1] == bound
    assert plan.ready_url == asked


@pytest.mark.parametrize(
    ("api_url", "is_local"),
    [
        ("http://127.0.0.1:8081", True),
        ("http://localhost:8081/", True),
        (None, False),
        ("https://api.example.com", False),
    ],
)
def test_the_carrier_runs_only_where_the_service_uses_it(
    tmp_path: Path, api_url: str | None, is_local: bool
) -> None:
    assert (carrier_plan(settings(tmp_path, twilio_api_url=api_url)) is not None) is is_local


def test_a_taken_port_is_named_and_nothing_is_started(
    tmp_path: Path, rasa_python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.running.run_command.RASA_PYTHON", rasa_python)
    monkeypatch.setattr("ivr.running.run_command.supervise", lambda *_: pytest.fail("something was started"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = run_command(lambda: settings(tmp_path, port=port, twilio_api_url=None))
        result = CliRunner().invoke(command, [])
    assert isinstance(result.exception, PortTaken)
    assert f"127.0.0.1:{port}, wanted by the service" in str(result.exception)


def test_gunicorn_knows_every_line_of_its_configuration() -> None:
    known = Config()
    chosen = {name: value for name, value in vars(gunicorn_config).items() if not name.startswith("_")}
    for name, value in chosen.items():
        known.set(name, value)
    assert known.workers == 1  # a call lives in one process
    assert known.worker_class_str == "gthread"
    assert known.control_socket_disable
