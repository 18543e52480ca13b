"""The briefing as the desk shows it: each statement with a number, and what it stands on. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.handoff.briefing import Told
from ivr.handoff.briefing_facts import From, Source
from ivr.handoff.desk_transcript import Transcript

_ORIGINS = {
    From.SAID: "The caller said",
    From.KEYED: "The caller keyed it in",
    From.LOOKED_UP: "Looked up in the order system",
    From.BOT: "The bot's own doing",
    From.RECORD: "From the call's record",
}


@dataclass(frozen=True)
class SourcedLine:
    """A statement as the card shows it; `line` is the conversation's line it stands on, None for none."""

    text: str
    is_verified: bool
    number: int
    source: str
    line: int | None


def sourced(told: Sequence[Told], transcript: Transcript | None) -> tuple[SourcedLine, ...]:
    """Return the lines of the card; statements with the same source share its number."""
    numbers: dict[Source, int] = {}
    lines = []
    for one in told:
        source = one.statement.source
        number = numbers.setdefault(source, len(numbers) + 1)
        line = transcript.line_of(source.turn, source.prompt_id) if transcript is not None else None
        at = f", at {line.at}" if line is not None else ""
        quoted = f": “{line.text}”" if line is not None else ""
        words = f"{_ORIGINS[source.origin]}{at}{quoted}"
        lines.append(
            SourcedLine(one.text, one.statement.is_verified, number, words, line.key if line else None)
        )
    return tuple(lines)
