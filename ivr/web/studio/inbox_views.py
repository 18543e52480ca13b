"""The inbox: read the form, call one thing, show the page."""

import re

from flask import Response as FlaskResponse
from flask import abort, g, redirect, render_template, request
from werkzeug.wrappers import Response

from ivr.nlu.editing import Author
from ivr.nlu.studio.sentences import SentenceRefused
from ivr.web.services import Services
from ivr.web.studio.notices import Notices

SHOWN = 25
PURPOSE = "training"  # what callers must have agreed to before a designer hears them
MOST_PARTS = 4


def author() -> Author:
    """Return the signed-in designer as git names them."""
    name = re.sub(r"[<>\s]+", " ", g.staff.name).strip() or "designer"
    place = re.sub(r"[^a-z0-9]+", ".", name.lower()).strip(".") or "designer"
    return Author(name, f"{place}@studio.invalid")


class InboxViews:
    """What callers said and what it should teach."""

    def __init__(self, services: Services, notices: Notices) -> None:
        self._services = services
        self._notices = notices

    def inbox(self) -> str:
        studio = self._services.studio
        lines, problems = studio.sentences.read()
        languages = sorted({line.language for line in lines})
        asked = request.args.get("language")
        language = asked if asked in languages else None
        items, total = studio.labelling.items(lines, language, SHOWN)
        calls = [one.item.newest.call_id for one in items]
        audible = {found.call_id for found in self._services.listening.for_purpose(PURPOSE, calls)}
        return render_template(
            "studio/inbox.html",
            items=items,
            audible=audible,
            total=total,
            intents=sorted({line.intent for line in lines}),
            problems=problems,
            languages=languages,
            language=language,
        )

    def label(self) -> Response:
        form = request.form
        sentences, intents = form.getlist("sentence"), form.getlist("intent")
        likely = form.get("likely")
        if likely:
            intents = [likely, *intents[1:]]
        pairs = zip(intents, sentences, strict=False)
        parts = [(intent.strip(), sentence) for intent, sentence in pairs if sentence.strip()]
        if not parts or len(parts) > MOST_PARTS or not all(intent for intent, _ in parts):
            raise SentenceRefused("give every sentence an intent")
        written = self._services.studio.labelling.label(
            form.get("key", ""), form.get("language", ""), parts, author()
        )
        said = ", ".join(sorted({intent.replace("_", " ") for intent, _ in parts}))
        what = f"Added to {said}." if written.sentences else f"{said.capitalize()} knows these words already."
        self._notices.put(g.staff.id, f"{what} {written.warning}".strip(), bool(written.warning))
        return self._back()

    def sound(self, call_id: str) -> Response:
        """Hand out the recording of a call whose caller agreed to it; that it was heard is on record."""
        found = self._services.listening.listen(call_id, PURPOSE, author().name)
        if found is None:
            abort(404)
        return FlaskResponse(found, mimetype="audio/wav", headers={"Cache-Control": "no-store"})

    def skip(self) -> Response:
        form = request.form
        self._services.studio.labelling.skip(
            form.get("key", "")[:16], form.get("language", "")[:16], author().name
        )
        self._notices.put(g.staff.id, "Skipped.")
        return self._back()

    def undo(self) -> Response:
        undone = self._services.studio.labelling.undo(author())
        if undone is None:
            self._notices.put(g.staff.id, "You have done nothing that could be undone.")
        else:
            self._notices.put(g.staff.id, f"Taken back: what you {undone.what} last is in the inbox again.")
        return self._back()

    def _back(self) -> Response:
        shown = request.form.get("shown", "")
        return redirect(f"/studio?language={shown}" if re.fullmatch("[a-z]{2}", shown) else "/studio", 303)
