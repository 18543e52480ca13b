"""Decides how one child process is started, asked whether it is ready, and stopped with all it started."""

import contextlib
import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

PROBE_TIMEOUT_S = 2.0


@dataclass(frozen=True)
class ChildPlan:
    """What is to run: its command, where it listens, the address that answers 200 when it is ready."""

    name: str
    command: tuple[str, ...]
    host: str
    port: int
    ready_url: str
    log: Path


class Running(Protocol):
    """A process that was started."""

    def exit_status(self) -> int | None:
        """Return the exit status (minus the signal that ended it), None while it runs."""
        ...

    def ask_to_stop(self) -> None:
        """Ask the process and all it started to end; returns at once."""
        ...

    def wait_or_kill(self, patience_s: float) -> None:
        """Wait for the end, then end by force what is left of the process and all it started."""
        ...


class RunningProcess:
    """A real process in a group of its own, so that Ctrl-C reaches it only through `ask_to_stop`."""

    def __init__(self, plan: ChildPlan) -> None:
        plan.log.parent.mkdir(parents=True, exist_ok=True)
        with plan.log.open("ab") as log:
            self._process = subprocess.Popen(
                plan.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def exit_status(self) -> int | None:
        """Return the exit status, None while it runs."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the group."""
        self._signal(signal.SIGTERM)

    def wait_or_kill(self, patience_s: float) -> None:
        """Wait for the end, then send SIGKILL to whatever is left of the group."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience_s)
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):  # nothing may be left of the group
            os.killpg(self._process.pid, number)


def answers(url: str) -> bool:
    """Say whether the address answers 200 within two seconds."""
    try:
        with urllib.request.urlopen(url, timeout=PROBE_TIMEOUT_S) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False


def busy_ports(plans: Iterable[ChildPlan]) -> list[ChildPlan]:
    """Return the plans whose port something else already listens on."""
    return [plan for plan in plans if _is_busy(plan.host, plan.port)]


def _is_busy(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: a port whose last connections are only fading out counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def log_tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log file."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 16_384))
        text = file.read().decode("utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])
