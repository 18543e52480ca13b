"""All articles: which there are, which are overdue, and what answers a question in a language."""

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from ivr.knowledge.article import Article, read_article
from ivr.knowledge.search import Found, Index


class Library:
    """The articles of a house, read once. Safe from any thread."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.articles = tuple(sorted(articles, key=lambda article: (article.language, article.slug)))
        languages = {article.language for article in self.articles}
        self._indexes = {
            language: Index([article for article in self.articles if article.language == language], language)
            for language in languages
        }
        self.version = hashlib.sha256(
            "".join(article.version for article in self.articles).encode()
        ).hexdigest()[:12]

    @classmethod
    def load(cls, nlu_data: Path) -> "Library":
        """Read knowledge/<language>/*.md. Raises ArticleWrong for the first article that is wrong."""
        return cls([read_article(file) for file in sorted((nlu_data / "knowledge").glob("*/*.md"))])

    def answer(self, question: str, language: str) -> Found | None:
        """Return the article that answers; None when none does."""
        index = self._indexes.get(language)
        return None if index is None else index.answer(question)

    def spoken_answer(self, question: str, language: str) -> str | None:
        """Return what the bot says to the question, or None."""
        found = self.answer(question, language)
        return None if found is None else found.article.spoken

    def search(self, question: str, language: str, most: int = 5) -> list[Found]:
        """Return what is likest, however unlike; for people who judge for themselves."""
        index = self._indexes.get(language)
        return [] if index is None else index.best(question, most)

    def article(self, slug: str, language: str) -> Article | None:
        """Return an article, or None."""
        found = [each for each in self.articles if (each.slug, each.language) == (slug, language)]
        return found[0] if found else None

    def due(self, today: date) -> list[Article]:
        """Return the articles past their check-by date, the longest overdue first."""
        return sorted((each for each in self.articles if each.is_due(today)), key=lambda each: each.check_by)
