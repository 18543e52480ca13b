"""Decides which processes make up the running service and how each is started."""

import os
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

from ivr.config import Settings
from ivr.errors import IvrError
from ivr.nlu.model_store import MODEL
from ivr.nlu.training import component_environment, run_arguments, write_runtime_files
from ivr.running.child import ChildPlan
from ivr.running.rasa_process import SHOW_PERSONAL_DATA

HERE = Path(__file__).parent


class NotSetUp(IvrError):
    """Something that set-up makes is missing."""


def service_plan(settings: Settings) -> ChildPlan:
    """Return the web service under gunicorn."""
    return ChildPlan(
        name="the service",
        command=(
            sys.executable,
            "-m",
            "gunicorn",
            "--config",
            str(HERE / "gunicorn_config.py"),
            "--bind",
            _bracketed(settings.host) + f":{settings.port}",
            "ivr.bootstrap:create_service()",
        ),
        host=settings.host,
        port=settings.port,
        # Ready while Rasa is still loading: keywords and a person are there from the first call on.
        ready_url=f"{_own_address(settings)}/health/live",
        log=settings.data_dir / "log" / "service.log",
    )


def rasa_plan(
    settings: Settings, rasa_python: Path, model: Path | None = None, own_port: int | None = None
) -> ChildPlan:
    """Return the Rasa server with the live model, on the address the service asks first.

    A successor has a `model` and a port of its own. Raises NotSetUp.
    """
    address = urlsplit(settings.rasa_url)
    host, port = address.hostname or "127.0.0.1", own_port or address.port or 5005
    model = model or settings.data_dir / MODEL
    missing = [str(path) for path in (rasa_python, model) if not path.exists()]
    if missing:
        raise NotSetUp(
            f"Rasa cannot start: {', '.join(missing)} missing. `make setup` makes what is missing."
        )
    actions_url = f"{_own_address(settings)}/rasa/actions"
    token = settings.rasa_token.get_secret_value()
    actions_token = settings.actions_token.get_secret_value()
    runtime = write_runtime_files(settings.data_dir, actions_url, actions_token, token)
    _write_secret(runtime / "token", token)
    # From INFO up Rasa writes no words but those rasa_process.py withholds; at DEBUG it writes all of them.
    is_quiet = settings.log_level == "DEBUG" and not settings.log_personal_data
    level = "INFO" if is_quiet else settings.log_level
    show = (SHOW_PERSONAL_DATA,) if settings.log_personal_data else ()
    return ChildPlan(
        name="Rasa",
        command=(
            # Rasa sends usage statistics to its makers unless told not to.
            *("env", "RASA_TELEMETRY_ENABLED=false", "TF_CPP_MIN_LOG_LEVEL=2", f"LOG_LEVEL={level}"),
            *(f"{name}={value}" for name, value in component_environment(settings.data_dir).items()),
            *(str(rasa_python), str(HERE / "rasa_process.py"), str(runtime / "token"), *show),
            *run_arguments(settings.data_dir, port, model),
        ),
        host=host,
        port=port,
        ready_url=f"http://{_bracketed(host)}:{port}/status?token={quote(token)}",
        log=settings.data_dir / "log" / "rasa.log",
    )


def carrier_plan(settings: Settings) -> ChildPlan | None:
    """Return the local phone network; None when the service does not use it."""
    address = settings.carrier_address()
    if address is None:
        return None
    host, port = address
    return ChildPlan(
        name="the carrier",
        command=(sys.executable, "-m", "ivr.cli", "carrier"),
        host=host,
        port=port,
        ready_url=f"http://{_bracketed(host)}:{port}/phone",
        log=settings.data_dir / "log" / "carrier.log",
    )


def _own_address(settings: Settings) -> str:
    """Return the address at which this machine reaches the service."""
    asked_at = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    return f"http://{_bracketed(asked_at)}:{settings.port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _write_secret(path: Path, secret: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secret)
