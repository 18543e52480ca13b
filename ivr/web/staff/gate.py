"""Who gets to a page: the session, its role, the CSRF token of a form, and the headers of every answer."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any, Protocol

from flask import Blueprint, Response, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ivr import log
from ivr.clock import Clock
from ivr.config import Settings
from ivr.records.store import CallRecords
from ivr.roles import Role
from ivr.web.staff.sessions import (
    COOKIE,
    SESSION_LIFE_S,
    SIGN_IN_PATH,
    StaffDoor,
    StaffSession,
    is_csrf_right,
)

SCRIPT_HEADER = "X-Staff"
MAX_BODY_BYTES = 8 * 1024
_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_log = log.get("web.staff")


class GateServices(Protocol):
    """What the gate needs of the services."""

    @property
    def settings(self) -> Settings: ...
    @property
    def records(self) -> CallRecords: ...
    @property
    def clock(self) -> Clock: ...


class Gate:
    """The gate of one blueprint: `Gate(services, Role.DESIGNER).guard(blueprint)`.

    Behind it `g.staff` is the session (name, roles, csrf). A view in `silent` is no sign of life (a
    stream, a poll); one in `is_open_to_all` needs no session. `policy` adds sources to directives of the
    Content-Security-Policy, `permissions` is the Permissions-Policy; `max_body_bytes` bounds a form.
    """

    def __init__(
        self,
        services: GateServices,
        *roles: Role,
        silent: Collection[str] = (),
        is_open_to_all: Collection[str] = (),
        policy: Mapping[str, str] | None = None,
        permissions: str = "camera=(), microphone=(), geolocation=()",
        max_body_bytes: int = MAX_BODY_BYTES,
    ) -> None:
        self._services = services
        self._roles = frozenset(roles or Role)
        self._silent = {"static", *silent}
        self._is_open_to_all = {"static", *is_open_to_all}
        self._policy = _content_policy(policy or {})
        self._permissions = permissions
        self._max_body_bytes = max_body_bytes
        self._is_secure = services.settings.public_url.startswith("https:")
        self.door = StaffDoor(services.settings, services.records, services.clock)

    def guard(self, blueprint: Blueprint) -> None:
        """Put the gate before every view."""
        blueprint.before_request(self._let_in)
        blueprint.after_request(self._dress)

    def _let_in(self) -> AnyResponse | tuple[str, int] | None:
        request.max_content_length = self._max_body_bytes
        g.staff = None
        view = (request.endpoint or "").rpartition(".")[2]
        if view in self._is_open_to_all:
            return None
        session = self._session()
        if session is None:
            return self._turn_away()
        if request.method not in {"GET", "HEAD"} and not is_csrf_right(session, request.form.get("csrf")):
            _log.warning("csrf_refused", session=session.id)
            abort(403)
        g.staff = session
        return None if session.has_any(self._roles) else refuse()

    def _session(self) -> StaffSession | None:
        """Return the session; an agent who left the list is none any more."""
        session = self.door.session(request.cookies.get(COOKIE))
        if session is None or Role.AGENT not in session.roles:
            return session
        if session.name in {agent.name for agent in self._services.records.agents()}:
            return session
        left = session.roles - {Role.AGENT}
        return replace(session, roles=left) if left else None

    def _turn_away(self) -> AnyResponse:
        view = (request.endpoint or "").rpartition(".")[2]
        if request.method != "GET" or is_from_script() or view in self._silent:
            return Response("sign in first\n", 401, mimetype="text/plain")
        return redirect(f"{SIGN_IN_PATH}?next={request.path}", 303)

    def _dress(self, response: Response) -> Response:
        response.headers.update(_HEADERS)
        response.headers["Content-Security-Policy"] = self._policy
        response.headers["Permissions-Policy"] = self._permissions
        view = (request.endpoint or "").rpartition(".")[2]
        if view != "static":
            response.headers["Cache-Control"] = "no-store"
        session: StaffSession | None = g.get("staff")
        if session is not None and view not in self._silent:
            response.set_cookie(
                COOKIE,
                self.door.cookie(self.door.seen_now(session)),
                max_age=SESSION_LIFE_S,
                secure=self._is_secure,
                httponly=True,
                samesite="Lax",
            )
        return response


View = Callable[..., Any]


def requires(*roles: Role) -> Callable[[View], View]:
    """Let only people with one of these roles reach a view behind the gate; 403 for all others."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*parts: Any, **named: Any) -> Any:
            return view(*parts, **named) if g.staff.has_any(roles) else refuse()

        return guarded

    return decorate


def refuse() -> tuple[str, int]:
    """Return the answer to somebody who is signed in and may not do this."""
    _log.warning("role_missing", session=g.staff.id, endpoint=request.endpoint)
    if is_from_script() or request.method != "GET":
        return "your role does not allow this\n", 403
    return render_template("staff/not_yours.html"), 403


def is_from_script() -> bool:
    """Say whether a page's script asks, which wants JSON and no redirects."""
    return SCRIPT_HEADER in request.headers


def _content_policy(more: Mapping[str, str]) -> str:
    directives = dict(_POLICY)
    for directive, sources in more.items():
        known = directives.get(directive, "")
        directives[directive] = f"{known} {sources}".strip()
    return "; ".join(f"{directive} {sources}" for directive, sources in directives.items())
