"""Intents: what each one knows, what it is mistaken for, what it costs."""

from datetime import timedelta

from flask import abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ivr.insights.friction import Matter, MatterSums, matters
from ivr.insights.tally import Scope
from ivr.insights.value import Assumptions
from ivr.nlu.studio.intents import THIN, heard_confusions, overviews
from ivr.web.services import Services
from ivr.web.studio.inbox_views import author
from ivr.web.studio.notices import Notices

DAYS = 28


class IntentViews:
    """The intents and their sentences."""

    def __init__(self, services: Services, notices: Notices) -> None:
        self._services = services
        self._notices = notices

    def intents(self) -> str:
        studio = self._services.studio
        lines, problems = studio.sentences.read()
        tested = studio.releases.previews.newest()
        found = overviews(lines, tested, heard_confusions(studio.nlu_data))
        return render_template(
            "studio/intents.html",
            intents=found,
            languages=sorted({line.language for line in lines}),
            matters=self._matters(),
            problems=problems,
            tested=tested,
            thin=THIN,
            days=DAYS,
        )

    def intent(self, name: str) -> str:
        studio = self._services.studio
        lines, problems = studio.sentences.read()
        tested = studio.releases.previews.newest()
        found = {one.name: one for one in overviews(lines, tested, heard_confusions(studio.nlu_data))}
        if name not in found:
            abort(404)
        own = [line for line in lines if line.intent == name]
        return render_template(
            "studio/intent.html",
            intent=found[name],
            by_language={
                language: [line for line in own if line.language == language]
                for language in sorted({line.language for line in lines})
            },
            matter=self._matters().get(name),
            tested=tested,
            problems=problems,
            days=DAYS,
        )

    def add(self, name: str) -> Response:
        language = request.form.get("language", "")
        sentences = request.form.get("sentences", "").splitlines()
        written = self._services.studio.sentences.add(language, name, sentences, author())
        count = len(written.sentences)
        what = f"{count} added." if count else "Nothing added: it is there already."
        self._notices.put(g.staff.id, f"{what} {written.warning}".strip(), bool(written.warning))
        return self._back(name, language)

    def remove(self, name: str) -> Response:
        language = request.form.get("language", "")
        written = self._services.studio.sentences.remove(
            language, name, request.form.get("sentence", ""), author()
        )
        self._notices.put(g.staff.id, f"Removed. {written.warning}".strip(), bool(written.warning))
        return self._back(name, language)

    def _back(self, name: str, language: str) -> Response:
        return redirect(url_for("studio.intent", name=name, _anchor=f"in-{language}"), 303)

    def _matters(self) -> dict[str, Matter]:
        zone = self._services.policy.hours.zone
        today = self._services.clock.now().astimezone(zone).date()
        scope = Scope((today - timedelta(days=DAYS - 1)).isoformat(), today.isoformat())
        tally = self._services.tally
        sums = {name: tally.split(name, "intent", scope) for name in MatterSums.__annotations__}
        found = matters(MatterSums(**sums), self._services.owners, Assumptions())
        return {matter.intent: matter for matter in found}
