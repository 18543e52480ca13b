"""Whether callers' sentences teach what they should: enough of them, each under one intent, none held out."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process
from yaml.nodes import MappingNode

from ivr.dialogue.plain_words import plain_words
from ivr.nlu.corpus import Line, by_language
from ivr.nlu.rendering import marked_entities, plain_example
from ivr.nlu.yaml_marks import Problem, items, names, text, value_at

FEWEST_EXAMPLES = 15  # in each language
WITHOUT_WORDS = {"enter_digits"}  # comes from the keypad
NEARLY_SAME = 94.0  # rapidfuzz ratio; "where is my order" and "where's my order" have 94
SHORTEST_COMPARED = 12  # characters; in shorter ones a letter more makes another word


def check_sentences(
    lines: Sequence[Line],
    intents: Mapping[str, int],
    domain_file: Path,
    languages: Sequence[str],
    is_complete: bool,
) -> Iterator[Problem]:
    """Tell of intents nobody knows or that have few sentences, and of sentences under two intents."""
    yield from _unknown(lines, intents, domain_file, is_error=True)
    for same_language in by_language(list(lines)).values():
        yield from _repeated(same_language)
        yield from _nearly_repeated(same_language)
    if is_complete:
        yield from _thin(lines, intents, domain_file, languages)


def _unknown(
    lines: Sequence[Line], intents: Container[str], domain_file: Path, is_error: bool
) -> Iterator[Problem]:
    """Tell of each unknown intent once in a file, at its first sentence."""
    told: set[tuple[Path, str]] = set()
    for line in lines:
        if line.intent in intents or (line.file, line.intent) in told:
            continue
        told.add((line.file, line.intent))
        todo = f"Add it under `intents:` in {domain_file.name}, or correct the name"
        what = f"the intent `{line.intent}` is not in the domain"
        yield Problem(line.file, line.line, what, todo, is_error)


def _repeated(lines: Sequence[Line]) -> Iterator[Problem]:
    first: dict[str, Line] = {}
    for line in lines:
        plain = plain_example(line.written)
        other = first.setdefault(plain, line)
        if other is line:
            continue
        where = f"{other.file.name}:{other.line}"
        if other.intent != line.intent:
            what = f"“{plain}” is also an example of `{other.intent}` ({where})"
            yield Problem(line.file, line.line, what, "Keep it in one")
        else:
            what = f"“{plain}” is there already ({where})"
            yield Problem(line.file, line.line, what, "Remove one: it teaches nothing twice", is_error=False)


def _nearly_repeated(lines: Sequence[Line]) -> Iterator[Problem]:
    """Compare across intents only: inside one, alike sentences do no harm."""
    kept = {plain: line for line in lines if len(plain := plain_words(line.said)) >= SHORTEST_COMPARED}
    texts = list(kept)
    if len(texts) < 2:
        return
    alike = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=NEARLY_SAME, dtype=np.uint8)
    for here, there in np.argwhere(np.triu(alike, 1) > 0):
        other, line = kept[texts[int(here)]], kept[texts[int(there)]]
        if other.intent == line.intent:
            continue
        where = f"“{texts[int(here)]}”, an example of `{other.intent}` ({other.file.name}:{other.line})"
        what = f"“{texts[int(there)]}” is nearly {where}"
        yield Problem(line.file, line.line, what, "Make sure that both are meant", is_error=False)


def _thin(
    lines: Sequence[Line], intents: Mapping[str, int], domain_file: Path, languages: Sequence[str]
) -> Iterator[Problem]:
    counts = Counter((line.language, line.intent) for line in lines)
    for intent, at in intents.items():
        if intent in WITHOUT_WORDS:
            continue
        for language in languages:
            count = counts[language, intent]
            if count < FEWEST_EXAMPLES:
                what = f"`{intent}` has only {count} example sentences in nlu/{language}"
                todo = f"Write at least {FEWEST_EXAMPLES}, as different as callers are"
                yield Problem(domain_file, at, what, todo, is_error=False)


def check_holdout(
    held_out: Sequence[Line], lines: Sequence[Line], intents: Mapping[str, int], domain_file: Path
) -> Iterator[Problem]:
    """Tell of held-out sentences that are trained on, and of intents nobody knows."""
    trained = {(line.language, plain_words(line.said)): line for line in lines}
    yield from _unknown(held_out, {*intents, "nlu_fallback"}, domain_file, is_error=False)
    for line in held_out:
        plain = plain_words(line.said)
        same = trained.get((line.language, plain))
        # What every caller says ("yes", "hello") cannot be kept out of either.
        if same is not None and len(plain.split()) > 2:
            what = f"“{plain}” is trained on too ({same.file.name}:{same.line})"
            yield Problem(line.file, line.line, what, "Remove it in one place: it measures nothing here")


def check_entities(
    lines: Sequence[Line], files: Sequence[MappingNode], domain: MappingNode, domain_file: Path
) -> Iterator[Problem]:
    """Tell of entities that no sentence or pattern shows, and of marks nobody knows."""
    known = names(value_at(domain, "entities"))
    shown: set[str] = set()
    for node in files:
        for block in items(value_at(node, "nlu")):
            for kind in ("regex", "lookup", "synonym"):
                shown.add(text(value_at(block, kind)) or "")
    for line in lines:
        for entity in marked_entities(line.written):
            shown.add(entity)
            if entity not in known:
                todo = "Add it under `entities:` in domain.yml, or correct the name"
                yield Problem(line.file, line.line, f"the entity `{entity}` is not in the domain", todo)
    for entity, at in known.items():
        if entity not in shown:
            todo = f"Mark it in sentences as `[value]({entity})`, or remove it"
            yield Problem(domain_file, at, f"no sentence shows the entity `{entity}`", todo)
