"""The articles beside the card: those likely to help with this caller, and those an agent searches for."""

from datetime import date

from flask import render_template, request

from ivr.handoff.desk_view import LANGUAGES
from ivr.knowledge.article import Article
from ivr.records.store import TransferRow
from ivr.web.desk.screen import Suggested
from ivr.web.services import Services

LONGEST_QUESTION = 300  # characters
MOST_SUGGESTED, MOST_FOUND = 3, 5
# Below this, an article that shares a word or two stands beside calls it has nothing to do with.
SUGGESTED_FROM = 0.3
FOUND_FROM = 0.1


class Shelf:
    """Looks articles up in the house's one library: the bot says their words, agents read them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @property
    def languages(self) -> dict[str, str]:
        """Return the languages there are articles in, code to name, the service's own first."""
        own = self._services.settings.language
        codes = {each.language for each in self._services.library.articles}
        return {
            code: LANGUAGES.get(code, code) for code in sorted(codes, key=lambda code: (code != own, code))
        }

    def suggest(self, row: TransferRow) -> Suggested:
        """Return what may help with the caller of a transfer."""
        language, wanted = str(row.case.get("language", "")), str(row.case.get("wanted") or "")
        return Suggested(
            language, self._alike(wanted, language, MOST_SUGGESTED, SUGGESTED_FROM), self._today()
        )

    def found(self) -> str:
        """Answer an agent's search with the articles found, as a part of the page."""
        question = request.args.get("q", "").strip()[:LONGEST_QUESTION]
        language = request.args.get("language", self._services.settings.language)
        return render_template(
            "desk/found.html",
            question=question,
            articles=self._alike(question, language, MOST_FOUND, FOUND_FROM),
            today=self._today(),
        )

    def _alike(self, words: str, language: str, most: int, from_alike: float) -> tuple[Article, ...]:
        if not words:
            return ()
        best = self._services.library.search(words, language, most)
        return tuple(each.article for each in best if each.alike >= from_alike)

    def _today(self) -> date:
        return self._services.clock.now().date()
