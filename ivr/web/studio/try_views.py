"""Try it: words typed or spoken, what the live bot makes of them, and a test made of that."""

from flask import g, redirect, render_template, request
from werkzeug.wrappers import Response

from ivr.nlu.studio.trying import NotTried
from ivr.web.services import Services
from ivr.web.studio.inbox_views import author
from ivr.web.studio.notices import Notices


class TryViews:
    """One trial conversation for each designer."""

    def __init__(self, services: Services, notices: Notices) -> None:
        self._services = services
        self._notices = notices

    def page(self) -> str:
        studio = self._services.studio
        lines, problems = studio.sentences.read()
        return render_template(
            "studio/try.html",
            talk=studio.trying.talk(g.staff.name),
            languages=sorted({line.language for line in lines}),
            problems=problems,
        )

    def begin(self) -> Response:
        self._begin(request.form.get("language", ""))
        return redirect("/studio/try", 303)

    def say(self) -> Response:
        trying = self._services.studio.trying
        lines, _ = self._services.studio.sentences.read()
        talk = trying.talk(g.staff.name)
        language = request.form.get("language", "")
        if talk is None or (language and language != talk.language):
            self._begin(language)
            talk = trying.talk(g.staff.name)
        recording = request.files.get("recording")
        if talk is not None and recording is not None and recording.filename:
            heard = trying.hear(recording.read(), talk.language)
            if not heard.text:
                raise NotTried("nothing was understood in the recording")
            trying.say(g.staff.name, heard.text, lines, heard)
        else:
            trying.say(g.staff.name, request.form.get("text", ""), lines)
        return redirect("/studio/try#newest", 303)

    def make_test(self) -> Response:
        name = request.form.get("name", "")
        warning = self._services.studio.trying.make_test(g.staff.name, name, author())
        self._notices.put(
            g.staff.id,
            f"Written to tests/from_studio.yml: “{name.strip()}”. {warning}".strip(),
            bool(warning),
        )
        return redirect("/studio/try", 303)

    def _begin(self, language: str) -> None:
        lines, _ = self._services.studio.sentences.read()
        if language not in {line.language for line in lines}:
            raise NotTried("choose a language")
        self._services.studio.trying.begin(g.staff.name, language)
