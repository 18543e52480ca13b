"""What older texts become as articles: pages by heading, a CSV of old cases by answer. Pure."""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser

from ivr.errors import IvrError
from ivr.knowledge.article import Article

QUESTION_COLUMNS = ("question", "questions", "subject", "fråga", "ärende", "spørsmål", "kysymys")
ANSWER_COLUMNS = ("answer", "reply", "solution", "svar", "lösning", "løsning", "vastaus")
SPOKEN_CHARACTERS = 100  # under 8 s at 12.8 characters a second, the slowest voice
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$")
_MARKS = re.compile(r"\[([^\]]*)\]\([^)]*\)|[*_`>#]+")
_BLOCKS = {"p", "li", "td", "th", "dd", "div", "br", "tr", "ul", "ol", "table"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary"}
_SILENT = {"script", "style", "nav", "header", "footer", "noscript", "template", "form"}


class ImportWrong(IvrError):
    """A file cannot be made into articles; the message names the line where known, and what to do."""


@dataclass(frozen=True)
class Section:
    """A heading or question with what stands below; `line` is where it begins."""

    title: str
    text: str
    questions: tuple[str, ...] = ()
    line: int = 1


def sections_of(content: str, kind: str) -> list[Section]:
    """Split a file by its kind: md, html or csv. Raises ImportWrong."""
    readers = {"md": _markdown, "html": _html, "csv": _cases}
    found = [section for section in readers[kind](content) if section.text]
    if not found:
        raise ImportWrong("nothing to import: no heading or question with a text below it")
    return found


def drafts(
    sections: Sequence[Section], language: str, owner: str, today: date, check_by: date
) -> list[Article]:
    """Return one article for each section. Somebody must read them before callers hear them."""
    taken: set[str] = set()
    made = []
    for section in sections:
        slug = _slug(section.title, taken)
        questions = section.questions or (section.title.rstrip("?").strip(),)
        spoken = _spoken(section.text)
        made.append(
            Article(
                slug, language, section.title, owner, today, check_by, questions, spoken, section.text, ""
            )
        )
    return made


def _markdown(content: str) -> Iterator[Section]:
    title, line, body = "", 1, list[str]()
    for number, row in enumerate(content.splitlines(), 1):
        heading = _HEADING.match(row)
        if heading is None:
            body.append(row)
            continue
        yield Section(title, _tidy("\n".join(body)) if title else "", line=line)
        title, line, body = _plain(heading[1]), number, []
    yield Section(title, _tidy("\n".join(body)) if title else "", line=line)


class _Page(HTMLParser):
    """Collects (heading, text below it) of a page, without what is menu or program."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, list[str], int]] = []
        self._silent = 0
        self._heading: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _HEADINGS:
            self._heading = []
        elif tag in _BLOCKS and self.found:
            self.found[-1][1].append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _HEADINGS and self._heading is not None:
            self.found.append((" ".join("".join(self._heading).split()), [], self.getpos()[0]))
            self._heading = None
        elif tag in _BLOCKS and self.found:
            self.found[-1][1].append("\n")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._heading is not None:
            self._heading.append(data)
        elif self.found:
            self.found[-1][1].append(re.sub(r"\s+", " ", data))


def _html(content: str) -> Iterator[Section]:
    page = _Page()
    page.feed(content)
    page.close()
    for title, body, line in page.found:
        if title:
            yield Section(title, _tidy("".join(body)), line=line)


def _cases(content: str) -> Iterator[Section]:
    """Group the questions of old cases by their answer, as agents copy and paste the same one."""
    first_line = content.split("\n", 1)[0]
    separator = max(",;\t", key=first_line.count)
    rows = csv.DictReader(io.StringIO(content), delimiter=separator, strict=True)
    names = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    question = _column(names, QUESTION_COLUMNS, "question")
    answer = _column(names, ANSWER_COLUMNS, "answer")
    grouped: dict[str, tuple[list[str], int]] = {}
    try:
        for row in rows:
            asked, told = (" ".join((row[name] or "").split()) for name in (question, answer))
            if not asked or not told:
                raise ImportWrong(f"line {rows.line_num}: a case needs both a question and an answer")
            questions, _ = grouped.setdefault(told, ([], rows.line_num))
            if asked.lower() not in map(str.lower, questions):
                questions.append(asked)
    except csv.Error as broken:
        what = "a quote is left open, or the columns are cut"
        raise ImportWrong(f"line {rows.line_num}: {broken}; {what}") from broken
    for told, (questions, line) in grouped.items():
        yield Section(questions[0], told, tuple(questions), line)


def _column(names: Mapping[str, str], wanted: Sequence[str], what: str) -> str:
    found = next((names[name] for name in wanted if name in names), None)
    if found is None:
        there = ", ".join(name for name in names if name) or "none"
        raise ImportWrong(f"line 1: no column for the {what}; name one `{what}` (there are: {there})")
    return found


def _tidy(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub(lambda mark: mark[1] or "", text).split())


def _spoken(text: str) -> str:
    """Return as many whole sentences from the beginning as can be said; the first one's words at least."""
    sentences = re.split(r"(?<=[.!?])\s+", _plain(text))
    said = sentences[0]
    for sentence in sentences[1:]:
        if len(said) + 1 + len(sentence) > SPOKEN_CHARACTERS:
            break
        said = f"{said} {sentence}"
    return said


def _slug(title: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain)[:6])
    slug = slug or f"article-{hashlib.sha256(title.encode()).hexdigest()[:6]}"
    free, number = slug, 2
    while free in taken:
        free, number = f"{slug}-{number}", number + 1
    taken.add(free)
    return free
