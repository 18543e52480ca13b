"""The command `ivr run`: everything at once, until Ctrl-C."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import click

from ivr.clock import SystemClock
from ivr.config import Settings
from ivr.errors import IvrError
from ivr.roles import Role
from ivr.running.child import ChildPlan, RunningProcess, answers, busy_ports
from ivr.running.model_watch import ModelWatch, free_port
from ivr.running.plans import carrier_plan, rasa_plan, service_plan
from ivr.running.served_model import Noticeboard
from ivr.running.supervisor import Supervisor
from ivr.web.staff.sessions import LINK_LIFE_S, new_link

RASA_PYTHON = Path(".venv-rasa/bin/python")


class PortTaken(IvrError):
    """Something else listens where the service wants to."""


def run_command(load: Callable[[], Settings]) -> click.Command:
    """Return `ivr run`."""

    @click.command("run")
    @click.option("--no-carrier", is_flag=True, help="Without the local phone network.")
    def run(no_carrier: bool) -> None:
        """Start Rasa, the service and the local phone network; Ctrl-C stops all three."""
        settings = load()
        plans = [rasa_plan(settings, RASA_PYTHON.absolute()), service_plan(settings)]
        carrier = None if no_carrier else carrier_plan(settings)
        if carrier is not None:
            plans.append(carrier)
        _check_ports(plans)
        phones = carrier.ready_url if carrier is not None else None
        supervise(plans, lambda: click.echo(_what_next(settings, phones)), settings)

    return run


def supervise(
    plans: list[ChildPlan], when_ready: Callable[[], None], settings: Settings | None = None
) -> None:
    """Run the children until SIGINT, SIGTERM or SIGHUP. Main thread only. Raises CouldNotStart.

    With `settings`, a model that is released takes over while the service runs.
    """
    supervisor = Supervisor(plans, RunningProcess, answers, SystemClock(), click.echo, when_ready)
    if settings is not None:
        _watch_models(supervisor, settings)

    def on_signal(number: int, frame: FrameType | None) -> None:
        supervisor.ask_to_stop()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    try:
        supervisor.run()
    finally:
        if settings is not None:
            Noticeboard(settings.data_dir).clear()


def _watch_models(supervisor: Supervisor, settings: Settings) -> None:
    board = Noticeboard(settings.data_dir)
    board.clear()
    board.note_supervisor(os.getpid())
    python = RASA_PYTHON.absolute()

    def plan_for(model: Path, port: int) -> ChildPlan:
        return rasa_plan(settings, python, model, port)

    supervisor.on_tick = ModelWatch(
        board, supervisor, plan_for, settings.max_call_s, SystemClock(), free_port
    ).look


def _check_ports(plans: list[ChildPlan]) -> None:
    busy = busy_ports(plans)
    if busy:
        lines = "\n".join(f"  {plan.host}:{plan.port}, wanted by {plan.name}" for plan in busy)
        raise PortTaken(
            f"These addresses are in use:\n{lines}\n"
            "Stop what uses them (perhaps an earlier `make run`); `ss -ltnp` shows which process it is."
        )


def _what_next(settings: Settings, phones: str | None) -> str:
    if phones is None:
        return (
            f"\nThe service is ready at {settings.public_url}. Point the number's webhook at "
            f"{settings.public_url}/voice/incoming.\n{_staff_links(settings)}\nCtrl-C stops it.\n"
        )
    agents = [agent.rsplit(":", 1) for agent in settings.agents.split(",")]
    agents_phones = "\n".join(
        f"  {name.strip()}'s phone (takes transfers):  {phones}/agent?number=%2B{number.strip()[1:]}"
        for name, number in agents
    )
    return (
        "\nReady. What to do next:\n"
        f"  Call from the browser:     {phones}\n"
        f"{agents_phones}\n"
        f"{_staff_links(settings)}\n"
        "  Call from a script:        .venv/bin/ivr call examples/calls/where-is-my-order.yml\n"
        "  Demo orders:               .venv/bin/ivr orders\n"
        f"Logs are in {settings.data_dir / 'log'}. Ctrl-C stops everything.\n"
    )


def _staff_links(settings: Settings) -> str:
    now = SystemClock().now()
    links = "\n".join(f"  {f'Sign in as {role}:':<27}{new_link(settings, now, role)}" for role in Role)
    return f"{links}\n  (each once, within {LINK_LIFE_S // 60} minutes; `ivr link ROLE` makes another)"
