"""What is wrong with the articles in knowledge/: unreadable, unspeakable, or looked after by nobody."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from ivr.clock import SystemClock
from ivr.dialogue.plain_words import plain_words
from ivr.knowledge.article import Article, ArticleWrong, read_article
from ivr.nlu.response_checks import LONGEST_S, estimated_s
from ivr.nlu.speakable import unspeakable
from ivr.nlu.yaml_marks import LARGEST_BYTES, Problem

FEWEST_QUESTIONS = 3
_WHERE = re.compile(r"^.*?:(\d+): (.*)$", re.S)


def check_articles(nlu_data: Path, languages: Sequence[str], today: date | None = None) -> Iterator[Problem]:
    """Tell of articles that cannot be read, said or trusted, and of languages they are missing in."""
    day = today or SystemClock().now().date()
    articles: list[tuple[Path, Article]] = []
    for file in sorted((nlu_data / "knowledge").glob("*/*.md")):
        if file.stat().st_size > LARGEST_BYTES:
            yield Problem(file, 1, "the file is over 1 MB", "An article is a page at most; split it")
            continue
        try:
            articles.append((file, read_article(file)))
        except ArticleWrong as wrong:
            yield _unreadable(file, str(wrong))
    for file, article in articles:
        yield from _said(file, article, languages)
        yield from _looked_after(file, article, day)
    yield from _asked_twice(articles)
    yield from _missing(articles, languages)


def _unreadable(file: Path, told: str) -> Problem:
    found = _WHERE.match(told)
    line, what = (int(found[1]), found[2]) if found else (1, told.removeprefix(f"{file}: "))
    return Problem(file, line, what, "docs/designers.md shows a whole article")


def _said(file: Path, article: Article, languages: Sequence[str]) -> Iterator[Problem]:
    line = _line(file, "spoken")
    if article.language not in languages:
        what = f"nothing is said in `{article.language}`"
        yield Problem(file, 1, what, f"Put it under one of {', '.join(languages)}")
        return
    for what, todo in unspeakable(article.spoken, article.language):
        yield Problem(file, line, f"`spoken` {what}", todo)
    spoken_s = estimated_s(article.spoken, article.language)
    if spoken_s > LONGEST_S:
        what = f"`spoken` takes {spoken_s:.1f} s to say"
        yield Problem(file, line, what, f"Say it in {LONGEST_S:.0f} s; the rest may stand below")
    if len(article.questions) < FEWEST_QUESTIONS:
        what = f"only {len(article.questions)} ways of asking for it"
        todo = f"Write at least {FEWEST_QUESTIONS}, in callers' words"
        yield Problem(file, _line(file, "questions"), what, todo, is_error=False)


def _looked_after(file: Path, article: Article, today: date) -> Iterator[Problem]:
    if article.check_by < article.checked:
        what = f"`check_by` {article.check_by} is before `checked` {article.checked}"
        yield Problem(file, _line(file, "check_by"), what, "Correct one of the two dates")
    elif article.is_due(today):
        what = f"should have been checked by {article.check_by}"
        todo = f"Ask {article.owner}, then set `checked` and `check_by` anew"
        yield Problem(file, _line(file, "check_by"), what, todo, is_error=False)
    if article.checked > today:
        what = f"`checked` {article.checked} lies in the future"
        todo = "Write the day somebody looked at it"
        yield Problem(file, _line(file, "checked"), what, todo, is_error=False)


def _asked_twice(articles: Sequence[tuple[Path, Article]]) -> Iterator[Problem]:
    first: dict[tuple[str, str], Path] = {}
    for file, article in articles:
        for question in article.questions:
            other = first.setdefault((article.language, plain_words(question)), file)
            if other != file:
                what = f"“{question}” is asked in {other.name} too"
                yield Problem(file, _line(file, "questions"), what, "One question has one answer: keep one")


def _missing(articles: Sequence[tuple[Path, Article]], languages: Sequence[str]) -> Iterator[Problem]:
    written = {(article.slug, article.language) for _, article in articles}
    for file, article in articles:
        is_first = article.language == min(each.language for _, each in articles if each.slug == article.slug)
        lacking = [code for code in languages if (article.slug, code) not in written]
        if is_first and lacking:
            what = f"there is no {article.slug}.md in {', '.join(lacking)}"
            yield Problem(file, 1, what, "Callers in that language get no answer", is_error=False)


def _line(file: Path, name: str) -> int:
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((at for at, line in enumerate(lines, 1) if line.startswith(f"{name}:")), 1)
