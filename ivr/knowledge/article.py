"""One article: what it says, aloud and in full, who answers for it, and until when it may be trusted."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ivr.errors import IvrError

FENCE = "---"
NEEDED = ("title", "owner", "checked", "check_by", "questions", "spoken")


class ArticleWrong(IvrError):
    """An article cannot be used; the message names file, line where known, and what to do."""


@dataclass(frozen=True)
class Article:
    """`spoken` is what the bot says, at most 8 s; `text` is the whole Markdown below the heading block.

    `questions` are ways callers ask for it. `version` changes with every letter of the article.
    """

    slug: str
    language: str
    title: str
    owner: str
    checked: date
    check_by: date
    questions: tuple[str, ...]
    spoken: str
    text: str
    version: str

    def is_due(self, today: date) -> bool:
        """Say whether somebody must look at it again."""
        return today > self.check_by


def read_article(file: Path) -> Article:
    """Read `knowledge/<language>/<slug>.md`. Raises ArticleWrong."""
    content = _content(file)
    head, text = _parts(file, content)
    missing = [name for name in NEEDED if not head.get(name)]
    if missing:
        raise ArticleWrong(f"{file}:1: the heading block lacks {', '.join(missing)}")
    for name in ("checked", "check_by"):
        if not isinstance(head[name], date):
            raise ArticleWrong(f"{file}:{_line(content, name)}: `{name}` is a date such as 2026-11-22")
    questions = head["questions"]
    if not isinstance(questions, list) or not all(isinstance(question, str) for question in questions):
        raise ArticleWrong(f"{file}:{_line(content, 'questions')}: `questions` is a list of sentences")
    return Article(
        slug=file.stem,
        language=file.parent.name,
        title=str(head["title"]),
        owner=str(head["owner"]),
        checked=head["checked"],
        check_by=head["check_by"],
        questions=tuple(questions),
        spoken=" ".join(str(head["spoken"]).split()),
        text=text,
        version=hashlib.sha256(content.encode()).hexdigest()[:12],
    )


def write_article(article: Article) -> str:
    """Return the article as its file holds it, without its version."""
    head = {
        "title": article.title,
        "owner": article.owner,
        "checked": article.checked,
        "check_by": article.check_by,
        "questions": list(article.questions),
        "spoken": article.spoken,
    }
    block = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=100)
    return f"{FENCE}\n{block}{FENCE}\n{article.text.strip()}\n"


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ArticleWrong(f"{file}: save the file as UTF-8") from None


def _parts(file: Path, content: str) -> tuple[dict[str, Any], str]:
    pieces = content.split(f"{FENCE}\n", 2)
    if len(pieces) < 3 or pieces[0].strip():
        raise ArticleWrong(f"{file}:1: begin with a heading block between two lines of {FENCE}")
    try:
        head = yaml.safe_load(pieces[1])
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = 1 if mark is None else mark.line + 2
        raise ArticleWrong(f"{file}:{line}: the heading block is no YAML") from problem
    if not isinstance(head, dict):
        raise ArticleWrong(f"{file}:1: the heading block lists names and values")
    return head, pieces[2].strip()


def _line(content: str, name: str) -> int:
    found = [number for number, line in enumerate(content.splitlines(), 1) if line.startswith(f"{name}:")]
    return found[0] if found else 1
