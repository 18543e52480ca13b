"""Who may sit at the desk: one-time links, and the sessions they open."""

import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from ivr.clock import Clock
from ivr.config import Settings
from ivr.records.store import CallRecords

LINK_LIFE_S = 15 * 60
IDLE_S = 30 * 60
SESSION_LIFE_S = 12 * 3600
COOKIE = "desk"
PATH = "/desk"

# Seals get read back only by who knows the auth token; a word of its own per use keeps them apart.
_LINK, _SESSION = "desk link", "desk session"


@dataclass(frozen=True)
class DeskSession:
    """One agent at one browser. Times are seconds since 1970."""

    id: str
    agent: str
    csrf: str
    began: float
    seen: float


def desk_secret(settings: Settings) -> str:
    """Return what seals links and cookies: known to whoever knows the auth token, and to nobody else."""
    token = settings.twilio_auth_token.get_secret_value()
    return hashlib.sha256(b"desk seals:" + token.encode()).hexdigest()


def new_link(settings: Settings, now: datetime) -> str:
    """Return an address that lets one person sign in once within LINK_LIFE_S."""
    sealed = _seal(desk_secret(settings), _LINK).dumps([secrets.token_urlsafe(12), now.timestamp()])
    return f"{settings.public_url}{PATH}/sign-in?link={sealed}"


class DeskDoor:
    """Opens sessions for links and recognises them. Safe from any thread.

    Links used and sessions signed out are remembered in the records, so that a restart forgets neither;
    sessions themselves live in sealed cookies, so that a restart signs nobody out.
    """

    def __init__(self, secret: str, records: CallRecords, clock: Clock) -> None:
        self._links = _seal(secret, _LINK)
        self._sessions = _seal(secret, _SESSION)
        self._records = records
        self._clock = clock

    def is_link_good(self, link: str) -> bool:
        """Say whether the link could still be used."""
        nonce = self._nonce(link)
        return nonce is not None and self._records.remembered_answer(f"desk-link:{nonce}") is None

    def open(self, link: str, agent: str) -> DeskSession | None:
        """Use the link up and open a session; None when it is not good. Of two at once, one gets it."""
        nonce = self._nonce(link)
        if nonce is None:
            return None
        session_id, key = secrets.token_urlsafe(12), f"desk-link:{nonce}"
        self._records.remember_answer(key, session_id)  # the first one stays
        if self._records.remembered_answer(key) != session_id:
            return None
        now = self._clock.now().timestamp()
        return DeskSession(session_id, agent, secrets.token_urlsafe(18), began=now, seen=now)

    def cookie(self, session: DeskSession) -> str:
        """Return the session as a cookie's value."""
        return str(self._sessions.dumps(asdict(session)))

    def session(self, cookie: str | None) -> DeskSession | None:
        """Return the session of a cookie; None when it is forged, idle for too long, old or signed out."""
        content = _read(self._sessions, cookie)
        if not isinstance(content, dict) or content.keys() != DeskSession.__dataclass_fields__.keys():
            return None
        session = DeskSession(**content)
        if self.seconds_left(session) <= 0:
            return None
        return None if self._records.remembered_answer(_signed_out(session)) else session

    def seconds_left(self, session: DeskSession) -> float:
        """Return for how long the session lasts when nothing more is done."""
        now = self._clock.now().timestamp()
        return min(session.seen + IDLE_S, session.began + SESSION_LIFE_S) - now

    def seen_now(self, session: DeskSession) -> DeskSession:
        """Return the session with its idle time counted from now."""
        return replace(session, seen=self._clock.now().timestamp())

    def sign_out(self, session: DeskSession) -> None:
        """End the session, wherever its cookie is kept."""
        self._records.remember_answer(_signed_out(session), "signed out")

    def _nonce(self, link: str) -> str | None:
        content = _read(self._links, link)
        if not isinstance(content, list) or len(content) != 2:
            return None
        nonce, made = content
        age_s = self._clock.now().timestamp() - float(made)
        return str(nonce) if 0 <= age_s <= LINK_LIFE_S else None


def is_csrf_right(session: DeskSession, given: str | None) -> bool:
    """Say whether a form came from a page of this session."""
    return hmac.compare_digest(session.csrf.encode(), (given or "").encode())


def _signed_out(session: DeskSession) -> str:
    return f"desk-out:{session.id}"


def _seal(secret: str, use: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=use, signer_kwargs={"digest_method": hashlib.sha256})


def _read(seal: URLSafeSerializer, text: str | None) -> Any:
    if not text:
        return None
    try:
        return seal.loads(text)
    except BadData:
        return None
