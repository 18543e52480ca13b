"""The command `ivr knowledge`: bring old texts in as drafts, list what is overdue, try a question."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from ivr.clock import SystemClock
from ivr.dialogue.wording import said_in
from ivr.knowledge.article import write_article
from ivr.knowledge.importing import ImportWrong, Section, drafts, sections_of
from ivr.knowledge.library import Library

DRAFTS = Path("knowledge") / "drafts"  # one folder deeper than what the bot says
KINDS = {".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".csv": "csv"}
LARGEST_BYTES = 5_000_000
TRUSTED_FOR = timedelta(days=180)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


def knowledge_command(load: Callable[[], Any]) -> click.Group:
    """Return the group; `load` reads the settings."""

    @click.group("knowledge")
    def knowledge() -> None:
        """Articles that the bot says and agents read."""

    @knowledge.command("import")
    @click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
    @click.option("--language", required=True, help="What the files are written in: en, sv, nb or fi.")
    @click.option("--owner", required=True, help="Who answers for the articles.")
    def import_(files: tuple[Path, ...], language: str, owner: str) -> None:
        """Make drafts of Markdown files, HTML pages and CSV of old cases (columns question and answer).

        They are written to nlu_data/knowledge/drafts/; callers hear one when somebody has read it and moved
        it to knowledge/<language>/. A draft that is there already is left as it is.
        """
        nlu_data = load().nlu_data_dir
        said_in(nlu_data, language)
        today = SystemClock().now().date()
        read = [(file, _sections(file)) for file in files]
        folder = nlu_data / DRAFTS / language
        folder.mkdir(parents=True, exist_ok=True)
        for file, sections in read:
            for article in drafts(sections, language, owner, today, today + TRUSTED_FOR):
                target = folder / f"{article.slug}.md"
                if target.exists() or (nlu_data / "knowledge" / language / target.name).exists():
                    click.echo(f"{file}: {article.slug} is there already, left as it is")
                    continue
                target.write_text(write_article(article), encoding="utf-8")
                click.echo(f"{file}: {target}")
        click.echo("Read each, shorten `spoken`, add questions, move it one folder up; then `ivr nlu check`.")

    _add_reading(knowledge, load)
    return knowledge


def _add_reading(knowledge: click.Group, load: Callable[[], Any]) -> None:
    @knowledge.command("due")
    @_as_json
    def due(as_json: bool) -> None:
        """List the articles past their check-by date, the longest overdue first. Exit code 1 if any."""
        overdue = Library.load(load().nlu_data_dir).due(SystemClock().now().date())
        lines = [
            {"check_by": str(one.check_by), "file": f"{one.language}/{one.slug}.md", "owner": one.owner}
            for one in overdue
        ]
        if as_json:
            click.echo(json.dumps(lines, ensure_ascii=False))
        else:
            told = "\n".join("  ".join(line.values()) for line in lines)
            click.echo(told or "Every article is within its date.")
        if overdue:
            raise SystemExit(1)

    @knowledge.command("ask")
    @click.argument("question")
    @click.option("--language", default="en", show_default=True)
    @_as_json
    def ask(question: str, language: str, as_json: bool) -> None:
        """Tell what the bot would answer, and the three likest articles."""
        if not question.strip():
            raise click.UsageError("QUESTION is empty.")
        nlu_data = load().nlu_data_dir
        library = Library.load(nlu_data)
        likest = library.search(question, said_in(nlu_data, language), 3)
        says = library.spoken_answer(question, language)
        if as_json:
            row = {"says": says, "likest": {found.article.slug: round(found.alike, 2) for found in likest}}
            click.echo(json.dumps(row, ensure_ascii=False))
            return
        click.echo(says or "No article answers this.")
        for found in likest:
            click.echo(f"  {found.alike:.2f}  {found.article.slug}")


def _sections(file: Path) -> list[Section]:
    kind = _kind(file)
    try:
        return sections_of(_content(file), kind)
    except ImportWrong as wrong:
        told = str(wrong)
        raise ImportWrong(told if told.startswith(str(file)) else f"{file}: {told}") from wrong


def _kind(file: Path) -> str:
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        raise ImportWrong(f"{file}: only {', '.join(KINDS)} can be imported")
    return kind


def _content(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise ImportWrong(f"{file}: over 5 MB; split it")
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise ImportWrong(f"{file}: save the file as UTF-8") from wrong
    except OSError as missing:
        raise ImportWrong(f"{file}: {missing.strerror}") from missing
