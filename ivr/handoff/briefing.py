"""What an agent is told about a caller before joining: aloud, on the card, and all of it. Pure."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ivr.conversation.prompt import Prompt
from ivr.handoff.briefing_facts import Statement, statements
from ivr.handoff.briefing_quote import is_only_the_request, matters
from ivr.handoff.case import Case

LIMIT_S = 12.0
CARD_WORDS = 60
QUOTE_WORDS_MAX = 14
QUOTE_WORDS_MIN = 8  # shorter ones stop before they say anything
QUOTE_CHARACTERS = 110
MORE_QUOTE_WORDS = 40
LAST_RESORT = 20  # lighter ones are said only to an agent who asks for more
TONGUE = 94  # which language the caller speaks decides how the agent begins
LIGHT = 40  # left out before a word of the caller's quote is
WORDS_PER_S = 3.1  # the slowest hibari said these sentences; the fastest was 5.3
SENTENCE_PAUSE_S = 0.3
# What people say before they say anything; never "yes" or "no".
_OPENERS = frozenset(
    {
        "um", "uh", "er", "erm", "eh", "hm", "hmm", "hi", "hello", "hey", "well", "okay", "ok", "hej",
        "hallå", "öh", "alltså", "hei", "hallo", "altså", "moi", "niin", "öö",
    }
)  # fmt: skip
_JOINS = frozenset({"and", "but", "because", "och", "men", "eftersom", "fordi", "ja", "mutta", "koska"})
_LEAST_OF_A_QUOTE = 0.6  # a quote is cut where a clause ends, unless more than this would be lost
_UNSPEAKABLE = re.compile(r"[^\w\s.,:;!?'’\"%&/()+@-]|_")
Measure = Callable[[Prompt], float]


class BriefingWords(Protocol):
    """Finds the words for a response name."""

    def prompt(self, prompt_id: str, language: str, **slots: str) -> Prompt:
        """Return the prompt with its slots filled as they are said."""
        ...

    def written(self, prompt_id: str, language: str, **slots: str) -> str:
        """Return the text with its slots filled as they are written."""
        ...


@dataclass(frozen=True)
class Told:
    """A statement as an agent gets it, with the statement it words."""

    statement: Statement
    prompt: Prompt

    @property
    def text(self) -> str:
        """Return the words."""
        return self.prompt.text


def estimated_s(prompt: Prompt) -> float:
    """Estimate how long a prompt takes to say, in seconds."""
    return spoken_s([prompt.text])


def spoken_s(sentences: Sequence[str]) -> float:
    """Estimate how long sentences take to say, in seconds; a number takes a word per digit."""
    words = sum(len(re.findall(r"[0-9]|[^\W\d]+(?:['’-][^\W\d]+)*", sentence)) for sentence in sentences)
    return words / WORDS_PER_S + SENTENCE_PAUSE_S * len(sentences)


def brief(
    case: Case, words: BriefingWords, language: str | None = None, measure: Measure = estimated_s
) -> list[Told]:
    """Return the spoken briefing in the agent's language, one sentence a statement, at most LIMIT_S.

    While it is too long, light statements go first, then words of the quote, then a quote that is named
    anyway or breaks off in mid-sentence, then the lightest statement.
    A caller's words in another language are not read out: what they are about is said instead.
    """
    tongue = language or case.language
    kept = [statement for statement in _aloud(case, tongue) if statement.weight > LAST_RESORT]
    lengths = iter(range(QUOTE_WORDS_MAX, QUOTE_WORDS_MIN - 1, -3))
    longest = next(lengths)
    known: dict[str, float] = {}

    def seconds(told: Told) -> float:
        if told.text not in known:
            known[told.text] = measure(told.prompt)
        return known[told.text]

    while True:
        spoken = [_said(statement, words, tongue, longest) for statement in kept]
        if sum(map(seconds, spoken)) <= LIMIT_S or len(kept) <= 1:
            return spoken
        lightest = min(kept, key=lambda one: one.weight)
        if lightest.weight >= LIGHT and _has_quote(kept) and (shorter := next(lengths, None)):
            longest = shorter
            continue
        spare = [one for one in kept if one.kind == "brief_wants_words" and _is_spare(one, case, longest)]
        kept.remove(spare[0] if spare and lightest.weight >= LIGHT else lightest)


def detail(
    case: Case, words: BriefingWords, language: str | None = None, measure: Measure = estimated_s
) -> list[Told]:
    """Return what an agent who asks for more hears: what the briefing left out, and quotes it cut."""
    tongue = language or case.language
    told = brief(case, words, language, measure)
    spoken = {one.statement.kind: one for one in told}
    left: list[Told] = []
    for statement in _aloud(case, tongue):
        whole = _said(statement, words, tongue, MORE_QUOTE_WORDS)
        said = spoken.get(statement.kind)
        if said is None or said.text != whole.text:
            left.append(whole)
    return left or [Told(told[0].statement, words.prompt("brief_nothing_more", tongue))]


def card(case: Case, words: BriefingWords, language: str | None = None) -> list[Told]:
    """Return the written briefing: at most CARD_WORDS words, the caller's own among them."""
    tongue = language or case.language
    kept = [one for one in statements(case) if not one.kind.startswith("brief_first_")]
    longest = QUOTE_WORDS_MAX
    while True:
        shown = [_written(statement, words, tongue, longest) for statement in kept]
        if word_count(shown) <= CARD_WORDS or len(kept) <= 1:
            return shown
        lightest = min(kept, key=lambda one: one.weight)
        if lightest.weight >= LIGHT and longest > QUOTE_WORDS_MIN:
            longest -= 3
            continue
        kept.remove(lightest)


