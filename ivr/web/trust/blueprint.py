"""The trust pages: read the period from the address, ask, render; who may see which."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain

from flask import Blueprint, Response, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ivr.privacy.retention import ALARM_AFTER
from ivr.records.store import RecordsUnavailable
from ivr.roles import Role
from ivr.trust.documents import TEMPLATES, filled_in, guide, processors
from ivr.trust.history import MODEL, PARTS, history
from ivr.trust.register import Running, register
from ivr.trust.trust_records import Evidence
from ivr.web.services import Services
from ivr.web.staff.gate import Gate, requires

RESPONSIBLE = (Role.SUPERVISOR, Role.ANALYST)
DAYS = 30
SHOWN = 50
RELEASES_SHOWN = 40
HEARD_FOR = "quality"
_PARTS = (MODEL, *PARTS)
_COLUMNS = (
    "call",
    "began_utc",
    "language",
    "outcome",
    "evidence",
    "wording_version",
    "said_in",
    "played_to_the_end_utc",
    "times",
    "handed_back",
    "said_again",
)


def create_trust_blueprint(services: Services) -> Blueprint:
    """Build `/trust`: the guide for everybody, the rest for the people responsible."""
    blueprint = Blueprint(
        "trust", __name__, url_prefix="/trust", template_folder="templates", static_folder="static"
    )
    Gate(services, Role.AGENT, *RESPONSIBLE).guard(blueprint)
    pages = _Pages(services)
    responsible = requires(*RESPONSIBLE)
    blueprint.get("")(pages.overview)
    blueprint.get("/disclosure.csv")(responsible(pages.disclosure_csv))
    blueprint.get("/recordings/<call_id>.wav")(requires(Role.SUPERVISOR)(pages.recording))
    blueprint.get("/systems")(responsible(pages.systems))
    blueprint.get("/releases.csv")(responsible(pages.releases_csv))
    blueprint.get("/documents")(responsible(pages.documents))
    blueprint.get("/documents/<name>.md")(responsible(pages.document))
    blueprint.get("/guide")(pages.guide)
    blueprint.post("/guide")(pages.has_read)
    blueprint.post("/requests/<case_number>/close")(requires(Role.SUPERVISOR)(pages.close_request))
    blueprint.register_error_handler(RecordsUnavailable, _records_away)
    return blueprint


class _Pages:
    """What is looked at."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def overview(self) -> str | AnyResponse:
        if not g.staff.has_any(RESPONSIBLE):
            return redirect("/trust/guide", 303)
        first, last = self._period()
        trust, privacy = self._services.trust, self._services.privacy
        since, until = _begins(first), _begins(last + timedelta(days=1))
        without, served = trust.share_without(since, until)
        evidence = [one for one, _ in zip(trust.evidence(since, until), range(SHOWN), strict=False)]
        return render_template(
            "trust/overview.html",
            first=first,
            last=last,
            without=without,
            served=served,
            evidence=evidence,
            requests=privacy.records.requests(),
            erasures=privacy.records.erasures(),
            holds=privacy.records.holds(),
            periods=vars(privacy.retention.periods),
            runs=privacy.retention.runs(),
            is_alarmed=privacy.retention.failures() >= ALARM_AFTER,
            visits=trust.visits(),
            recordings=trust.recordings(),
            recorded=self._services.listening.for_purpose(HEARD_FOR),
            is_recording=bool(self._services.settings.recording_purposes),
            may_listen=Role.SUPERVISOR in g.staff.roles,
            now=self._services.clock.now(),
            may_close=Role.SUPERVISOR in g.staff.roles,
        )

    def disclosure_csv(self) -> Response:
        first, last = self._period()
        rows = self._services.trust.evidence(_begins(first), _begins(last + timedelta(days=1)))
        return _download(_csv_lines(_COLUMNS, map(_evidence_cells, rows)), f"disclosure-{first}-{last}.csv")

    def recording(self, call_id: str) -> Response:
        sound = self._services.listening.listen(call_id, HEARD_FOR, g.staff.name)
        if sound is None:
            abort(404)
        return Response(sound, mimetype="audio/wav", headers={"Cache-Control": "no-store"})

    def systems(self) -> str:
        settings = self._services.settings
        running = Running(
            settings.data_dir,
            settings.nlu_data_dir,
            settings.transcriber,
            settings.whisper_model,
            settings.voice,
            self._services.owners,
            settings.languages_in_use(),
            settings.piper_voices,
            settings.rewriter_url,
            settings.rewriter_model,
        )
        part = request.args.get("part")
        releases = history(settings.data_dir, settings.nlu_data_dir, part if part in _PARTS else None)
        is_all = "all" in request.args
        return render_template(
            "trust/systems.html",
            systems=register(running),
            releases=releases if is_all else releases[:RELEASES_SHOWN],
            released=len(releases),
            part=part,
            parts=_PARTS,
        )

    def releases_csv(self) -> Response:
        settings = self._services.settings
        rows = history(settings.data_dir, settings.nlu_data_dir)
        named = ("at", "who", "what", "changed", "version")
        cells = ([one.at.isoformat(), one.who, one.what, one.changed, one.version] for one in rows)
        return _download(_csv_lines(named, cells), "releases.csv")

    def documents(self) -> str:
        settings = self._services.settings
        return render_template(
            "trust/documents.html",
            processors=processors(settings),
            readings=self._services.trust.readings(),
            guide=guide(),
        )

    def document(self, name: str) -> Response:
        if name not in TEMPLATES:
            abort(404)
        periods = self._services.privacy.retention.periods
        text = filled_in(name, self._services.settings, periods, self._services.clock.now().date())
        headers = {"Content-Disposition": f"attachment; filename={name}.md"}
        return Response(text, mimetype="text/markdown", headers=headers)

    def guide(self) -> str:
        shown = guide()
        mine = [one for one in self._services.trust.readings() if one.person == g.staff.name]
        read = next((one for one in mine if one.version == shown.version), None)
        return render_template("trust/guide.html", guide=shown, read=read, has_older=bool(mine))

    def has_read(self) -> AnyResponse:
        version = request.form.get("version", "")
        if version != guide().version:
            abort(409)
        self._services.trust.read(g.staff.name, version)
        return redirect("/trust/guide", 303)

    def close_request(self, case_number: str) -> AnyResponse:
        if not self._services.privacy.records.close_request(case_number, g.staff.name):
            abort(404)
        return redirect("/trust#requests", 303)

    def _period(self) -> tuple[date, date]:
        today = self._services.clock.now().date()
        last = _day(request.args.get("to"), today)
        first = _day(request.args.get("from"), last - timedelta(days=DAYS - 1))
        return min(first, last), last


def _day(text: str | None, otherwise: date) -> date:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return otherwise
    return found if 2000 <= found.year <= 2200 else otherwise


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _evidence_cells(one: Evidence) -> Sequence[object]:
    return (
        one.call_id,
        one.started_at.isoformat(),
        one.language,
        one.outcome or "going on",
        "yes" if one.is_there else "no",
        one.text_version or "",
        one.said_in or "",
        one.said_at.isoformat() if one.said_at else "",
        one.times,
        one.handed_back,
        one.said_again,
    )


def _csv_lines(named: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line)
    for cells in chain([named], rows):
        writer.writerow(cells)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _download(lines: Iterator[str], name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(lines, mimetype="text/csv", headers=headers)


def _records_away(_: RecordsUnavailable) -> tuple[str, int]:
    return render_template("trust/away.html"), 503
