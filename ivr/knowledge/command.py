"""The command `ivr knowledge`: bring old texts in as drafts, list what is overdue, try a question."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from ivr.clock import SystemClock
from ivr.knowledge.article import write_article
from ivr.knowledge.importing import ImportWrong, Section, drafts, sections_of
from ivr.knowledge.library import Library

DRAFTS = Path("knowledge") / "drafts"  # one folder deeper than what the bot says
KINDS = {".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".csv": "csv"}
LARGEST_BYTES = 5_000_000
TRUSTED_FOR = timedelta(days=180)


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
        if not (nlu_data / "responses" / f"{language}.yml").exists():
            raise ImportWrong(f"nothing is said in `{language}`: there is no responses/{language}.yml")
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

    @knowledge.command("due")
    def due() -> None:
        """List the articles past their check-by date, the longest overdue first. Exit code 1 if any."""
        overdue = Library.load(load().nlu_data_dir).due(SystemClock().now().date())
        for article in overdue:
            click.echo(f"{article.check_by}  {article.language}/{article.slug}.md  {article.owner}")
        if overdue:
            raise SystemExit(1)
        click.echo("Every article is within its date.")

    @knowledge.command("ask")
    @click.argument("question")
    @click.option("--language", default="en", show_default=True)
    def ask(question: str, language: str) -> None:
        """Tell what the bot would answer, and the three likest articles."""
        library = Library.load(load().nlu_data_dir)
        likest = library.search(question, language, 3)
        row = {
            "says": library.spoken_answer(question, language),
            "likest": {found.article.slug: round(found.alike, 2) for found in likest},
        }
        click.echo(json.dumps(row, ensure_ascii=False, indent=2))

    return knowledge


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
