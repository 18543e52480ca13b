"""The whole system as `ivr run` starts it, on ports of its own, for tests that place real calls."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
STOP_LIMIT_S = 30
CALL_LIMIT_S = 240


@dataclass(frozen=True)
class RunningSystem:
    """Where the parts answer."""

    service_url: str
    carrier_url: str
    account_sid: str
    auth_token: str
    environment: Mapping[str, str]

    def call(self, script: Path, *options: str) -> tuple[int, dict]:
        """Play a call script with `ivr call`; return its exit status and its report."""
        address = self.carrier_url.replace("http", "ws")
        done = self.ivr("call", str(script), "--url", address, "--json", *options)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def ivr(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command `ivr` with this system's settings."""
        command = [sys.executable, "-m", "ivr.cli", *arguments]
        return subprocess.run(
            command,
            cwd=ROOT,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=CALL_LIMIT_S,
            check=False,
        )

    def events(self, call_sid: str) -> list[dict]:
        """Return a call's record."""
        address = f"{self.service_url}/voice/calls/{call_sid}/events?stream=0"
        answer = requests.get(address, auth=(self.account_sid, self.auth_token), timeout=10)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def running_system(folder: Path, **settings: str) -> Iterator[RunningSystem]:
    """Start Rasa, the service and the carrier; stop them at the end. `settings` are names without IVR_."""
    service, carrier, rasa = (f"http://127.0.0.1:{port}" for port in free_ports(3))
    (folder / "models").symlink_to(ROOT / "var" / "models")
    values = {
        "public_url": service,
        "port": service.rsplit(":", 1)[1],
        "twilio_api_url": carrier,
        "rasa_url": rasa,
        "twilio_account_sid": "AC" + secrets.token_hex(16),
        "twilio_auth_token": secrets.token_hex(16),
        "data_dir": str(folder),
        "database_url": f"sqlite:///{folder / 'ivr.db'}",
        "transcriber_workers": "1",  # a second that loads in the middle of a call would take a core
        **settings,
    }
    environment = dict(os.environ) | {f"IVR_{name.upper()}": value for name, value in values.items()}
    system = RunningSystem(
        service, carrier, values["twilio_account_sid"], values["twilio_auth_token"], environment
    )
    for step in ("upgrade", "seed"):
        system.ivr("db", step).check_returncode()
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "ivr.cli", "run"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_until_ready(process)
        yield system
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=STOP_LIMIT_S)


def free_ports(count: int) -> list[int]:
    """Return ports nothing listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    heard = []
    assert process.stdout is not None
    for line in process.stdout:
        heard.append(line)
        if line.startswith("Ready."):
            return
    raise AssertionError("ivr run ended before it was ready:\n" + "".join(heard))
