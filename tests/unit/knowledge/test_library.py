"""Which article answers, which is overdue, and what a wrong file is told."""

from datetime import date
from pathlib import Path

import pytest

from ivr.dialogue.action_wire import ActionRequest
from ivr.dialogue.actions.knowing import unless_known
from ivr.dialogue.actions.talk import ACTIONS
from ivr.knowledge.article import Article, ArticleWrong, read_article, write_article
from ivr.knowledge.library import Library
from ivr.nlu.response_checks import LONGEST_S, estimated_s

NLU_DATA = Path(__file__).resolve().parents[3] / "nlu_data"


def article(slug: str, *questions: str, language: str = "en", check_by: date = date(2030, 1, 1)) -> Article:
    spoken = f"About {slug}."
    return Article(
        slug, language, slug, "Anna", date(2029, 1, 1), check_by, questions, spoken, "More.", version=slug
    )


@pytest.fixture
def library() -> Library:
    return Library(
        [
            article(
                "delivery-cost",
                "what does delivery cost",
                "is there a shipping fee",
                "do you have free shipping",
            ),
            article("gift-cards", "do you sell gift cards", "how long is a gift card valid"),
            article(
                "presentkort", "hur länge gäller presentkortet", language="sv", check_by=date(2029, 6, 1)
            ),
        ]
    )


@pytest.mark.parametrize(
    ("question", "language", "slug"),
    [
        ("what does the delivery cost me", "en", "delivery-cost"),
        ("What's the shipping fee?", "en", "delivery-cost"),
        ("is my gift card still valid", "en", "gift-cards"),
        ("hur lenge gäller presentkortet", "sv", "presentkort"),
    ],
)
def test_the_article_that_is_asked_for_answers(
    library: Library, question: str, language: str, slug: str
) -> None:
    found = library.answer(question, language)
    assert found is not None
    assert found.article.slug == slug


@pytest.mark.parametrize(
    "question", ["", "what time is it", "is it cold outside", "where is my order", "valid", "?!", "x" * 5_000]
)
def test_other_questions_get_no_answer(library: Library, question: str) -> None:
    assert library.answer(question, "en") is None


def test_a_language_without_articles_answers_nothing(library: Library) -> None:
    assert library.answer("what does delivery cost", "fi") is None
    assert library.search("what does delivery cost", "fi") == []


def test_overdue_articles_are_listed(library: Library) -> None:
    assert [each.slug for each in library.due(date(2029, 7, 1))] == ["presentkort"]
    assert library.due(date(2029, 5, 1)) == []


def test_the_version_changes_with_any_article(library: Library) -> None:
    assert Library([*library.articles, article("new", "new things")]).version != library.version


def test_an_article_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "sv" / "frakt.md"
    file.parent.mkdir()
    written = article("frakt", "vad kostar frakten", language="sv")
    file.write_text(write_article(written), encoding="utf-8")
    found = read_article(file)
    assert (found.slug, found.language, found.questions) == ("frakt", "sv", written.questions)
    assert (found.spoken, found.text, found.check_by) == (written.spoken, written.text, written.check_by)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("no block", ":1: begin with a heading block"),
        ("---\ntitle: [\n---\nx", ":3: the heading block is no YAML"),
        ("---\ntitle: x\n---\nx", ":1: the heading block lacks owner, checked"),
        (
            "---\ntitle: x\nowner: y\nchecked: soon\ncheck_by: 2030-01-01\nquestions: [a]\nspoken: s\n---\nx",
            ":4: `checked` is a date",
        ),
        (
            "---\ntitle: x\nowner: y\nchecked: 2030-01-01\ncheck_by: 2030-01-02\nquestions: a\nspoken: s\n"
            "---\n",
            ":6: `questions` is a list",
        ),
    ],
)
def test_a_wrong_article_is_told_where(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "a.md"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ArticleWrong, match=says):
        read_article(file)


def test_what_ships_can_be_said_and_answers_its_own_questions() -> None:
    shipped = Library.load(NLU_DATA)
    assert {each.language for each in shipped.articles} >= {"en", "sv"}
    for each in shipped.articles:
        assert estimated_s(each.spoken, each.language) <= LONGEST_S, each.slug
        for question in each.questions:
            assert shipped.search(question, each.language, 1)[0].article == each


def request(said: str, loop: str | None = None) -> ActionRequest:
    return ActionRequest("action_cannot_help", "CA1", {}, "out_of_scope", (), loop, said=said)


def test_the_bot_answers_from_an_article_before_it_says_that_it_cannot_help(library: Library) -> None:
    act = unless_known(library, ACTIONS["action_cannot_help"])
    known = act(request("do you have free shipping"))
    assert known.responses[0] == {"response": "utter_knowledge", "answer": "About delivery-cost."}
    assert act(request("sing me a song")).responses[0] == {"response": "utter_cannot_help"}


def test_an_open_form_goes_on_after_an_answer(library: Library) -> None:
    act = unless_known(library, ACTIONS["action_cannot_help"])
    assert act(request("do you have free shipping", loop="matter_form")).events == (
        {"event": "followup", "name": "matter_form", "timestamp": None},
    )
