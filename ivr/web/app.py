"""The Flask application: every blueprint, and the last page an error meets."""

from flask import Flask, Response
from flask_sock import Sock
from werkzeug.exceptions import HTTPException

from ivr import log
from ivr.web.about import create_about_blueprint
from ivr.web.agent_leg import create_agent_leg_blueprint
from ivr.web.audio import create_audio_blueprint
from ivr.web.call_events import create_call_events_blueprint
from ivr.web.callback_legs import create_callback_legs_blueprint
from ivr.web.desk import create_desk_blueprint
from ivr.web.health import create_health_blueprint
from ivr.web.insights import create_insights_blueprint
from ivr.web.knowledge import create_answers_blueprint, create_knowledge_blueprint
from ivr.web.media import SOCKET_OPTIONS, create_media_blueprint
from ivr.web.metrics import create_metrics_blueprint
from ivr.web.rasa_actions import create_rasa_actions_blueprint
from ivr.web.services import Services
from ivr.web.sign_in import create_sign_in_blueprint
from ivr.web.studio import create_studio_blueprint
from ivr.web.trust import create_trust_blueprint
from ivr.web.voice import create_voice_blueprint

_log = log.get("web")


def create_app(services: Services) -> Flask:
    """Build the application around services that are already wired."""
    app = Flask(__name__)
    app.config["SOCK_SERVER_OPTIONS"] = SOCKET_OPTIONS
    sock = Sock()
    app.register_blueprint(create_voice_blueprint(services))
    app.register_blueprint(create_agent_leg_blueprint(services))
    app.register_blueprint(create_callback_legs_blueprint(services))
    app.register_blueprint(create_media_blueprint(services, sock))
    app.register_blueprint(create_audio_blueprint(services))
    app.register_blueprint(create_call_events_blueprint(services))
    app.register_blueprint(create_sign_in_blueprint(services))
    app.register_blueprint(create_desk_blueprint(services))
    app.register_blueprint(create_insights_blueprint(services))
    app.register_blueprint(create_knowledge_blueprint(services))
    app.register_blueprint(create_answers_blueprint(services))
    app.register_blueprint(create_trust_blueprint(services))
    app.register_blueprint(create_about_blueprint(services))
    app.register_blueprint(create_studio_blueprint(services))
    token = services.settings.actions_token.get_secret_value()
    app.register_blueprint(create_rasa_actions_blueprint(services.actions, token))
    app.register_blueprint(create_health_blueprint(services))
    app.register_blueprint(create_metrics_blueprint(services))
    sock.init_app(app)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response | HTTPException:
        if isinstance(error, HTTPException):
            return error
        _log.exception("request_broke")
        return Response("internal error\n", 500, mimetype="text/plain")

    return app
