"""Who is signed in, as what and for how long: one-time links, and the sessions they open."""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from ivr.clock import Clock
from ivr.config import Settings
from ivr.records.store import CallRecords
from ivr.roles import Role

LINK_LIFE_S = 15 * 60
IDLE_S = 30 * 60
SESSION_LIFE_S = 12 * 3600
COOKIE = "staff"
SIGN_IN_PATH = "/staff/sign-in"

# Seals get read back only by who knows the auth token; a word of its own per use keeps them apart.
_LINK, _SESSION = "staff link", "staff session"


@dataclass(frozen=True)
class StaffSession:
    """One person at one browser. Times are seconds since 1970."""

    id: str
    name: str
    roles: frozenset[Role]
    csrf: str
    began: float
    seen: float

    def has_any(self, roles: Collection[Role]) -> bool:
        """Say whether the person has one of these roles."""
        return bool(self.roles & set(roles))


def staff_secret(settings: Settings, use: str = "seals") -> str:
    """Return what seals links and cookies: known to whoever knows the auth token, and to nobody else."""
    token = settings.twilio_auth_token.get_secret_value()
    return hashlib.sha256(f"staff {use}:{token}".encode()).hexdigest()


def new_link(settings: Settings, now: datetime, role: Role = Role.AGENT) -> str:
    """Return an address that lets one person sign in once within LINK_LIFE_S, with that role."""
    content = [secrets.token_urlsafe(12), now.timestamp(), str(role)]
    sealed = _seal(staff_secret(settings), _LINK).dumps(content)
    return f"{settings.public_url}{SIGN_IN_PATH}?link={sealed}"


class StaffDoor:
    """Opens sessions for links and recognises them. Safe from any thread.

    Links used and sessions signed out are remembered in the records, so that a restart forgets neither;
    sessions themselves live in sealed cookies, so that a restart signs nobody out.
    """

    def __init__(self, settings: Settings, records: CallRecords, clock: Clock) -> None:
        secret = staff_secret(settings)
        self._links = _seal(secret, _LINK)
        self._sessions = _seal(secret, _SESSION)
        self._records = records
        self._clock = clock

    def role_of_link(self, link: str) -> Role | None:
        """Return the role the link still gives, None when it is forged, old or used."""
        content = self._link(link)
        if content is None or self._records.remembered_answer(_link_used(content[0])) is not None:
            return None
        return content[1]

    def open(self, link: str, name: str, roles: Collection[Role]) -> StaffSession | None:
        """Use the link up and open a session; None when it is not good. Of two at once, one gets it."""
        content = self._link(link)
        if content is None:
            return None
        session, key = self.admit(name, roles), _link_used(content[0])
        self._records.remember_answer(key, session.id)  # the first one stays
        return session if self._records.remembered_answer(key) == session.id else None

    def admit(self, name: str, roles: Collection[Role]) -> StaffSession:
        """Open a session for somebody who has proved elsewhere who they are."""
        now = self._clock.now().timestamp()
        id_, csrf = secrets.token_urlsafe(12), secrets.token_urlsafe(18)
        return StaffSession(id_, name, frozenset(roles), csrf, began=now, seen=now)

    def cookie(self, session: StaffSession) -> str:
        """Return the session as a cookie's value."""
        roles = sorted(session.roles)
        content = [session.id, session.name, roles, session.csrf, session.began, session.seen]
        return str(self._sessions.dumps(content))

    def session(self, cookie: str | None) -> StaffSession | None:
        """Return the session of a cookie; None when it is forged, idle for too long, old or signed out."""
        content = _read(self._sessions, cookie)
        if not isinstance(content, list) or len(content) != len(StaffSession.__dataclass_fields__):
            return None
        id_, name, roles, csrf, began, seen = content
        session = StaffSession(id_, name, frozenset(map(Role, roles)), csrf, began, seen)
        if self.seconds_left(session) <= 0:
            return None
        return None if self._records.remembered_answer(_signed_out(session)) else session

    def seconds_left(self, session: StaffSession) -> float:
        """Return for how long the session lasts when nothing more is done."""
        now = self._clock.now().timestamp()
        return min(session.seen + IDLE_S, session.began + SESSION_LIFE_S) - now

    def seen_now(self, session: StaffSession) -> StaffSession:
        """Return the session with its idle time counted from now."""
        return replace(session, seen=self._clock.now().timestamp())

    def sign_out(self, session: StaffSession) -> None:
        """End the session, wherever its cookie is kept."""
        self._records.remember_answer(_signed_out(session), "signed out")

    def _link(self, link: str) -> tuple[str, Role] | None:
        content = _read(self._links, link)
        if not isinstance(content, list) or len(content) != 3:
            return None
        nonce, made, role = content
        age_s = self._clock.now().timestamp() - float(made)
        return (str(nonce), Role(role)) if 0 <= age_s <= LINK_LIFE_S else None


def is_csrf_right(session: StaffSession, given: str | None) -> bool:
    """Say whether a form came from a page of this session."""
    return hmac.compare_digest(session.csrf.encode(), (given or "").encode())


def _link_used(nonce: str) -> str:
    return f"staff-link:{nonce}"


def _signed_out(session: StaffSession) -> str:
    return f"staff-out:{session.id}"


def _seal(secret: str, use: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=use, signer_kwargs={"digest_method": hashlib.sha256})


def _read(seal: URLSafeSerializer, text: str | None) -> Any:
    if not text:
        return None
    try:
        return seal.loads(text)
    except BadData:
        return None
