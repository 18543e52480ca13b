"""What older texts become as drafts, and what a file that cannot be used is told."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.knowledge.article import Article
from ivr.knowledge.command import knowledge_command
from ivr.knowledge.importing import ImportWrong, drafts, sections_of
from ivr.nlu.article_checks import check_articles

TODAY = date(2026, 11, 22)


def made(content: str, kind: str) -> list[Article]:
    return drafts(sections_of(content, kind), "en", "Anna", TODAY, date(2027, 5, 1))


def test_each_heading_of_a_markdown_page_becomes_an_article() -> None:
    content = (
        "# Help\n\n## Do you *wrap* gifts?\nYes, for 29 kr. Ask at the [checkout](/x).\n\n## Sizes\nSmall.\n"
    )
    wrap, sizes = made(content, "md")
    assert (wrap.slug, wrap.title, wrap.questions) == (
        "do-you-wrap-gifts",
        "Do you wrap gifts?",
        ("Do you wrap gifts",),
    )
    assert wrap.spoken == "Yes, for 29 kr. Ask at the checkout."
    assert sizes.text == "Small."


def test_a_web_page_loses_its_menu_and_program() -> None:
    page = (
        "<nav>Menu</nav><h1>Help</h1><h2>Wrap<b>ping</b></h2><p>29&nbsp;kr &amp; free.</p>"
        "<script>bad()</script><h2>Empty</h2>"
    )
    (article,) = made(page, "html")
    assert (article.title, article.text) == ("Wrapping", "29 kr & free.")


def test_old_cases_with_the_same_answer_become_one_article() -> None:
    cases = "question;answer\nCan I get it wrapped?;Yes.\nDo you wrap;Yes.\ndo you wrap;Yes.\nWhere;Here.\n"
    first, second = made(cases, "csv")
    assert first.questions == ("Can I get it wrapped?", "Do you wrap")
    assert second.spoken == "Here."


@pytest.mark.parametrize(
    ("content", "kind", "told"),
    [
        ("question,answer\nHow,\n", "csv", "line 2: a case needs both"),
        ('question,answer\n"How,x\n', "csv", "line "),
        ("a,b\n1,2\n", "csv", "no column for the question"),
        ("no headings here", "md", "nothing to import"),
        ("<p>no headings here</p>", "html", "nothing to import"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line(content: str, kind: str, told: str) -> None:
    with pytest.raises(ImportWrong, match=told):
        made(content, kind)


class _Settings:
    def __init__(self, nlu_data_dir: Path) -> None:
        self.nlu_data_dir = nlu_data_dir


def test_drafts_are_not_said_and_are_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "responses").mkdir()
    (tmp_path / "responses" / "en.yml").write_text("responses: {}\n")
    page = tmp_path / "faq.md"
    page.write_text("# Wrapping\nYes, for 29 kr.\n")
    command = knowledge_command(lambda: _Settings(tmp_path))
    order = ["import", str(page), "--language", "en", "--owner", "Anna"]
    assert CliRunner().invoke(command, order).exit_code == 0
    draft = tmp_path / "knowledge" / "drafts" / "en" / "wrapping.md"
    draft.write_text("mine")
    again = CliRunner().invoke(command, order)
    assert "left as it is" in again.output
    assert draft.read_text() == "mine"
    assert CliRunner().invoke(command, ["due"]).output == "Every article is within its date.\n"


WHOLE = """---
title: Wrapping
owner: Anna
checked: 2026-11-01
check_by: {check_by}
questions:
- do you wrap gifts
- what does wrapping cost
- {third}
spoken: {spoken}
---
Yes.
"""


def test_the_check_names_file_line_and_kind_of_each_mistake(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge" / "en"
    folder.mkdir(parents=True)
    good = {"check_by": "2027-05-01", "third": "is wrapping free", "spoken": "It costs twenty kronor."}
    for name, change in {
        "wrapping": {},
        "twice": {"third": "Do you wrap gifts?", "spoken": "Look at www.nordlys.example."},
        "old": {"check_by": "2026-11-20", "third": "older", "spoken": "Well. " * 30},
        "turned": {"check_by": "2026-10-01", "third": "newer"},
    }.items():
        content = WHOLE.format(**(good | change))
        if name != "twice":
            content = content.replace("do you wrap gifts", f"{name} one").replace(
                "what does wrapping cost", f"{name} two"
            )
        if name == "wrapping":
            content = content.replace("wrapping one", "do you wrap gifts")
        (folder / f"{name}.md").write_text(content)
    (folder / "torn.md").write_text("---\ntitle: x\n---\n")
    found = {
        (problem.file.stem, problem.line, problem.what.split(" ")[0], problem.is_error)
        for problem in check_articles(tmp_path, ["en", "sv"], TODAY)
        if "there is no" not in problem.what
    }
    assert found == {
        ("torn", 1, "the", True),
        ("twice", 10, "`spoken`", True),
        ("wrapping", 6, "“do", True),
        ("old", 10, "`spoken`", True),
        ("old", 5, "should", False),
        ("turned", 5, "`check_by`", True),
    }
    missing = [
        problem for problem in check_articles(tmp_path, ["en", "sv"], TODAY) if "in sv" in problem.what
    ]
    assert len(missing) == 4
