"""Who gets past the desk's door: sessions, CSRF, sign-in and sign-out, and the headers of every answer."""

from flask import Blueprint, Response, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ivr import log
from ivr.web.desk.answers import is_from_script
from ivr.web.desk.sign_in import (
    COOKIE,
    PATH,
    SESSION_LIFE_S,
    DeskDoor,
    DeskSession,
    desk_secret,
    is_csrf_right,
)
from ivr.web.services import Services

MAX_BODY_BYTES = 8 * 1024
_OPEN_TO_ALL = {"desk.static", "desk.sign_in", "desk.open_session"}
_NOT_A_SIGN_OF_LIFE = {"desk.static", "desk.stream"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_log = log.get("web.desk")


class Gate:
    """Looks after the door of one blueprint."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.door = DeskDoor(desk_secret(services.settings), services.records, services.clock)
        self._is_secure = services.settings.public_url.startswith("https:")

    def guard(self, blueprint: Blueprint) -> None:
        """Put the gate before every view, and add the views of coming and going."""
        blueprint.before_request(self._let_in)
        blueprint.after_request(self._dress)
        blueprint.get("/sign-in")(self.sign_in)
        blueprint.post("/sign-in")(self.open_session)
        blueprint.post("/sign-out")(self.sign_out)
        blueprint.post("/here")(self.here)

    def sign_in(self) -> str:
        link = request.args.get("link", "")
        is_good = self.door.is_link_good(link)
        return self._sign_in_page(link if is_good else "", is_refused=bool(link) and not is_good)

    def open_session(self) -> AnyResponse | tuple[str, int]:
        agent = request.form.get("agent", "")
        if agent not in self._names():
            abort(400)
        session = self.door.open(request.form.get("link", ""), agent)
        if session is None:
            _log.warning("desk_link_refused")
            return self._sign_in_page("", is_refused=True), 403
        _log.info("desk_signed_in", session=session.id)
        g.desk = session
        return redirect(PATH, 303)

    def sign_out(self) -> AnyResponse:
        self.door.sign_out(g.desk)
        g.desk = None
        response = redirect(f"{PATH}/sign-in", 303)
        response.delete_cookie(COOKIE, path=PATH)
        return response

    def here(self) -> Response:
        """Take a sign of life from somebody who reads or types; the cookie is renewed by `_dress`."""
        return Response(status=204)

    def _let_in(self) -> AnyResponse | None:
        request.max_content_length = MAX_BODY_BYTES
        g.desk = None
        if request.endpoint in _OPEN_TO_ALL:
            return None
        session = self.door.session(request.cookies.get(COOKIE))
        if session is None or session.agent not in self._names():
            return self._turn_away()
        if request.method == "POST" and not is_csrf_right(session, request.form.get("csrf")):
            _log.warning("desk_csrf_refused", session=session.id)
            abort(403)
        g.desk = session
        return None

    def _turn_away(self) -> AnyResponse:
        if request.method == "POST" or is_from_script() or request.endpoint == "desk.stream":
            return Response("sign in first\n", 401, mimetype="text/plain")
        return redirect(f"{PATH}/sign-in", 303)

    def _dress(self, response: Response) -> Response:
        response.headers.update(_HEADERS)
        if request.endpoint != "desk.static":
            response.headers["Cache-Control"] = "no-store"
        session: DeskSession | None = g.get("desk")
        if session is not None and request.endpoint not in _NOT_A_SIGN_OF_LIFE:
            response.set_cookie(
                COOKIE,
                self.door.cookie(self.door.seen_now(session)),
                max_age=SESSION_LIFE_S,
                path=PATH,
                secure=self._is_secure,
                httponly=True,
                samesite="Lax",
            )
        return response

    def _sign_in_page(self, link: str, is_refused: bool) -> str:
        return render_template(
            "desk/sign_in.html",
            company=self._services.settings.company_name,
            link=link,
            is_refused=is_refused,
            names=self._names() if link else [],
        )

    def _names(self) -> list[str]:
        return [agent.name for agent in self._services.records.agents()]