def timeline(case: Case, words: BriefingWords, language: str | None = None) -> list[Told]:
    """Return everything, in the order it became known; what belongs to no turn comes last."""
    tongue = language or case.language
    told = [_written(statement, words, tongue, None) for statement in statements(case)]
    return sorted(told, key=lambda one: (one.statement.source.turn is None, one.statement.source.turn or 0))


def word_count(told: Sequence[Told]) -> int:
    """Count the words of written statements."""
    return sum(len(one.text.split()) for one in told)


def quote(words: str, most_words: int | None) -> str:
    """Return a caller's words as plain text, without the marks that would end our sentence early.

    Of more than `most_words`, the first that say something, up to where a clause ends.
    """
    plain = " ".join(_UNSPEAKABLE.sub(" ", words).split())
    if most_words is not None:
        plain = " ".join(_shortened(plain.split(), most_words))[:QUOTE_CHARACTERS]
    return plain.strip(" .!?,;:-")


def _shortened(words: Sequence[str], most_words: int) -> Sequence[str]:
    begin = next((at for at, word in enumerate(words) if word.strip(".,!?").lower() not in _OPENERS), 0)
    kept = words[begin:]
    if len(kept) <= most_words:
        return kept
    return kept[: _clause_end(kept, most_words) or most_words]


def _clause_end(words: Sequence[str], most_words: int) -> int | None:
    """Return after how many of more than `most_words` the last clause ends, None when that is too few."""
    fewest = math.ceil(most_words * _LEAST_OF_A_QUOTE)
    ends = [
        at
        for at in range(fewest, most_words + 1)
        if words[at - 1][-1] in ",.;:!?" or words[at].lower() in _JOINS
    ]
    return max(ends, default=None)


def _ends_a_clause(said: str, most_words: int) -> bool:
    whole, cut = quote(said, None), quote(said, most_words)
    rest = whole.partition(cut)[2].split()
    return not rest or rest[0][0] in ",.;:!?" or rest[0].lower() in _JOINS


def _aloud(case: Case, tongue: str) -> Iterator[Statement]:
    """Return the statements as they can be said in a language: nobody reads out words of another one."""
    if tongue == case.language:
        yield from statements(case)
        return
    language = {"spoken_language": f"brief_language_{case.language}"}
    has_matter, is_said = bool(matters(case)), False
    for one in statements(case):
        if one.kind == "brief_wants_about":
            terms = {**one.terms, **language}
            yield replace(one, kind="brief_wants_about_in", weight=TONGUE, terms=terms)
        elif one.kind in {"brief_wants_words", "brief_half_heard"} and not has_matter:
            yield Statement("brief_speaks", one.source, TONGUE, terms=language)
            is_said = True
        elif "wanted" not in one.slots:
            yield one
    if not has_matter and not is_said:
        yield Statement("brief_speaks", next(iter(statements(case))).source, TONGUE, terms=language)


def _is_spare(words: Statement, case: Case, longest: int) -> bool:
    breaks_off = not case.matter and not _ends_a_clause(words.slots["wanted"], longest)
    return is_only_the_request(case) or breaks_off


def _has_quote(kept: Sequence[Statement]) -> bool:
    return any("wanted" in one.slots for one in kept)


def _said(statement: Statement, words: BriefingWords, language: str, longest: int | None) -> Told:
    terms = {name: words.prompt(term, language).text.rstrip(".") for name, term in statement.terms.items()}
    slots = _slots(statement.slots, longest)
    return Told(statement, words.prompt(statement.kind, language, **slots, **terms))


def _written(statement: Statement, words: BriefingWords, language: str, longest: int | None) -> Told:
    terms = {name: words.written(term, language).rstrip(".") for name, term in statement.terms.items()}
    slots = _slots(statement.slots, longest)
    said = slots.get("wanted", "")
    if said and not quote(statement.slots["wanted"], None).endswith(said):
        slots["wanted"] = said + "…"
    text = words.written(statement.kind, language, **slots, **terms).replace("….", "…")
    return Told(statement, Prompt(statement.kind, text, language, is_personal=True))


def _slots(slots: Mapping[str, str], longest: int | None) -> dict[str, str]:
    return {name: quote(value, longest) if name == "wanted" else value for name, value in slots.items()}
