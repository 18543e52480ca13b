"""How well articles answer, and how seldom they answer what they should not, for several thresholds.

    python -m benchmarks.knowledge            writes results/knowledge.json

Each of an article's own questions is asked of articles that do not hold it (leave one out); right is the
article it was taken from. What must get no answer: out-of-scope training sentences without a word of what
the articles are about. No model, no server; seconds.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks import report
from ivr.dialogue.plain_words import plain_words
from ivr.knowledge import search
from ivr.knowledge.article import Article
from ivr.knowledge.library import Library
from ivr.nlu.corpus import training_lines

ROOT = Path(__file__).parents[1]
THRESHOLDS = (0.3, 0.36, 0.42, 0.48, 0.54)
# The articles are asked only where the bot itself has no answer.
ASKED_FOR = {"out_of_scope"}
# Words of what the articles are about: a sentence with one of them may well have an article's answer.
ABOUT = (
    *("deliver", "ship", "gift", "pay", "warrant", "guarant", "exchange", "swap", "cost", "price", "card"),
    *("frakt", "lever", "skick", "present", "betal", "garanti", "byt", "kost", "kort", "swish", "vipps"),
    *("gave", "send", "pris", "toimit", "lahja", "maks", "takuu", "vaih", "posti", "lähet", "mobilepay"),
)


def left_out(articles: list[Article]) -> Iterator[tuple[str, str, search.Index]]:
    """Yield each question with the article it is from and an index that has never seen it."""
    for article in articles:
        for question in article.questions:
            rest = tuple(other for other in article.questions if other != question)
            others = [replace(article, questions=rest) if each is article else each for each in articles]
            yield question, article.slug, search.Index(others, article.language)


def measure() -> dict[str, dict[str, dict[str, float]]]:
    """Return shares by language and threshold."""
    library = Library.load(ROOT / "nlu_data")
    lines = [line for line in training_lines(ROOT / "nlu_data") if line.intent in ASKED_FOR]
    found: dict[str, dict[str, dict[str, float]]] = {}
    shipped = search.LEAST_ALIKE
    for language in sorted({article.language for article in library.articles}):
        articles = [article for article in library.articles if article.language == language]
        asked = list(left_out(articles))
        foreign = [
            line.plain
            for line in lines
            if line.language == language and not any(word in plain_words(line.said) for word in ABOUT)
        ]
        whole = search.Index(articles, language)
        for threshold in THRESHOLDS:
            search.LEAST_ALIKE = threshold
            answers = [(slug, index.answer(question)) for question, slug, index in asked]
            answered = [(slug, answer.article.slug) for slug, answer in answers if answer]
            found.setdefault(language, {})[f"{threshold}"] = {
                "questions": len(asked),
                "right": round(sum(slug == got for slug, got in answered) / len(asked), 3),
                "another article": round(sum(slug != got for slug, got in answered) / len(asked), 3),
                "foreign": len(foreign),
                "foreign answered": round(
                    sum(whole.answer(one) is not None for one in foreign) / len(foreign), 3
                ),
            }
        search.LEAST_ALIKE = shipped
    return found


def main() -> None:
    """Print the shares."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter).parse_args()
    machine = report.machine()
    figures = measure()
    for language, thresholds in figures.items():
        for threshold, row in thresholds.items():
            print(language, threshold, row)
    report.save("knowledge", {"machine": machine, "languages": figures})


if __name__ == "__main__":
    main()
