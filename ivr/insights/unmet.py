"""Which of a call's words met no answer, where, and why: the quotes behind the friction. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.insights.call_summary import GREETING
from ivr.records.kinds import Kind
from ivr.records.store import CallEvent

OUT_OF_SCOPE = "out_of_scope"
NOT_UNDERSTOOD = "no_match"
MISHEARD = "misheard"  # not understood, and the transcription itself was doubtful
LONGEST_QUOTE = 160  # letters


@dataclass(frozen=True)
class Unmet:
    """Words as they were stored, redacted. `why`: out_of_scope, no_match, misheard, or why a person."""

    turn: int
    language: str
    step: str
    why: str
    text: str


def unmet_words(events: Sequence[CallEvent], language: str) -> list[Unmet]:
    """Return the utterances nothing was found for, and the last one before a person took over.

    `events` may come in any order. `language` is the one the call began in.
    """
    found: dict[int, Unmet] = {}
    said: dict[int, str] = {}
    doubted: set[int] = set()
    step, newest = GREETING, 0

    def note(turn: int, why: str) -> None:
        text = said.get(turn, "").strip()
        if text and turn not in found:
            found[turn] = Unmet(turn, language, step, why, text[:LONGEST_QUOTE])

    for event in sorted(events, key=lambda event: event.seq):
        facts = event.facts
        match event.kind:
            case Kind.LANGUAGE_CHANGED:
                language = str(facts.get("to") or language)
            case Kind.UTTERANCE_HEARD if isinstance(facts.get("turn"), int):
                newest = facts["turn"]
                said[newest] = str(facts.get("text") or "")
                if facts.get("doubt"):
                    doubted.add(newest)
            case Kind.TURN_ANSWERED:
                if facts.get("intent") == OUT_OF_SCOPE:
                    note(facts.get("turn", newest), OUT_OF_SCOPE)
                step = str((facts.get("expects") or {}).get("step") or step)
            case Kind.NO_MATCH:
                step = str(facts.get("step") or step)
                note(newest, MISHEARD if newest in doubted else NOT_UNDERSTOOD)
            case Kind.ESCALATED:
                note(newest, str(facts.get("reason")))
    return list(found.values())
