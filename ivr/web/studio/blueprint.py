"""The studio's addresses, and what every page of it shares."""

from flask import Blueprint, g, redirect, render_template, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from ivr.dialogue.dialogue import DialogueUnavailable
from ivr.errors import IvrError
from ivr.records.store import RecordsUnavailable
from ivr.roles import Role
from ivr.web.services import Services
from ivr.web.staff.gate import Gate
from ivr.web.studio.inbox_views import InboxViews
from ivr.web.studio.intent_views import IntentViews
from ivr.web.studio.notices import Notices
from ivr.web.studio.release_views import ReleaseViews
from ivr.web.studio.try_views import TryViews

# 20 seconds of 48 kHz, 16 bits, in one channel, and the form around it.
MAX_BODY_BYTES = 2_100_000


def create_studio_blueprint(services: Services) -> Blueprint:
    """Build `/studio`."""
    blueprint = Blueprint(
        "studio", __name__, url_prefix="/studio", template_folder="templates", static_folder="static"
    )
    Gate(
        services,
        Role.DESIGNER,
        silent={"progress"},
        permissions="camera=(), microphone=(self), geolocation=()",
        max_body_bytes=MAX_BODY_BYTES,
    ).guard(blueprint)
    notices = Notices()
    inbox, intents = InboxViews(services, notices), IntentViews(services, notices)
    trying, release = TryViews(services, notices), ReleaseViews(services)
    blueprint.get("")(inbox.inbox)
    blueprint.get("/inbox/sound/<call_id>")(inbox.sound)
    blueprint.post("/inbox/label")(inbox.label)
    blueprint.post("/inbox/skip")(inbox.skip)
    blueprint.post("/inbox/undo")(inbox.undo)
    blueprint.get("/intents")(intents.intents)
    blueprint.get("/intents/<name>")(intents.intent)
    blueprint.post("/intents/<name>/add")(intents.add)
    blueprint.post("/intents/<name>/remove")(intents.remove)
    blueprint.get("/try", endpoint="try_page")(trying.page)
    blueprint.post("/try")(trying.say)
    blueprint.post("/try/begin")(trying.begin)
    blueprint.post("/try/test")(trying.make_test)
    blueprint.get("/release", endpoint="release_page")(release.page)
    blueprint.get("/release/progress")(release.progress)
    blueprint.post("/release/prepare")(release.prepare)
    blueprint.post("/release/release")(release.release)
    blueprint.post("/release/rollback")(release.rollback)
    blueprint.context_processor(lambda: {"notice": notices.take(g.staff.id) if g.staff else None})
    blueprint.app_template_filter("plain_intent")(lambda name: str(name).replace("_", " "))
    blueprint.register_error_handler(RecordsUnavailable, _records_away)
    blueprint.register_error_handler(RequestEntityTooLarge, _too_large)

    def refused(problem: IvrError | DialogueUnavailable) -> Response:
        """Say what stood in the way on the page somebody came from; nothing was changed."""
        notices.put(g.staff.id, str(problem), is_bad=True)
        return redirect(url_for(notices.back()), 303)

    blueprint.register_error_handler(IvrError, refused)
    blueprint.register_error_handler(DialogueUnavailable, refused)
    return blueprint


def _records_away(_: RecordsUnavailable) -> tuple[str, int]:
    return _trouble(
        "The records do not answer", "Calls go on and are kept meanwhile. Try again in a minute."
    ), 503


def _too_large(_: RequestEntityTooLarge) -> tuple[str, int]:
    return _trouble("That is too large", "A recording may be 20 seconds long. Nothing was changed."), 413


def _trouble(title: str, says: str) -> str:
    return render_template("studio/trouble.html", title=title, says=says)
