"""What Rasa need not hold against its schema: the answers our actions give, and nothing odd."""

import pytest

from ivr.dialogue.action_wire import ActionAnswer, ask, command, followup, say, slot
from ivr.dialogue.in_rasa.plain_answers import is_plainly_right


def test_what_the_actions_answer_is_right_at_a_glance() -> None:
    closed = {"event": "active_loop", "name": None, "timestamp": None}
    events = (
        slot("matter", None),
        slot("product_tries", 2),
        ask("postcode"),
        followup("action_listen"),
        closed,
    )
    answer = ActionAnswer(events, (say("utter_help", digits="4"), command("hang_up")))
    assert is_plainly_right(answer.as_json())


@pytest.mark.parametrize(
    "odd",
    [
        None,
        [],
        {},
        {"events": [], "responses": None},
        {"events": {}, "responses": []},
        {"events": [], "responses": ["hello"]},
        {"events": ["slot"], "responses": []},
        {"events": [{"event": "slot", "name": "matter", "timestamp": None}], "responses": []},
        {"events": [{"event": "slot", "name": None, "value": 1, "timestamp": None}], "responses": []},
        {"events": [{"event": "slot", "name": "a", "value": 1, "timestamp": "now"}], "responses": []},
        {"events": [{"event": "user", "name": "a", "timestamp": None}], "responses": []},
        {"events": [{"event": ["slot"], "name": "a", "timestamp": None}], "responses": []},
        {"events": [{"event": "followup", "name": None, "timestamp": None}], "responses": []},
    ],
)
def test_the_rest_is_left_to_rasas_own_check(odd: object) -> None:
    assert not is_plainly_right(odd)
