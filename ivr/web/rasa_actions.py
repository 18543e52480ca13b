"""Where Rasa asks for actions: `POST /rasa/actions?token=`, rasa-sdk's wire format."""

import hmac

from flask import Blueprint, Response, jsonify, request

from ivr import log
from ivr.dialogue.action_wire import ActionRequestMalformed, read_request
from ivr.dialogue.actions import Actions, UnknownAction

_log = log.get("rasa_actions")
LARGEST_BODY = 4 * 1024 * 1024  # bytes; Rasa sends the whole conversation and domain every time


def create_rasa_actions_blueprint(actions: Actions, token: str) -> Blueprint:
    """Return the blueprint; only who shows the token is answered."""
    blueprint = Blueprint("rasa_actions", __name__)

    @blueprint.post("/rasa/actions")
    def run_action() -> tuple[Response, int]:
        if not hmac.compare_digest(request.args.get("token", "").encode(), token.encode()):
            return jsonify(error="wrong token"), 403
        if (request.content_length or 0) > LARGEST_BODY:
            return jsonify(error="too large"), 413
        try:
            asked = read_request(request.get_json(silent=True))
        except (ActionRequestMalformed, RecursionError) as malformed:  # JSON can be nested too deep to read
            return jsonify(error=str(malformed)), 422
        try:
            answer = actions.run(asked)
        except UnknownAction as unknown:
            _log.error("unknown_action", action=str(unknown))
            return jsonify(error="unknown action", action_name=asked.action), 404
        return jsonify(answer.as_json()), 200

    return blueprint
