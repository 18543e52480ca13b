"""The insights pages: read the scope from the address, ask, render."""

from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, abort, g, render_template, request

from ivr.insights.definitions import definitions
from ivr.insights.fates import Fate
from ivr.insights.figures import FEWEST_SHOWN, Figure
from ivr.insights.report import report
from ivr.records.kinds import Kind
from ivr.records.store import RecordsUnavailable
from ivr.roles import Role
from ivr.web.insights import charts
from ivr.web.insights.scope_form import read_assumptions, read_scope
from ivr.web.services import Services
from ivr.web.staff.gate import Gate

WORDS_SHOWN = frozenset({Kind.UTTERANCE_HEARD, Kind.PROMPT_STARTED, Kind.KEYS_ENTERED})


def create_insights_blueprint(services: Services) -> Blueprint:
    """Build `/insights`."""
    blueprint = Blueprint(
        "insights", __name__, url_prefix="/insights", template_folder="templates", static_folder="static"
    )
    Gate(services, Role.SUPERVISOR, Role.DESIGNER, Role.ANALYST).guard(blueprint)
    pages = _Pages(services)
    blueprint.get("")(pages.overview)
    blueprint.get("/calls")(pages.calls)
    blueprint.get("/calls/<call_id>")(pages.call)
    blueprint.register_error_handler(RecordsUnavailable, _records_away)
    blueprint.context_processor(lambda: {"query": _query})
    blueprint.app_template_filter("share")(as_share)
    blueprint.app_template_filter("amount")(as_amount)
    blueprint.app_template_filter("plain_name")(plain_name)
    return blueprint


class _Pages:
    """What is looked at."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def overview(self) -> str:
        scope = read_scope(request.args, self._today())
        given = read_assumptions(request.args)
        shown = report(self._services.tally, scope, self._services.owners, given)
        return render_template(
            "insights/overview.html",
            report=shown,
            scope=scope,
            given=given,
            charts=charts,
            heart_words=definitions("heart"),
            fate_words=definitions("fates"),
            value_words=definitions("value"),
            fewest=FEWEST_SHOWN,
        )

    def calls(self) -> str:
        scope = read_scope(request.args, self._today())
        fate = request.args.get("fate") or None
        step = request.args.get("step") or None
        return render_template(
            "insights/calls.html",
            scope=scope,
            fate=fate if fate in set(Fate) else None,
            step=step,
            calls=self._services.tally.calls(scope, fate, step),
            fate_words=definitions("fates"),
        )

    def call(self, call_id: str) -> str:
        events = self._services.records.events(call_id)
        if not events:
            abort(404)
        self._services.records.append(call_id, Kind.TRANSCRIPT_VIEWED, agent=g.staff.name)
        return render_template(
            "insights/call.html", call_id=call_id, events=events, words_shown=WORDS_SHOWN, began=events[0].at
        )

    def _today(self) -> date:
        return self._services.clock.now().astimezone(self._services.policy.hours.zone).date()


def _query(**changes: str) -> str:
    """Return the address's questions with some changed; an empty one is left out."""
    asked = {**request.args.to_dict(), **changes}
    return urlencode({name: value for name, value in asked.items() if value})


def as_share(figure: Figure) -> str:
    """Write a share as "43 %"; "too few" below what may be shown."""
    if figure.value is None:
        return "–"
    return f"{100 * figure.value:.0f} %" if figure.is_shown else "too few"


def as_amount(value: float | None, digits: int = 0) -> str:
    """Write a number with thin spaces between thousands; a dash for none."""
    return "–" if value is None else f"{value:,.{digits}f}".replace(",", "\u202f")


def plain_name(name: str) -> str:
    """Write a name of the code's as words: "order_status" as "order status"."""
    return name.replace("_", " ")


def _records_away(_: RecordsUnavailable) -> tuple[str, int]:
    return render_template("insights/away.html"), 503
