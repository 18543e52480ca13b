"""The audio the network plays: prompts by their unguessable names, and the hold music."""

from functools import cache

from flask import Blueprint, Response, abort, send_file

from ivr.audio.hold_music import SAMPLE_RATE_HZ, hold_music
from ivr.audio.wav import to_wav
from ivr.web.services import Services

FIXED_S = 24 * 3600


def create_audio_blueprint(services: Services) -> Blueprint:
    """Build the audio routes. `<Play>` fetches carry no signature, so the names are the secret."""
    blueprint = Blueprint("audio", __name__, url_prefix="/audio")

    @blueprint.get("/hold-music.wav")
    def play_hold_music() -> Response:
        response = Response(_music(), mimetype="audio/wav")
        response.cache_control.public = True
        response.cache_control.max_age = FIXED_S
        return response

    @blueprint.get("/<name>")
    def play_prompt(name: str) -> Response:
        path = services.prompts.open_wav(name)
        if path is None:
            abort(404)
        response = send_file(path.resolve(), mimetype="audio/wav", conditional=True)
        response.cache_control.private = True
        response.cache_control.max_age = FIXED_S
        return response

    return blueprint


@cache
def _music() -> bytes:
    """Make the hold music once a process; it takes a moment."""
    return to_wav(hold_music(), SAMPLE_RATE_HZ)
