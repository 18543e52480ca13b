"""An identity provider on this machine that signs in whom the test names, and can be told to lie."""

import base64
import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server

CLIENT_ID, CLIENT_SECRET = "ivr", "secret of the client"


@cache
def _key(owner: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


@dataclass
class OpenIdProvider:
    """Implements the code flow with PKCE. `claims` is who signs in next; `lie` changes the id token."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"name": "Anna", "roles": ["agent"]})
    lie: dict[str, Any] = field(default_factory=dict)
    is_signed_by_another: bool = False
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _key: RSAKey = field(default_factory=lambda: _key("ours"))

    def application(self) -> Flask:
        """Return its web application."""
        app = Flask(__name__)
        app.get("/.well-known/openid-configuration")(self._configuration)
        app.get("/keys")(lambda: {"keys": [self._key.as_dict(private=False)]})
        app.get("/authorize")(self._authorize)
        app.post("/token")(self._token)
        return app

    def _configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def _authorize(self) -> ResponseReturnValue:
        code, asked = secrets.token_urlsafe(8), request.args.to_dict()
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        self._codes[code] = asked
        return redirect(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")

    def _token(self) -> ResponseReturnValue:
        asked = self._codes.pop(request.form.get("code", ""), None)
        given = request.authorization
        if asked is None or given is None or given.password != CLIENT_SECRET:
            return {"error": "invalid_client"}, 401
        digest = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return {"error": "invalid_grant"}, 400
        return {"access_token": "x", "token_type": "Bearer", "id_token": self._id_token(asked["nonce"])}

    def _id_token(self, nonce: str) -> str:
        now = datetime.now(UTC)
        claims = {
            "iss": self.issuer,
            "sub": "1",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + timedelta(minutes=5),
            "nonce": nonce,
        }
        key = _key("another") if self.is_signed_by_another else self._key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims | self.claims | self.lie, key)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def openid_provider() -> Iterator[OpenIdProvider]:
    """Run a provider until the end of the block."""
    provider = OpenIdProvider()
    server = make_server("127.0.0.1", 0, provider.application(), request_handler=_Quiet)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    serving = threading.Thread(target=server.serve_forever, name="identity provider")
    serving.start()
    try:
        yield provider
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
