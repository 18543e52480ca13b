"""Every cell of the floor's table: it moves, is harmless, or raises and nothing changed."""

import pytest

from ivr.conversation.floor import HARMLESS, TRANSITIONS, Floor, FloorEvent, FloorState, FloorViolated

CELLS = [(state, event) for state in FloorState for event in FloorEvent]


@pytest.mark.parametrize(("state", "event"), CELLS)
def test_every_cell_is_decided(state, event):
    floor = Floor(state)
    target = TRANSITIONS[state].get(event)
    if target is not None:
        assert event not in HARMLESS[state]
        assert floor.take(event) is target
    elif event in HARMLESS[state]:
        assert floor.take(event) is state
    else:
        with pytest.raises(FloorViolated):
            floor.take(event)
        assert floor.state is state


def test_nothing_interrupts_the_disclosure():
    floor = Floor(FloorState.DISCLOSING)
    assert floor.take(FloorEvent.SPEECH_STARTED) is FloorState.DISCLOSING
    with pytest.raises(FloorViolated):
        floor.take(FloorEvent.BARGED_IN)


def test_a_line_that_is_being_left_stays_left():
    for event in FloorEvent:
        assert Floor(FloorState.LEAVING).take(event) is FloorState.LEAVING


def test_every_state_can_be_left_for_good():
    for state in FloorState:
        assert Floor(state).take(FloorEvent.LEAVE_BEGAN) is FloorState.LEAVING
