"""How far one try to call somebody back has come: the states, what moves them, and nothing else. Pure."""

from enum import StrEnum


class TryState(StrEnum):
    """Where a try stands. Agents are phoned first, so that nobody who answers hears a queue."""

    AGENT_RINGS = "agent_rings"
    AGENT_BRIEFED = "agent_briefed"
    CALLER_RINGS = "caller_rings"  # the agent has accepted and hears music
    CALLER_ASKED = "caller_asked"  # somebody or something answered and was asked for a key
    JOINED = "joined"
    TALKED = "talked"
    AGENT_MISSED = "agent_missed"
    AGENT_DECLINED = "agent_declined"
    AGENT_LEFT = "agent_left"  # after accepting, before the caller was there
    CALLER_BUSY = "caller_busy"
    CALLER_NO_ANSWER = "caller_no_answer"
    NOT_CONFIRMED = "not_confirmed"  # answered without a key: a voicemail, or somebody else
    LINE_FAILED = "line_failed"


class TryEvent(StrEnum):
    """What can happen to a try."""

    AGENT_ANSWERED = "agent_answered"
    AGENT_ACCEPTED = "agent_accepted"
    AGENT_REFUSED = "agent_refused"
    AGENT_GONE = "agent_gone"
    CALLER_ANSWERED = "caller_answered"
    CALLER_CONFIRMED = "caller_confirmed"
    CALLER_ENGAGED = "caller_engaged"
    CALLER_UNREACHED = "caller_unreached"
    CALLER_GONE = "caller_gone"
    DIALING_FAILED = "dialing_failed"


S = TryState
E = TryEvent

TRANSITIONS: dict[TryState, dict[TryEvent, TryState]] = {
    S.AGENT_RINGS: {
        E.AGENT_ANSWERED: S.AGENT_BRIEFED,
        E.AGENT_GONE: S.AGENT_MISSED,
        E.DIALING_FAILED: S.LINE_FAILED,
    },
    S.AGENT_BRIEFED: {
        E.AGENT_ACCEPTED: S.CALLER_RINGS,
        E.AGENT_REFUSED: S.AGENT_DECLINED,
        E.AGENT_GONE: S.AGENT_MISSED,
    },
    S.CALLER_RINGS: {
        E.CALLER_ANSWERED: S.CALLER_ASKED,
        E.CALLER_ENGAGED: S.CALLER_BUSY,
        E.CALLER_UNREACHED: S.CALLER_NO_ANSWER,
        E.CALLER_GONE: S.CALLER_NO_ANSWER,
        E.DIALING_FAILED: S.LINE_FAILED,
        E.AGENT_GONE: S.AGENT_LEFT,
    },
    S.CALLER_ASKED: {
        E.CALLER_CONFIRMED: S.JOINED,
        E.CALLER_UNREACHED: S.NOT_CONFIRMED,
        E.CALLER_GONE: S.NOT_CONFIRMED,
        E.AGENT_GONE: S.AGENT_LEFT,
    },
    S.JOINED: {E.CALLER_GONE: S.TALKED, E.AGENT_GONE: S.TALKED},
}
OPEN = frozenset(TRANSITIONS)
CALLER_WAS_RUNG = frozenset(
    {
        S.CALLER_RINGS,
        S.CALLER_ASKED,
        S.JOINED,
        S.TALKED,
        S.AGENT_LEFT,
        S.CALLER_BUSY,
        S.CALLER_NO_ANSWER,
        S.NOT_CONFIRMED,
    }
)
ENDS = frozenset(S) - OPEN


def after(state: TryState, event: TryEvent) -> TryState | None:
    """Return the next state; None for a report that is late and harmless."""
    return TRANSITIONS.get(state, {}).get(event)
