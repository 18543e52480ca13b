"""How an action is answered: words for the page's own script, the page again for a plain form."""

import json

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from ivr.handoff.desk_words import ANSWERS

SCRIPT_HEADER = "X-Desk"


def is_from_script() -> bool:
    """Say whether the page's script asks, which wants JSON and no redirects."""
    return SCRIPT_HEADER in request.headers


def answer(code: str, status: int = 200, undo: str | None = None) -> AnyResponse:
    """Say what came of an action; `undo` is the case number of a callback that can be opened again."""
    if not is_from_script():
        return redirect(f"/desk?said={code}", 303)
    said = {"code": str(code), "say": ANSWERS[str(code)], "undo": undo}
    return Response(json.dumps(said), status, mimetype="application/json")
