"""Whether the service lives, and whether each of its parts can take a call now."""

from flask import Blueprint, Response, jsonify

from ivr.web.services import Services


def create_health_blueprint(services: Services) -> Blueprint:
    """Build `/health/live` (200 while the process answers) and `/health/ready` (503 naming what is not)."""
    blueprint = Blueprint("health", __name__, url_prefix="/health")

    @blueprint.get("/live")
    def live() -> Response:
        return jsonify(status="live")

    @blueprint.get("/ready")
    def ready() -> tuple[Response, int]:
        parts = {name: is_ready() for name, is_ready in services.readiness.items()}
        is_all_ready = all(parts.values())
        status = "ready" if is_all_ready else "not ready"
        return jsonify(
            status=status, parts=parts, calls=services.calls.live_count()
        ), 200 if is_all_ready else 503

    return blueprint
