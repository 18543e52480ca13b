"""Signs people of the company in and out, by one-time link or OpenID Connect; lends all pages their frame."""

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, session
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from ivr import log
from ivr.records.store import RecordsUnavailable
from ivr.roles import Role
from ivr.web.services import Services
from ivr.web.staff.gate import Gate
from ivr.web.staff.openid import Identity, OpenId, OpenIdFailed
from ivr.web.staff.pages import PAGES, Page, pages_for
from ivr.web.staff.sessions import COOKIE, SIGN_IN_PATH, StaffSession

NAME_LIMIT = 64
_NEXT = "staff-next"
_log = log.get("web.sign_in")


def create_sign_in_blueprint(services: Services) -> Blueprint:
    """Build `/staff`: sign-in, sign-out, signs of life, and `staff/frame.html` with its files."""
    blueprint = Blueprint(
        "staff", __name__, url_prefix="/staff", template_folder="templates", static_folder="static"
    )
    open_id = OpenId(services.settings) if services.settings.openid_issuer else None
    views = _SignIn(services, open_id)
    gate = Gate(services, is_open_to_all={"sign_in", "use_link", "openid_start", "openid_back"})
    gate.guard(blueprint)
    blueprint.get("/sign-in")(views.sign_in)
    blueprint.post("/sign-in")(views.use_link)
    blueprint.post("/sign-out")(views.sign_out)
    blueprint.post("/here")(views.here)
    blueprint.app_context_processor(lambda: {"frame": _Frame(services.settings.company_name)})
    blueprint.register_error_handler(RecordsUnavailable, _records_away)
    if open_id is not None:
        provider = open_id
        blueprint.get("/openid/start")(views.openid_start)
        blueprint.get("/openid/back")(views.openid_back)

        def attach(state: BlueprintSetupState) -> None:
            provider.attach(state.app)

        blueprint.record_once(attach)
    views.door = gate.door
    return blueprint


class _Frame:
    """What the frame shows around a page."""

    def __init__(self, company: str) -> None:
        self.company = company

    @property
    def person(self) -> StaffSession | None:
        """Return who is signed in."""
        person: StaffSession | None = g.get("staff")
        return person

    @property
    def pages(self) -> tuple[Page, ...]:
        """Return the pages the person may go to."""
        return pages_for(self.person.roles, current_app.blueprints) if self.person else ()

    @property
    def here(self) -> str | None:
        """Return the blueprint of the page that is shown."""
        return request.blueprint


class _SignIn:
    """Who comes, and who goes."""

    def __init__(self, services: Services, open_id: OpenId | None) -> None:
        self._services = services
        self._open_id = open_id
        self.door = Gate(services).door

    def sign_in(self) -> str:
        link = request.args.get("link", "")
        role = self.door.role_of_link(link)
        return self._page(link, role, problem="link" if link and role is None else "")

    def use_link(self) -> AnyResponse | tuple[str, int]:
        link = request.form.get("link", "")
        role = self.door.role_of_link(link)
        if role is None:
            _log.warning("link_refused")
            return self._page("", None, problem="link"), 403
        name = request.form.get("name", "").strip()[:NAME_LIMIT]
        is_agent = name in self._agents()
        if not name or (role is Role.AGENT and not is_agent):
            abort(400)
        roles = {role} | ({Role.AGENT} if role is Role.SUPERVISOR and is_agent else set())
        opened = self.door.open(link, name, roles)
        if opened is None:
            return self._page("", None, problem="link"), 403
        return self._enter(opened, "")

    def openid_start(self) -> AnyResponse | tuple[str, int]:
        assert self._open_id is not None
        session[_NEXT] = request.args.get("next", "")
        try:
            return self._open_id.start()
        except OpenIdFailed as failed:
            return self._openid_failed(failed)

    def openid_back(self) -> AnyResponse | tuple[str, int]:
        assert self._open_id is not None
        try:
            identity = self._open_id.back()
        except OpenIdFailed as failed:
            return self._openid_failed(failed)
        roles = self._roles_here(identity)
        if not roles:
            _log.warning("openid_without_role")
            return self._page("", None, problem="role"), 403
        return self._enter(self.door.admit(identity.name[:NAME_LIMIT], roles), session.pop(_NEXT, ""))

    def sign_out(self) -> AnyResponse:
        self.door.sign_out(g.staff)
        g.staff = None
        response = redirect(SIGN_IN_PATH, 303)
        response.delete_cookie(COOKIE)
        return response

    def here(self) -> Response:
        """Take a sign of life from somebody who reads or types; the gate renews the cookie."""
        return Response(status=204)

    def _roles_here(self, identity: Identity) -> frozenset[Role]:
        """Return the roles that count: an agent's name has to be on the list of phones."""
        is_listed = identity.name in self._agents()
        return identity.roles if is_listed else identity.roles - {Role.AGENT}

    def _enter(self, opened: StaffSession, wanted: str) -> AnyResponse:
        _log.info("signed_in", session=opened.id, roles=sorted(opened.roles))
        g.staff = opened
        pages = pages_for(opened.roles, current_app.blueprints)
        path = next((page.path for page in pages if page.path == wanted), None)
        return redirect(path or (pages[0].path if pages else SIGN_IN_PATH), 303)

    def _openid_failed(self, failed: OpenIdFailed) -> tuple[str, int]:
        _log.warning("openid_failed", why=str(failed))
        return self._page("", None, problem="openid"), 403

    def _page(self, link: str, role: Role | None, problem: str) -> str:
        wanted = request.args.get("next", "")
        return render_template(
            "staff/sign_in.html",
            link=link if role else "",
            role=role,
            problem=problem,
            provider=self._open_id.host if self._open_id else None,
            next=wanted if wanted in {page.path for page in PAGES} else "",
            names=self._agents() if role in {Role.AGENT, Role.SUPERVISOR} else [],
        )

    def _agents(self) -> list[str]:
        return [agent.name for agent in self._services.records.agents()]


def _records_away(_: Exception) -> AnyResponse:
    return Response("The records do not answer. Try again in a moment.\n", 503, mimetype="text/plain")
