"""The transfer's table: every cell moves, is late but harmless, or raises; and the drawing is current."""

from pathlib import Path

import pytest

from ivr.handoff.transfer import (
    LATE_BUT_HARMLESS,
    TERMINAL,
    TRANSITIONS,
    TransferEvent,
    TransferImpossible,
    TransferState,
    after,
    diagram,
)

S, E = TransferState, TransferEvent

# Written out here a second time on purpose: the table is what callers' fates hang on.
MOVES = {
    (S.REQUESTED, E.AGENT_DIALED): S.DIALING,
    (S.REQUESTED, E.NO_AGENT_LEFT): S.GIVEN_UP,
    (S.REQUESTED, E.CALLBACK_CHOSEN): S.GIVEN_UP,
    (S.DIALING, E.CALLBACK_CHOSEN): S.GIVEN_UP,
    (S.BRIEFING, E.CALLBACK_CHOSEN): S.GIVEN_UP,
    (S.REQUESTED, E.CALLER_HUNG_UP): S.ABANDONED,
    (S.DIALING, E.AGENT_ANSWERED): S.BRIEFING,
    (S.DIALING, E.RING_TIMED_OUT): S.REQUESTED,
    (S.DIALING, E.AGENT_DROPPED): S.REQUESTED,
    (S.DIALING, E.CALLER_HUNG_UP): S.ABANDONED,
    (S.BRIEFING, E.AGENT_ACCEPTED): S.BRIDGED,
    (S.BRIEFING, E.AGENT_DECLINED): S.REQUESTED,
    (S.BRIEFING, E.KEY_TIMED_OUT): S.REQUESTED,
    (S.BRIEFING, E.AGENT_DROPPED): S.REQUESTED,
    (S.BRIEFING, E.CALLER_HUNG_UP): S.ABANDONED,
    (S.BRIDGED, E.AGENT_DROPPED): S.AGENT_LOST,
    (S.BRIDGED, E.CALLER_HUNG_UP): S.ENDED,
    (S.AGENT_LOST, E.CALLER_STAYED): S.REQUESTED,
    (S.AGENT_LOST, E.CALLER_HUNG_UP): S.ENDED,
    (S.AGENT_LOST, E.CALLER_DONE): S.ENDED,
    (S.REQUESTED, E.MESSAGE_CHOSEN): S.MESSAGE,
    (S.DIALING, E.MESSAGE_CHOSEN): S.MESSAGE,
    (S.BRIEFING, E.MESSAGE_CHOSEN): S.MESSAGE,
    (S.MESSAGE, E.MESSAGE_LEFT): S.GIVEN_UP,
    (S.MESSAGE, E.CALLER_HUNG_UP): S.GIVEN_UP,
    (S.BRIDGED, E.SENT_BACK): S.RETURNED,
    (S.REQUESTED, E.SERVED_ELSEWHERE): S.ENDED,
}
OWN_DECISIONS = {E.AGENT_DIALED, E.NO_AGENT_LEFT}
LATE_DECISIONS = {
    (S.ENDED, E.AGENT_DIALED),
    (S.ENDED, E.NO_AGENT_LEFT),
    (S.MESSAGE, E.AGENT_DIALED),
    (S.MESSAGE, E.NO_AGENT_LEFT),
    (S.ABANDONED, E.AGENT_DIALED),
    (S.ABANDONED, E.NO_AGENT_LEFT),
    (S.GIVEN_UP, E.AGENT_DIALED),
    (S.GIVEN_UP, E.NO_AGENT_LEFT),
}
CELLS = [(state, event) for state in S for event in E]


@pytest.mark.parametrize(("state", "event"), CELLS)
def test_every_cell(state: TransferState, event: TransferEvent) -> None:
    if (state, event) in MOVES:
        assert after(state, event) is MOVES[state, event]
        assert (state, event) not in LATE_BUT_HARMLESS
    elif event not in OWN_DECISIONS or (state, event) in LATE_DECISIONS:
        assert after(state, event) is None
        assert (state, event) in LATE_BUT_HARMLESS
    else:
        with pytest.raises(TransferImpossible, match=f"{event} cannot happen"):
            after(state, event)


def test_terminal_states_stay_terminal() -> None:
    assert {S.ENDED, S.GIVEN_UP, S.ABANDONED, S.RETURNED} == TERMINAL
    for state in TERMINAL:
        assert not TRANSITIONS[state]


def test_a_caller_who_hangs_up_always_ends_it() -> None:
    for state in set(S) - TERMINAL:
        assert after(state, E.CALLER_HUNG_UP) in TERMINAL


def test_only_an_agents_own_key_joins_the_caller() -> None:
    into_bridged = {cell for cell, target in MOVES.items() if target is S.BRIDGED}
    assert into_bridged == {(S.BRIEFING, E.AGENT_ACCEPTED)}


def test_every_state_is_reached_and_left_or_terminal() -> None:
    reached = {target for moves in TRANSITIONS.values() for target in moves.values()} | {S.REQUESTED}
    assert reached == set(S)


def test_the_drawing_in_the_docs_is_current() -> None:
    page = (Path(__file__).parents[3] / "docs" / "states.md").read_text()
    assert f"```mermaid\n{diagram()}```" in page, f"put this into docs/states.md:\n{diagram()}"
