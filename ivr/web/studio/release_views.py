"""Release: what changed, what it would do, and the buttons."""

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from ivr.nlu.model_store import NoSuchVersion
from ivr.nlu.studio.changes import changes_since
from ivr.web.services import Services
from ivr.web.studio.inbox_views import author

HISTORY_SHOWN = 20


class ReleaseViews:
    """From what is written to what answers callers."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def page(self) -> str:
        studio = self._services.studio
        store = studio.releases.store
        live = store.live_version()
        try:
            manifest = store.manifest(live) if live else None
        except NoSuchVersion:
            manifest = None
        changes = None
        if manifest is not None and manifest.git_commit:
            changes = changes_since(studio.nlu_data, manifest.git_commit)
        _, problems = studio.sentences.read()
        return render_template(
            "studio/release.html",
            live=live,
            manifest=manifest,
            changes=changes,
            job=studio.releases.job,
            preview=studio.releases.previews.newest(),
            history=store.history()[:HISTORY_SHOWN],
            problems=problems,
        )

    def progress(self) -> str:
        return render_template("studio/part_job.html", job=self._services.studio.releases.job)

    def prepare(self) -> Response:
        self._services.studio.releases.prepare(author().name)
        return redirect("/studio/release", 303)

    def release(self) -> Response:
        self._services.studio.releases.release(request.form.get("version", ""), author().name)
        return redirect("/studio/release", 303)

    def rollback(self) -> Response:
        self._services.studio.releases.rollback(author().name)
        return redirect("/studio/release", 303)
