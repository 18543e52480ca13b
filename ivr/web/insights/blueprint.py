"""The insights pages: read the scope from the address, ask, render."""

from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from flask import Blueprint, abort, g, render_template, request

from ivr.insights.definitions import definitions
from ivr.insights.fates import Fate
from ivr.insights.figures import FEWEST_SHOWN, Figure, count_shown
from ivr.insights.friction import mend_first
from ivr.insights.letters import alert_says
from ivr.insights.notices import Notice, NoticeKind, Way
from ivr.insights.report import (
    BY,
    QUOTES_READ,
    choices,
    friction,
    heart_by,
    overview,
    value_page,
    way,
)
from ivr.insights.tally import Scope
from ivr.records.kinds import Kind
from ivr.records.store import RecordsUnavailable
from ivr.roles import Role
from ivr.web.insights import charts
from ivr.web.insights.scope_form import read_assumptions, read_scope
from ivr.web.services import Services
from ivr.web.staff.gate import Gate

ALERTS_SHOWN, ALERT_DAYS = 8, 14
BY_NAMES = {"intent": "matter", "language": "language", "hour": "hour of the day", "release": "release"}
WORDS_SHOWN = frozenset({Kind.UTTERANCE_HEARD, Kind.PROMPT_STARTED, Kind.KEYS_ENTERED})


def create_insights_blueprint(services: Services) -> Blueprint:
    """Build `/insights`."""
    blueprint = Blueprint(
        "insights", __name__, url_prefix="/insights", template_folder="templates", static_folder="static"
    )
    Gate(services, Role.SUPERVISOR, Role.DESIGNER, Role.ANALYST).guard(blueprint)
    pages = _Pages(services)
    blueprint.get("")(pages.overview)
    blueprint.get("/heart")(pages.heart)
    blueprint.get("/friction")(pages.friction)
    blueprint.get("/flow")(pages.flow)
    blueprint.get("/value")(pages.value)
    blueprint.get("/calls")(pages.calls)
    blueprint.get("/calls/<call_id>")(pages.call)
    blueprint.register_error_handler(RecordsUnavailable, _records_away)
    blueprint.context_processor(lambda: {"query": _query})
    blueprint.app_template_filter("share")(as_share)
    blueprint.app_template_filter("amount")(as_amount)
    blueprint.app_template_filter("count_shown")(count_shown)
    blueprint.app_template_filter("plain_name")(plain_name)
    blueprint.app_template_filter("here")(pages.here)
    blueprint.app_template_filter("money")(pages.money)
    return blueprint


class _Pages:
    """What is looked at."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def overview(self) -> str:
        scope = self._scope()
        shown = overview(self._services.tally, scope)
        return self._page(
            "overview",
            scope,
            report=shown,
            alerts=self._alerts(),
            alert_words=definitions("alerts"),
            heart_words=definitions("heart"),
        )

    def heart(self) -> str:
        scope = self._scope()
        asked = request.args.get("by", "")
        by = asked if asked in BY else BY[0]
        rows = heart_by(self._services.tally, scope, by)
        return self._page("heart", scope, by=by, rows=rows, names=BY_NAMES, heart_words=definitions("heart"))

    def friction(self) -> str:
        scope, given = self._scope(), read_assumptions(request.args)
        shown = friction(self._services.tally, scope, self._services.owners, given)
        return self._page(
            "friction",
            scope,
            report=shown,
            mend=mend_first(shown.matters),
            friction_words=definitions("friction"),
            quotes_read=QUOTES_READ,
        )

    def flow(self) -> str:
        scope = self._scope()
        return self._page("flow", scope, report=way(self._services.tally, scope))

    def value(self) -> str:
        scope, given = self._scope(), read_assumptions(request.args)
        shown = value_page(self._services.tally, scope, given)
        return self._page(
            "value",
            scope,
            report=shown,
            given=given,
            value_words=definitions("value"),
            currency=self._services.settings.currency,
        )

    def here(self, moment: datetime) -> str:
        """Write a moment in the company's time."""
        return f"{moment.astimezone(self._services.policy.hours.zone):%Y-%m-%d %H:%M}"

    def money(self, value: float | None, digits: int = 0) -> str:
        """Write money in the house's currency, which all of it is in; a dash for none."""
        return "–" if value is None else f"{as_amount(value, digits)}\u00a0{self._services.settings.currency}"

    def _page(self, name: str, scope: Scope, **shown: object) -> str:
        known = choices(self._services.tally, scope)
        return render_template(
            f"insights/{name}.html",
            scope=scope,
            choices=known,
            calls=known.calls,
            charts=charts,
            fate_words=definitions("fates"),
            fewest=FEWEST_SHOWN,
            **shown,
        )

    def _alerts(self) -> list[dict[str, object]]:
        """Return the alerts of the last days, each once, with what became of sending it."""
        since = self._services.clock.now() - timedelta(days=ALERT_DAYS)
        written = self._services.notices.newest(NoticeKind.ALERT, 3 * ALERTS_SHOWN)
        recent = [notice for notice in written if notice.written_at >= since]
        return [
            {
                "written_at": notice.written_at,
                "facts": notice.facts,
                "says": alert_says(notice.facts),
                "troubles": "; ".join(
                    _trouble(one) for one in recent if one.key == notice.key and one.problem
                ),
            }
            for notice in recent
            if notice.way is Way.PAGE
        ][:ALERTS_SHOWN]

    def calls(self) -> str:
        scope = self._scope()
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

    def _scope(self) -> Scope:
        return read_scope(request.args, self._today())

    def _today(self) -> date:
        return self._services.clock.now().astimezone(self._services.policy.hours.zone).date()


def _trouble(notice: Notice) -> str:
    end = "given up" if notice.is_given_up else "tried again soon"
    return f"Not sent by {notice.way}: {notice.problem}, {end}"


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
