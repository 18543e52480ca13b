"""How an action is answered: words for the page's own script, the page again for a plain form."""

import json

from flask import Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from ivr.handoff.desk_words import ANSWERS
from ivr.web.staff.gate import is_from_script


def answer(code: str, status: int = 200, undo: str | None = None) -> AnyResponse:
    """Say what came of an action; `undo` is the case number of a callback that can be opened again."""
    if not is_from_script():
        return redirect(f"/desk?said={code}", 303)
    said = {"code": str(code), "say": ANSWERS[str(code)], "undo": undo}
    return Response(json.dumps(said), status, mimetype="application/json")
