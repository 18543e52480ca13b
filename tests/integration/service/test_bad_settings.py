"""Wrong settings: the program says all of them at once and does not start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.config import load
from ivr.errors import SettingsInvalid

GOOD = {"IVR_TWILIO_ACCOUNT_SID": "AC" + "a" * 32, "IVR_TWILIO_AUTH_TOKEN": "secret-token"}
WRONG = {
    "IVR_HOST": "0.0.0.0",
    "IVR_VERIFY_SIGNATURES": "false",
    "IVR_PORT": "http",
    "IVR_PUBLIC_URL": "https://bot.example/path",
    "IVR_TWILIO_ACCOUNT_SID": "AC123",
    "IVR_TWILIO_AUTH_TOKEN": "",
    "IVR_TWILIO_REGION": "ie1",
    "IVR_TWILIO_NUMBER": "0701234567",
    "IVR_AGENTS": "Anna",
    "IVR_DATABASE_URL": "mysql://localhost/ivr",
    "IVR_RASA_URL": "localhost:5005",
    "IVR_ACTIONS_TOKEN": "",
    "IVR_AGENT_RING_S": "1",
    "IVR_VOICE": "robot",
    "IVR_LOG_LEVEL": "LOUD",
}
NOT_TO_BLAME = {"IVR_HOST", "IVR_TWILIO_REGION"}  # fine by themselves; named in the other's message


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Start from good settings and no `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("IVR_")]:
        monkeypatch.delenv(name)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_everything_wrong_is_in_one_message(environment: pytest.MonkeyPatch) -> None:
    for name, value in WRONG.items():
        environment.setenv(name, value)
    with pytest.raises(SettingsInvalid) as invalid:
        load()
    message = str(invalid.value)
    named = {line.strip().split(":")[0] for line in message.splitlines()[1:]}
    assert named == (WRONG.keys() - NOT_TO_BLAME) | {"IVR_TWILIO_EDGE"}


def test_what_is_missing_is_named(environment: pytest.MonkeyPatch) -> None:
    for name in GOOD:
        environment.delenv(name)
    with pytest.raises(SettingsInvalid) as invalid:
        load()
    assert [line.split(":")[0].strip() for line in str(invalid.value).splitlines()[1:]] == list(GOOD)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "127.0.0.1.evil.example", ""])
def test_signatures_stay_on_where_others_can_reach_the_port(
    environment: pytest.MonkeyPatch, host: str
) -> None:
    environment.setenv("IVR_HOST", host)
    environment.setenv("IVR_VERIFY_SIGNATURES", "false")
    with pytest.raises(SettingsInvalid, match="IVR_VERIFY_SIGNATURES"):
        load()
    environment.setenv("IVR_VERIFY_SIGNATURES", "true")
    assert load().verify_signatures


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_signatures_may_be_off_on_loopback(environment: pytest.MonkeyPatch, host: str) -> None:
    environment.setenv("IVR_HOST", host)
    environment.setenv("IVR_VERIFY_SIGNATURES", "false")
    assert not load().verify_signatures


def test_what_may_be_absent_may_be_empty(environment: pytest.MonkeyPatch) -> None:
    for name in ("TWILIO_AUTH_TOKEN_PREVIOUS", "TWILIO_API_URL", "TWILIO_EDGE", "ORDERS_URL", "ORDERS_TOKEN"):
        environment.setenv(f"IVR_{name}", "")
    settings = load()
    assert settings.auth_tokens() == [GOOD["IVR_TWILIO_AUTH_TOKEN"]], "an empty token would sign anything"
    assert settings.orders_url is None


def test_no_message_repeats_a_secret(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("IVR_TWILIO_ACCOUNT_SID", "wrong")
    environment.setenv("IVR_DATABASE_URL", "oracle://ivr:hunter2@host/db")
    with pytest.raises(SettingsInvalid) as invalid:
        load()
    assert "secret-token" not in str(invalid.value)
    assert "hunter2" not in str(invalid.value)


def test_the_command_says_it_without_a_traceback(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IVR_")}
    done = subprocess.run(
        [sys.executable, "-m", "ivr.cli", "run"],
        cwd=tmp_path,
        env=environment | WRONG,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert said.count("IVR_PORT") == 1
    assert "IVR_VERIFY_SIGNATURES" in said
