"""Sign-in by the company's own identity provider: OpenID Connect's code flow with PKCE, by authlib."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask.sansio.app import App
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from ivr.config import Settings
from ivr.roles import Role
from ivr.web.staff.sessions import staff_secret

BACK_PATH = "/staff/openid/back"
TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Identity:
    """Who the provider says somebody is."""

    name: str
    roles: frozenset[Role]


class OpenIdFailed(Exception):
    """The provider did not answer, refused, or its answer is not genuine."""


class OpenId:
    """One provider. `attach` before the first request; state and nonce wait in Flask's sealed session."""

    def __init__(self, settings: Settings) -> None:
        assert settings.openid_issuer is not None, "only for services with a provider"
        secret = settings.openid_client_secret
        self._issuer = settings.openid_issuer
        self._back_url = settings.public_url + BACK_PATH
        self._name_claim = settings.openid_name_claim
        self._role_claim = settings.openid_role_claim
        self._roles = settings.roles_by_group()
        self._secret = staff_secret(settings, "openid state")
        self._is_secure = settings.public_url.startswith("https:")
        self._oauth = OAuth()
        self._provider = self._oauth.register(
            "staff",
            client_id=settings.openid_client_id,
            client_secret=secret.get_secret_value() if secret is not None else None,
            server_metadata_url=f"{self._issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings.openid_scope,
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT_S,
            },
        )

    @property
    def host(self) -> str:
        """Return the provider's name as people know it."""
        return urlsplit(self._issuer).hostname or self._issuer

    def attach(self, app: App) -> None:
        """Give the application the key that seals a sign-in under way."""
        app.secret_key = self._secret
        app.config.update(SESSION_COOKIE_SECURE=self._is_secure, SESSION_COOKIE_SAMESITE="Lax")
        self._oauth.init_app(app)

    def start(self) -> Response:
        """Return the redirect to the provider. Raises OpenIdFailed. Blocking."""
        try:
            answer: Response = self._provider.authorize_redirect(self._back_url)
        except (requests.RequestException, AuthlibBaseError, RuntimeError, ValueError) as problem:
            raise OpenIdFailed(type(problem).__name__) from problem
        return answer

    def back(self) -> Identity:
        """Return who came back from the provider. Raises OpenIdFailed. Blocking."""
        is_ours = {"iss": {"essential": True, "values": [self._issuer]}}
        try:
            token = self._provider.authorize_access_token(claims_options=is_ours)
        except (requests.RequestException, AuthlibBaseError, JoseError, RuntimeError, ValueError) as problem:
            raise OpenIdFailed(type(problem).__name__) from problem
        claims = token.get("userinfo")
        if not claims:
            raise OpenIdFailed("no id token")
        return self._identity(claims)

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        name = claims.get(self._name_claim)
        if not isinstance(name, str) or not name.strip():
            raise OpenIdFailed(f"no claim {self._name_claim}")
        return Identity(name.strip(), frozenset(self._roles_in(claims.get(self._role_claim))))

    def _roles_in(self, groups: object) -> Iterable[Role]:
        listed = groups.split() if isinstance(groups, str) else groups
        if not isinstance(listed, list):
            return ()
        return [role for group in listed for role in self._roles.get(str(group), ())]
