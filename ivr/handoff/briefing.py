"""What an agent is told about a caller before joining: who, what they want, what was done, why. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from ivr.conversation.prompt import Prompt
from ivr.handoff.case import Case

LIMIT_S = 12.0
QUOTE_WORDS_MAX = 14
QUOTE_WORDS_MIN = 4
WORDS_PER_S = 3.6  # measured with hibari over these sentences: 3.1 to 5.3
SENTENCE_PAUSE_S = 0.3

# What the bot did, by the prompt it said or the key the dialogue keeps, and the words for it.
_ASKED_ORDER_NUMBER = {"asked_order_number", "utter_ask_order_number"}
_ASKED_POSTCODE = {"asked_postcode", "utter_ask_postcode"}
_READ_OPENING_HOURS = {"read_opening_hours", "utter_opening_hours"}


class BriefingWords(Protocol):
    """Finds the words for a response name."""

    def prompt(self, prompt_id: str, language: str, **slots: str) -> Prompt:
        """Return the prompt with its slots filled."""
        ...


def brief(case: Case, words: BriefingWords) -> list[Prompt]:
    """Return the briefing, one prompt a sentence, at most LIMIT_S spoken.

    It holds facts only. When it would get too long the quote is cut to its first words, then left out.
    """
    for quote_words in (*range(QUOTE_WORDS_MAX, QUOTE_WORDS_MIN - 1, -1), 0):
        sentences = list(_sentences(case, words, quote_words))
        if spoken_s([prompt.text for prompt in sentences]) <= LIMIT_S:
            break
    return sentences


def detail(case: Case, words: BriefingWords) -> list[Prompt]:
    """Return what an agent who asks for more hears: order, status, all that was tried, the whole quote."""
    sentences: list[_Sentence] = [_who(case)]
    if case.order_number is not None:
        sentences.append(("brief_wants_order", {"order_number": case.order_number}))
    if case.order_status is not None:
        status = words.prompt(f"brief_status_{case.order_status}", case.language).text
        sentences.append(("brief_detail_status", {"order_status": status.rstrip(".")}))
    sentences += [(id, {}) for id in _everything_tried(case)] or [("brief_tried_nothing", {})]
    sentences += [("brief_wants_words", {"wanted": quote}) for quote in _whole_quotes(case)]
    sentences.append(_why(case))
    return [words.prompt(id, case.language, **slots) for id, slots in sentences]


def spoken_s(sentences: Sequence[str]) -> float:
    """Estimate how long sentences take to say, in seconds; a number takes a word per digit."""
    words = sum(len(re.findall(r"[0-9]|[^\W\d]+(?:['’-][^\W\d]+)*", sentence)) for sentence in sentences)
    return words / WORDS_PER_S + SENTENCE_PAUSE_S * len(sentences)


def _sentences(case: Case, words: BriefingWords, quote_words: int) -> Iterator[Prompt]:
    for id, slots in (_who(case), *_wants(case, quote_words), _done(case, words), _why(case)):
        yield words.prompt(id, case.language, **slots)


_Sentence = tuple[str, dict[str, str]]


def _who(case: Case) -> _Sentence:
    if not case.is_verified:
        return "brief_caller_unverified", {}
    if case.caller_name is None:
        return "brief_caller_verified_no_name", {}
    return "brief_caller_verified", {"caller_name": case.caller_name}


def _wants(case: Case, quote_words: int) -> list[_Sentence]:
    wants: list[_Sentence] = []
    if case.order_number is not None:
        wants.append(("brief_wants_order", {"order_number": case.order_number}))
    elif case.intent == "order_status":
        wants.append(("brief_wants_order_no_number", {}))
    elif case.intent == "opening_hours":
        wants.append(("brief_wants_opening_hours", {}))
    quote = _quote(case.wanted, quote_words)
    if quote:
        wants.append(("brief_wants_words", {"wanted": quote}))
    return wants or [("brief_wants_unknown", {})]


def _quote(wanted: str | None, most_words: int) -> str:
    """Return the caller's own first words, without the marks that would end our sentence early."""
    return " ".join((wanted or "").split()[:most_words]).strip(" .!?,;:")


def _done(case: Case, words: BriefingWords) -> _Sentence:
    tried = set(case.tried)
    was_status_read = "read_status" in tried or any(id == f"utter_order_{case.order_status}" for id in tried)
    if case.order_status is not None and was_status_read:
        status = words.prompt(f"brief_status_{case.order_status}", case.language).text
        return "brief_tried_read_status", {"order_status": status.rstrip(".")}
    if tried & _ASKED_POSTCODE:
        return "brief_tried_asked_postcode", {}
    if tried & _ASKED_ORDER_NUMBER:
        return "brief_tried_asked_order_number", {}
    if tried & _READ_OPENING_HOURS:
        return "brief_tried_read_opening_hours", {}
    return "brief_tried_nothing", {}


def _everything_tried(case: Case) -> list[str]:
    """Return what the bot did, in order, each once; the status is a sentence of its own."""
    named = {
        "brief_tried_asked_order_number": _ASKED_ORDER_NUMBER,
        "brief_tried_asked_postcode": _ASKED_POSTCODE,
        "brief_tried_read_opening_hours": _READ_OPENING_HOURS,
    }
    done = (prompt_id for tried in case.tried for prompt_id, keys in named.items() if tried in keys)
    return list(dict.fromkeys(done))


def _whole_quotes(case: Case) -> list[str]:
    quotes = (_quote(text, len((text or "").split())) for text in (case.wanted, case.reason_words))
    return list(dict.fromkeys(filter(None, quotes)))


def _why(case: Case) -> _Sentence:
    return f"brief_reason_{case.reason}", {}
