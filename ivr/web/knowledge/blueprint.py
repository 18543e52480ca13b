"""Pages over the shared articles, and the answers other channels ask for."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request

from ivr.knowledge.article import Article
from ivr.roles import Role
from ivr.web.services import Services
from ivr.web.staff.gate import Gate

LONGEST_QUESTION = 300  # characters


def create_knowledge_blueprint(services: Services) -> Blueprint:
    """Build `/knowledge`, for everybody of the company."""
    blueprint = Blueprint("knowledge", __name__, url_prefix="/knowledge", template_folder="templates")
    Gate(services, Role.AGENT, Role.SUPERVISOR, Role.DESIGNER, Role.ANALYST).guard(blueprint)
    pages = _Pages(services)
    blueprint.get("")(pages.search)
    blueprint.get("/<language>/<slug>")(pages.article)
    return blueprint


def create_answers_blueprint(services: Services) -> Blueprint:
    """Build `GET /answers?q=...&language=...`: public, as the articles are; JSON."""
    blueprint = Blueprint("answers", __name__)

    def answers() -> Response:
        question, language = _asked(services)
        found = services.library.answer(question, language)
        told = {"answer": None} if found is None else _plain(found.article)
        return jsonify({**told, "library": services.library.version})

    blueprint.get("/answers")(answers)
    return blueprint


class _Pages:
    """What is looked at."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def search(self) -> str:
        question, language = _asked(self._services)
        library, today = self._services.library, self._services.clock.now().date()
        return render_template(
            "knowledge/search.html",
            question=question,
            language=language,
            languages=sorted({article.language for article in library.articles}),
            found=library.search(question, language) if question else [],
            answered=library.answer(question, language) if question else None,
            articles=[article for article in library.articles if article.language == language],
            due=library.due(today),
            version=library.version,
        )

    def article(self, language: str, slug: str) -> str:
        article = self._services.library.article(slug, language)
        if article is None:
            abort(404)
        is_due = article.is_due(self._services.clock.now().date())
        return render_template("knowledge/article.html", article=article, is_due=is_due)


def _asked(services: Services) -> tuple[str, str]:
    question = request.args.get("q", "")[:LONGEST_QUESTION].strip()
    return question, request.args.get("language") or services.settings.language


def _plain(article: Article) -> dict[str, Any]:
    return {
        "answer": article.spoken,
        "text": article.text,
        "title": article.title,
        "slug": article.slug,
        "language": article.language,
        "version": article.version,
        "checked": article.checked.isoformat(),
    }
