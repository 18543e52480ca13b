"""The desk as it changes: server-sent events with the parts of the page that are new."""

import json
import re
import threading
from collections.abc import Iterator

from flask import Response, current_app
from jinja2 import Environment

from ivr.records.store import RecordsUnavailable
from ivr.web.desk.board import BoardReader
from ivr.web.desk.screen import Change, Screen, note_view
from ivr.web.desk.shelf import Shelf
from ivr.web.desk.views_seen import ViewsSeen
from ivr.web.services import Services
from ivr.web.staff.gate import Gate
from ivr.web.staff.sessions import StaffSession

LOOK_EVERY_S = 0.2
STREAM_S = 300.0  # a browser comes back by itself, with the cookie it has by then
KEEP_ALIVE_S = 5.0
MOST_STREAMS = 48  # each holds a thread of the server, and calls need theirs
_PAGE = re.compile(r"[A-Za-z0-9_-]{8,32}")


class Streams:
    """Makes screens and keeps them current. Safe from any thread."""

    def __init__(self, services: Services, board: BoardReader, gate: Gate) -> None:
        self._services = services
        self._board = board
        self._door = gate.door
        self._places = threading.Semaphore(MOST_STREAMS)
        self._views = ViewsSeen()

    def screen(self, session: StaffSession, page: str) -> Screen:
        """Return a new screen for one page of a session."""
        environment: Environment = current_app.jinja_env

        def render(name: str, **values: object) -> str:
            return environment.get_template(f"desk/part_{name}.html").render(**values)

        def seen(call_id: str) -> None:
            if self._views.is_first(session.id, page, call_id):
                note_view(self._services.records, call_id, session.name)

        return Screen(
            session,
            self._services.records,
            self._services.desk_records,
            self._services.desk_wrap_up.dispositions,
            render,
            seen,
            self._services.desk.briefings.card,
            Shelf(self._services).suggest,
        )

    def open(self, session: StaffSession, page: str) -> Response:
        """Return the stream of a page; 503 when too many are open."""
        if not self._places.acquire(blocking=False):
            return Response("too many desks are open\n", 503, mimetype="text/plain")
        if not _PAGE.fullmatch(page):
            page = session.id
        lasts_s = min(STREAM_S, self._door.seconds_left(session))
        response = Response(self._events(self.screen(session, page), lasts_s), mimetype="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"
        response.call_on_close(self._places.release)
        return response

    def _events(self, screen: Screen, lasts_s: float) -> Iterator[str]:
        clock = self._services.clock
        began_s = said_s = clock.monotonic()
        is_away: bool | None = None
        yield "retry: 1000\n\n"
        while clock.monotonic() - began_s < lasts_s:
            change = self._look(screen)
            if is_away is not (change is None):
                is_away = change is None
                yield _message({"away": is_away})
            if change is not None and not change.is_empty:
                yield _message({"parts": change.parts, "lines": change.lines, "call": screen.call_id})
                said_s = clock.monotonic()
            elif clock.monotonic() - said_s > KEEP_ALIVE_S:
                yield ": still here\n\n"  # and notice a browser that has gone
                said_s = clock.monotonic()
            self._wait(screen.call_id)

    def _look(self, screen: Screen) -> Change | None:
        try:
            return screen.look(self._board.now())
        except RecordsUnavailable:
            return None

    def _wait(self, call_id: str | None) -> None:
        """Wait for the next look; an event of the agent's own call ends the wait at once."""
        with self._services.feed.subscribe(call_id or "nobody's call") as subscription:
            subscription.get(LOOK_EVERY_S)


def _message(content: dict[str, object]) -> str:
    return f"data: {json.dumps(content)}\n\n"
