"""Which words an agent gets about a caller: made at once, then settled to what the voice really takes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ivr.conversation.prompt import Prompt
from ivr.handoff.briefing import (
    LIMIT_S,
    BriefingWords,
    Measure,
    Told,
    brief,
    card,
    detail,
    estimated_s,
    timeline,
)
from ivr.handoff.callback_number import read_number
from ivr.handoff.case import Case, plain, read_case
from ivr.handoff.rewriting import Rewriter, says_the_same
from ivr.records.store import TransferRow

Clean = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


def _as_it_is(call_id: str, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return facts


@dataclass(frozen=True)
class BriefingDesk:
    """Words briefings. Safe from any thread; only `settled` and `more` may block, while a voice speaks.

    `language` is the agents', None for each caller's own. `clean` takes out of a case what must not be kept,
    `home` is the number whose country digits without a country code belong to.
    """

    words: BriefingWords
    language: str | None = None
    measure: Measure = estimated_s
    clean: Clean = _as_it_is
    home: str | None = None
    rewriter: Rewriter | None = None

    def taken(self, case: Case) -> Case:
        """Return the case as it may be kept, with the number that the caller gave for a callback."""
        cleaned = read_case(self.clean(case.call_id, plain(case)))
        if cleaned.caller_number is not None or not cleaned.callback_digits or self.home is None:
            return cleaned
        return replace(cleaned, caller_number=read_number(cleaned.callback_digits, self.home))

    def at_once(self, case: Case) -> list[str]:
        """Return the spoken briefing, by an estimate of how long it takes."""
        return [told.text for told in brief(case, self.words, self.language)]

    def settled(self, row: TransferRow) -> list[str]:
        """Return the spoken briefing by how long the voice takes; rewritten when that is wanted and true.

        A caller's own words are not rewritten nor sent away: they come after it, as they are.
        """
        case = read_case(row.case)
        told = brief(case, self.words, self.language, self.measure)
        sentences = [one.text for one in told]
        ours = [one.text for one in told if "wanted" not in one.statement.slots]
        if self.rewriter is None or not ours:
            return sentences
        language = self.language or case.language
        rewritten = self.rewriter.rewrite(ours, language)
        if rewritten is None or not says_the_same(rewritten, ours, language):
            return sentences
        fluent = [rewritten, *(sentence for sentence in sentences if sentence not in ours)]
        seconds = sum(self.measure(self._spoken(sentence, language)) for sentence in fluent)
        return fluent if seconds <= LIMIT_S else sentences

    def aloud(self, row: TransferRow) -> list[Prompt]:
        """Return what the agent hears first."""
        language = self.language or row.case["language"]
        return [self._spoken(sentence, language) for sentence in row.briefing]

    def more(self, row: TransferRow) -> list[Prompt]:
        """Return what the agent hears who asks for more: what was not said yet."""
        told = detail(read_case(row.case), self.words, self.language, self.measure)
        return [replace(one.prompt, is_personal=True) for one in told]

    def card(self, row: TransferRow) -> Sequence[Told]:
        """Return the written briefing."""
        return card(read_case(row.case), self.words, self.language)

    def timeline(self, row: TransferRow) -> Sequence[Told]:
        """Return everything that is known, in order."""
        return timeline(read_case(row.case), self.words, self.language)

    def _spoken(self, sentence: str, language: str) -> Prompt:
        return Prompt("briefing", sentence, language, is_personal=True)
