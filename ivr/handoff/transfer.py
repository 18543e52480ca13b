"""How far a warm transfer has come: the states, what moves them, and nothing else. Pure."""

from enum import StrEnum


class TransferState(StrEnum):
    """Where a warm transfer stands; exactly one owner of the caller follows from it."""

    REQUESTED = "requested"  # the caller waits; no agent's phone rings
    DIALING = "dialing"  # one agent's phone rings
    BRIEFING = "briefing"  # one agent listens to the briefing, the caller waits
    BRIDGED = "bridged"  # caller and agent talk
    AGENT_LOST = "agent_lost"  # the agent's leg ended first: a goodbye, unless the caller stays
    ENDED = "ended"  # they have talked and the caller is gone
    MESSAGE = "message"  # the caller leaves a message instead of waiting
    RETURNED = "returned"  # the agent sent the caller back to the bot, who may ask for a person again
    GIVEN_UP = "given_up"  # a callback is booked or a message taken: nobody is left, or the caller chose it
    ABANDONED = "abandoned"  # the caller hung up before anybody joined


class TransferEvent(StrEnum):
    """What can happen to a warm transfer."""

    AGENT_DIALED = "agent_dialed"  # our decision: this agent's phone is about to ring
    NO_AGENT_LEFT = "no_agent_left"  # our decision: everybody was asked or is busy
    AGENT_ANSWERED = "agent_answered"
    AGENT_ACCEPTED = "agent_accepted"
    AGENT_DECLINED = "agent_declined"
    KEY_TIMED_OUT = "key_timed_out"  # answered, but no key: a voicemail, or a phone in a pocket
    RING_TIMED_OUT = "ring_timed_out"
    AGENT_DROPPED = "agent_dropped"  # the agent's leg is over, for whatever reason
    CALLER_STAYED = "caller_stayed"  # the agent is gone and the caller is not: another one is asked
    CALLER_DONE = "caller_done"  # the agent is gone, and the caller says that nothing is left to do
    SENT_BACK = "sent_back"  # the agent leaves a routine part to the bot
    SERVED_ELSEWHERE = "served_elsewhere"  # a contact centre has talked to the caller
    CALLBACK_CHOSEN = "callback_chosen"  # the caller would rather be called back than wait
    MESSAGE_CHOSEN = "message_chosen"  # the caller would rather leave a message than wait
    MESSAGE_LEFT = "message_left"  # it is kept
    CALLER_HUNG_UP = "caller_hung_up"


S = TransferState
E = TransferEvent

TRANSITIONS: dict[TransferState, dict[TransferEvent, TransferState]] = {
    S.REQUESTED: {
        E.AGENT_DIALED: S.DIALING,
        E.NO_AGENT_LEFT: S.GIVEN_UP,
        E.SERVED_ELSEWHERE: S.ENDED,
        E.CALLBACK_CHOSEN: S.GIVEN_UP,
        E.MESSAGE_CHOSEN: S.MESSAGE,
        E.CALLER_HUNG_UP: S.ABANDONED,
    },
    S.DIALING: {
        E.AGENT_ANSWERED: S.BRIEFING,
        E.RING_TIMED_OUT: S.REQUESTED,
        E.AGENT_DROPPED: S.REQUESTED,
        E.CALLBACK_CHOSEN: S.GIVEN_UP,
        E.MESSAGE_CHOSEN: S.MESSAGE,
        E.CALLER_HUNG_UP: S.ABANDONED,
    },
    S.BRIEFING: {
        E.AGENT_ACCEPTED: S.BRIDGED,
        E.AGENT_DECLINED: S.REQUESTED,
        E.KEY_TIMED_OUT: S.REQUESTED,
        E.AGENT_DROPPED: S.REQUESTED,
        E.CALLBACK_CHOSEN: S.GIVEN_UP,
        E.MESSAGE_CHOSEN: S.MESSAGE,
        E.CALLER_HUNG_UP: S.ABANDONED,
    },
    S.BRIDGED: {
        E.AGENT_DROPPED: S.AGENT_LOST,
        E.SENT_BACK: S.RETURNED,
        E.CALLER_HUNG_UP: S.ENDED,
    },
    S.AGENT_LOST: {
        E.CALLER_STAYED: S.REQUESTED,
        E.CALLER_DONE: S.ENDED,
        E.CALLER_HUNG_UP: S.ENDED,
    },
    S.MESSAGE: {
        E.MESSAGE_LEFT: S.GIVEN_UP,
        E.CALLER_HUNG_UP: S.GIVEN_UP,  # the case is on the worklist with whatever was said
    },
    S.RETURNED: {},
    S.ENDED: {},
    S.GIVEN_UP: {},
    S.ABANDONED: {},
}

GOODBYE_TALK_S = 10.0  # who talked for less was cut off; who talked for longer may have said goodbye
GOODBYE_HANG_UP_S = 5.0  # and then hangs up within this time; who is still there was not done

TERMINAL = frozenset(state for state, moves in TRANSITIONS.items() if not moves)

# Reports from outside come twice, late and out of order; where they no longer move anything they are
# harmless. The two decisions of our own are never late: meeting one in a wrong state is a mistake
# of ours, except in the cells where another thread may have been faster.
_DECISIONS = frozenset({E.AGENT_DIALED, E.NO_AGENT_LEFT})
_LATE_DECISIONS = {
    (S.ABANDONED, E.AGENT_DIALED),
    (S.ABANDONED, E.NO_AGENT_LEFT),
    (S.ENDED, E.AGENT_DIALED),
    (S.ENDED, E.NO_AGENT_LEFT),
    (S.MESSAGE, E.AGENT_DIALED),
    (S.MESSAGE, E.NO_AGENT_LEFT),
    (S.GIVEN_UP, E.AGENT_DIALED),
    (S.GIVEN_UP, E.NO_AGENT_LEFT),
}

LATE_BUT_HARMLESS: frozenset[tuple[TransferState, TransferEvent]] = frozenset(
    (state, event)
    for state in S
    for event in E
    if event not in TRANSITIONS[state] and (event not in _DECISIONS or (state, event) in _LATE_DECISIONS)
)


class TransferImpossible(Exception):
    """The service decided something that cannot be decided in this state; nothing has changed."""


def after(state: TransferState, event: TransferEvent) -> TransferState | None:
    """Return the next state, or None when the event is late but harmless.

    Raises TransferImpossible for every other cell of the table.
    """
    if event in TRANSITIONS[state]:
        return TRANSITIONS[state][event]
    if (state, event) in LATE_BUT_HARMLESS:
        return None
    raise TransferImpossible(f"{event} cannot happen to a transfer that is {state}")


def diagram() -> str:
    """Draw the table as a Mermaid state diagram; docs/states.md shows it."""
    lines = ["stateDiagram-v2", f"    [*] --> {S.REQUESTED}"]
    for state, moves in TRANSITIONS.items():
        targets: dict[TransferState, list[str]] = {}
        for event, target in moves.items():
            targets.setdefault(target, []).append(event.replace("_", " "))
        lines += [f"    {state} --> {target}: {', '.join(events)}" for target, events in targets.items()]
        if not moves:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines) + "\n"
