"""The public page about the bot: which language a visitor reads, and what is filled in."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from flask import Blueprint, Response, abort, render_template, request

from ivr.config import is_on_this_machine
from ivr.web.services import Services

_RECORDING = 3  # the point that says whether calls are recorded
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "public, max-age=300",
    "Vary": "Accept-Language",
}


def create_about_blueprint(services: Services) -> Blueprint:
    """Build `/about-this-bot`: no sign-in, no cookie, nothing loaded from elsewhere."""
    blueprint = Blueprint(
        "about", __name__, url_prefix="/about-this-bot", template_folder="templates", static_folder="static"
    )

    @blueprint.get("")
    def in_the_visitors_language() -> str:
        best = request.accept_languages.best_match([*texts(), "no", "nn"], services.settings.language)
        return _page(services, "nb" if best in {"no", "nn"} else str(best))

    @blueprint.get("/<language>")
    def in_language(language: str) -> str:
        if language not in texts():
            abort(404)
        return _page(services, language)

    @blueprint.after_request
    def dressed(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    return blueprint


@cache
def texts() -> Mapping[str, Any]:
    """Return what the page says, by language."""
    found: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "texts.yml").read_text("utf-8"))
    return found


def _page(services: Services, language: str) -> str:
    settings, text = services.settings, texts()[language]
    is_rewritten_outside = settings.rewriter_url is not None and not is_on_this_machine(settings.rewriter_url)
    known = {
        "company": settings.company_name,
        "number": settings.twilio_number,
        "contact": settings.privacy_contact,
        "others": f"{text['rewritten']} " if is_rewritten_outside else "",
    }
    known |= {name: str(count) for name, count in vars(services.privacy.retention.periods).items()}
    known["ask"] = text["ask"][bool(settings.privacy_contact)].format_map(known)
    if settings.recording_purposes:
        before, after = text["points"][:_RECORDING], text["points"][_RECORDING + 1 :]
        text = {**text, "points": [*before, text["recorded"], *after]}
    return render_template(
        "about/about.html",
        language=language,
        company=settings.company_name,
        languages={code: text["name"] for code, text in texts().items()},
        text=_filled(text, known),
    )


def _filled(value: Any, known: Mapping[str, str]) -> Any:
    match value:
        case Mapping():
            return {name: _filled(inner, known) for name, inner in value.items()}
        case list():
            return [_filled(inner, known) for inner in value]
        case str():
            return value.format_map(known)
    return value
