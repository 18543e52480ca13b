"""How a call ended for the caller, told honestly: who hung up after a failure was never contained. Pure."""

from enum import StrEnum

# A person came too late when the bot had failed this often before it let go.
FAILURES_BEFORE_LATE = 3
RETURN_DAYS = 7  # who calls again within them was not helped the first time


class Fate(StrEnum):
    """Exactly one for every call that is over. What the page says of each stands in definitions.yml."""

    SOLVED = "solved"  # contained, and the caller said so or did not call back
    UNKNOWN = "unknown"  # contained, and nobody knows yet
    GAVE_UP = "gave_up"  # left without help
    PASSED_IN_TIME = "passed_in_time"
    PASSED_TOO_LATE = "passed_too_late"


def fate_of(
    outcome: str | None,
    *,
    is_escalated: bool,
    has_reached_person: bool,
    has_answer: bool,
    failures: int,
    is_frustrated: bool,
    said_solved: bool | None,
    called_again: bool,
    is_settled: bool,
) -> Fate | None:
    """Return the call's fate; None while it lives.

    `has_reached_person` counts a person on the line, a callback booked and a message taken. `failures` are
    the no-inputs and no-matches before the escalation. `is_settled` says that RETURN_DAYS have passed.
    """
    if outcome is None:
        return None
    if is_escalated:
        if not has_reached_person:
            return Fate.GAVE_UP
        is_late = failures >= FAILURES_BEFORE_LATE or is_frustrated
        return Fate.PASSED_TOO_LATE if is_late else Fate.PASSED_IN_TIME
    if said_solved is False:
        return Fate.GAVE_UP
    if not has_answer or (outcome != "solved_by_bot" and failures):
        return Fate.GAVE_UP
    if said_solved:
        return Fate.SOLVED
    if called_again:
        return Fate.UNKNOWN
    return Fate.SOLVED if is_settled else Fate.UNKNOWN
