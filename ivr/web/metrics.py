"""The page Prometheus reads: for this machine, or whoever has the token."""

import hmac

from flask import Blueprint, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ivr.config import LOOPBACK
from ivr.web.services import Services

_BEHIND_A_PROXY = ("X-Forwarded-For", "Forwarded")


def create_metrics_blueprint(services: Services) -> Blueprint:
    """Build `GET /metrics`; 403 for strangers.

    Without a token only this machine itself may read, and not through a proxy on it.
    """
    blueprint = Blueprint("metrics", __name__)
    token = services.settings.metrics_token

    @blueprint.get("/metrics")
    def metrics() -> Response:
        is_local = request.remote_addr in LOOPBACK and not any(map(request.headers.get, _BEHIND_A_PROXY))
        if token is None:
            is_known = is_local
        else:
            shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
            is_known = hmac.compare_digest(shown.encode(), token.get_secret_value().encode())
        if not is_known:
            abort(403)
        return Response(generate_latest(services.metrics), content_type=CONTENT_TYPE_LATEST)

    return blueprint
