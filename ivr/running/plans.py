"""Decides which processes make up the running service and how each is started."""

import os
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

from ivr.config import Settings
from ivr.errors import IvrError
from ivr.running.child import ChildPlan

HERE = Path(__file__).parent
CARRIER_PORT = 8081
CARRIER_HOST = "127.0.0.1"


class NotSetUp(IvrError):
    """Something that set-up makes is missing."""


def service_plan(settings: Settings) -> ChildPlan:
    """Return the web service under gunicorn."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    asked_at = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)
    return ChildPlan(
        name="the service",
        command=(
            sys.executable,
            "-m",
            "gunicorn",
            "--config",
            str(HERE / "gunicorn_config.py"),
            "--bind",
            f"{host}:{settings.port}",
            "ivr.bootstrap:create_service()",
        ),
        host=settings.host,
        port=settings.port,
        # Ready while Rasa is still loading: keywords and a person are there from the first call on.
        ready_url=f"http://{asked_at}:{settings.port}/health/live",
        log=settings.data_dir / "log" / "service.log",
    )


def rasa_plan(settings: Settings, rasa_python: Path) -> ChildPlan:
    """Return the Rasa server, on the address the service asks. Raises NotSetUp."""
    address = urlsplit(settings.rasa_url)
    rasa_dir = settings.data_dir / "rasa"
    model = settings.data_dir / "models" / "rasa" / "current.tar.gz"
    needed = (rasa_python, model, rasa_dir / "endpoints.yml", rasa_dir / "credentials.yml")
    missing = [str(path) for path in needed if not path.exists()]
    if missing:
        raise NotSetUp(
            f"Rasa cannot start: {', '.join(missing)} missing. `make setup` makes what is missing."
        )
    token = settings.rasa_token.get_secret_value()
    token_file = rasa_dir / "token"
    _write_secret(token_file, token)
    host, port = address.hostname or "127.0.0.1", address.port or 5005
    return ChildPlan(
        name="Rasa",
        command=(
            # Rasa sends usage statistics to its makers unless told not to.
            *("env", "RASA_TELEMETRY_ENABLED=false", "TF_CPP_MIN_LOG_LEVEL=2", str(rasa_python)),
            *(str(HERE / "rasa_process.py"), str(token_file), "--enable-api"),
            *("-i", host, "-p", str(port), "-m", str(model)),
            *(
                "--endpoints",
                str(rasa_dir / "endpoints.yml"),
                "--credentials",
                str(rasa_dir / "credentials.yml"),
            ),
        ),
        host=host,
        port=port,
        ready_url=f"{settings.rasa_url.rstrip('/')}/status?token={quote(token)}",
        log=settings.data_dir / "log" / "rasa.log",
    )


def carrier_plan(settings: Settings) -> ChildPlan:
    """Return the local phone network."""
    return ChildPlan(
        name="the carrier",
        command=(sys.executable, "-m", "ivr.cli", "carrier"),
        host=CARRIER_HOST,
        port=CARRIER_PORT,
        ready_url=f"http://{CARRIER_HOST}:{CARRIER_PORT}/phone",
        log=settings.data_dir / "log" / "carrier.log",
    )


def uses_carrier(settings: Settings) -> bool:
    """Say whether the settings point the service at the local phone network and not at Twilio."""
    if settings.twilio_api_url is None:
        return False
    address = urlsplit(settings.twilio_api_url)
    return (address.hostname, address.port) in {(CARRIER_HOST, CARRIER_PORT), ("localhost", CARRIER_PORT)}


def _write_secret(path: Path, secret: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secret)
