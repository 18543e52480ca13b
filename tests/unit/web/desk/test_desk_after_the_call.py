"""Notes, hold, the bot again, and what a supervisor does, through the desk's pages."""

from pathlib import Path

import pytest

from ivr.handoff.escalation import EscalationReason
from ivr.handoff.house_switch import PEOPLE_FIRST
from ivr.records.kinds import Kind
from ivr.records.store import TransferRow
from ivr.roles import Role
from tests.support.desk_scene import NUMBER, DeskScene, Visitor
from tests.support.transfer_scene import CALLER

SECOND = "CA" + "d" * 32


@pytest.fixture
def scene(tmp_path: Path) -> DeskScene:
    return DeskScene(tmp_path)


def talk(scene: DeskScene, anna: Visitor, call_id: str = CALLER, seconds: int = 60) -> TransferRow:
    """Join caller and Anna, and let them talk."""
    row = scene.caller_asks(call_id)
    scene.answer_phone(row)
    assert anna.does(f"/desk/transfers/{row.transfer_id}/accept").json["code"] == "joining"
    scene.clock.advance(seconds)
    return scene.row(row.transfer_id)


def presence(scene: DeskScene, name: str = "Anna") -> str:
    return next(agent.presence for agent in scene.records.agents() if agent.name == name)


def test_notes_are_kept_while_they_are_typed_and_on_every_page(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    row = talk(scene, anna)
    path = f"/desk/transfers/{row.transfer_id}/notes"
    assert anna.does(path, notes="wants a <b>new</b> date").json["code"] == "noted"
    assert "wants a &lt;b&gt;new&lt;/b&gt; date" in anna.sees().text
    assert "Save and be available" not in anna.sees().text
    assert anna.does(path, notes="x", disposition="solved", finish="yes").json["code"] == "still_talking"
    assert Kind.WRAPPED_UP not in scene.kinds()


def test_finished_notes_make_the_agent_available_at_once(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    row = talk(scene, anna)
    scene.desk.caller_hung_up(CALLER)
    assert presence(scene) == "wrap_up"
    page = anna.sees().text
    assert "Save and be available" in page
    path = f"/desk/transfers/{row.transfer_id}/notes"
    assert anna.does(path, notes="new date agreed", finish="yes").json["code"] == "choose_one"
    done = anna.does(path, notes="new date agreed", disposition="solved", finish="yes")
    assert done.json["code"] == "noted"
    assert presence(scene) == "available"
    event = next(one for one in scene.records.events(CALLER) if one.kind == Kind.WRAPPED_UP)
    assert event.facts["disposition"] == "solved"
    assert "new date" not in str(dict(event.facts))
    again = anna.does(path, notes="changed", disposition="follow_up", finish="yes")
    assert again.json["code"] == "already_noted"
    assert scene.kinds().count(Kind.WRAPPED_UP) == 1
    assert "notes-form" not in anna.sees().text


def test_who_has_the_desk_open_gets_two_minutes_to_write_and_no_more(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    talk(scene, anna)
    scene.desk.caller_hung_up(CALLER)
    anna.does("/desk/wrap-up")
    assert presence(scene) == "writing"
    scene.clock.advance(119)
    scene.desk.sweep()
    assert presence(scene) == "writing"
    scene.clock.advance(2)
    scene.desk.sweep()
    assert presence(scene) == "available"
    assert "notes-form" in anna.sees().text  # unfinished notes stay until they are finished


def test_who_chose_to_be_away_stays_away(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    row = talk(scene, anna)
    anna.does("/desk/presence", presence="away")
    scene.desk.caller_hung_up(CALLER)
    anna.does("/desk/wrap-up")
    anna.does(f"/desk/transfers/{row.transfer_id}/notes", notes="", disposition="solved", finish="yes")
    assert presence(scene) == "away"


def test_nobody_writes_into_another_agents_call(scene: DeskScene) -> None:
    row = talk(scene, scene.agent("Anna"))
    bo = scene.agent("Bo")
    assert bo.does(f"/desk/transfers/{row.transfer_id}/notes", notes="x").json["code"] == "not_yours"
    assert bo.does("/desk/transfers/unknown/notes", notes="x").json["code"] == "not_yours"
    assert scene.desk_records.wrap_up(row.transfer_id) is None


def test_the_next_agent_reads_what_was_written_and_that_is_on_record(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    row = talk(scene, anna)
    scene.desk.caller_hung_up(CALLER)
    path = f"/desk/transfers/{row.transfer_id}/notes"
    anna.does(path, notes="promised a new date", disposition="follow_up", finish="yes")
    scene.clock.advance(60)
    anna.does("/desk/presence", presence="away")
    scene.caller_asks(SECOND)
    page = scene.agent("Bo").sees().text
    assert "promised a new date" in page
    assert "Needs a follow-up" in page
    viewed = [one.facts["agent"] for one in scene.records.events(CALLER) if one.kind == Kind.NOTES_VIEWED]
    assert viewed == ["Bo"]


def test_hold_and_back_are_on_the_card_and_in_the_conversation(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    row = talk(scene, anna)
    scene.switchboard.live(CALLER)
    assert "Take off hold" not in anna.sees().text
    assert anna.does(f"/desk/transfers/{row.transfer_id}/hold").json["code"] == "held"
    page = anna.sees().text
    assert "Take off hold" in page
    assert "The caller is on hold" in page
    assert anna.does(f"/desk/transfers/{row.transfer_id}/unhold").json["code"] == "unheld"
    assert "Take off hold" not in anna.sees().text
    assert scene.agent("Bo").does(f"/desk/transfers/{row.transfer_id}/hold").json["code"] == "taken"


def test_back_to_the_bot_frees_the_agent_for_notes(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    row = talk(scene, anna)
    assert anna.does(f"/desk/transfers/{row.transfer_id}/back-to-bot").json["code"] == "with_bot"
    assert scene.row(row.transfer_id).state == "returned"
    assert "Save and be available" in anna.sees().text


def test_a_supervisor_gives_a_ringing_caller_to_somebody_else(scene: DeskScene) -> None:
    row = scene.caller_asks()
    greta = scene.agent("Greta", Role.SUPERVISOR)
    page = greta.sees().text
    assert "Give to…" in page
    assert NUMBER not in page
    scene.records.set_presence("Bo", "away")  # the supervisor knows that Bo is there all the same
    assigned = greta.does(f"/desk/transfers/{row.transfer_id}/assign", agent="Bo")
    scene.executor.run()
    assert assigned.json["code"] == "assigned"
    now = scene.row(row.transfer_id)
    assert (now.state, now.agent, now.tried) == ("dialing", "Bo", ("Anna", "Bo"))
    assert scene.switchboard.did("hang_up") == [("hang_up", row.agent_call_id, "")]
    event = next(one for one in scene.records.events(CALLER) if one.kind == Kind.TRANSFER_ASSIGNED)
    assert (event.facts["agent"], event.facts["by"]) == ("Bo", "Greta")


def test_nobody_is_given_a_caller_who_is_answered_or_an_agent_who_is_busy(scene: DeskScene) -> None:
    greta = scene.agent("Greta", Role.SUPERVISOR)
    row = scene.caller_asks()
    scene.answer_phone(row)
    path = f"/desk/transfers/{row.transfer_id}/assign"
    assert greta.does(path, agent="Bo").json["code"] == "not_assigned"
    other = scene.caller_asks(SECOND)
    assert other.agent == "Bo"
    busy = greta.does(f"/desk/transfers/{other.transfer_id}/assign", agent="Anna")
    assert busy.json["code"] == "not_assigned"
    assert greta.does(path, agent="Mallory").json["code"] == "not_assigned"


def test_the_switch_is_for_supervisors_and_remembers_who_threw_it(scene: DeskScene) -> None:
    anna, greta = scene.agent("Anna"), scene.agent("Greta", Role.SUPERVISOR)
    switch = scene.services.supervision.people_first
    assert anna.does("/desk/people-first", is_on="true").status_code == 403
    assert "people-first" not in anna.sees().text
    assert not switch.is_on()
    assert greta.does("/desk/people-first", is_on="true").json["code"] == "people_first_on"
    assert switch.is_on()
    page = greta.sees().text
    assert 'aria-checked="true"' in page
    assert "by Greta" in page
    greta.does("/desk/people-first", is_on="false")
    assert not switch.is_on()


def test_another_process_sees_the_switch_within_a_second(scene: DeskScene) -> None:
    switch = scene.services.supervision.people_first
    assert not switch.is_on()
    scene.desk_records.throw_switch(PEOPLE_FIRST, True, "Greta")  # by another process
    scene.clock.advance(1.1)
    assert switch.is_on()


def test_the_house_shows_how_callers_were_served(scene: DeskScene) -> None:
    anna, greta = scene.agent("Anna"), scene.agent("Greta", Role.SUPERVISOR)
    talk(scene, anna)
    scene.desk.caller_hung_up(CALLER)
    scene.clock.advance(30)
    page = greta.sees().text
    assert "100 %" in page
    assert "1 of 1, 24 h" in page


def test_what_a_caller_left_is_read_on_the_worklist(scene: DeskScene) -> None:
    scene.caller_asks(reason=EscalationReason.COMPLAINT)
    case_number = scene.desk.instead.choose_message(CALLER)
    assert case_number is not None
    follow_ups = scene.services.follow_ups
    message = follow_ups.message_of(CALLER)
    if message is None:
        follow_ups.open_message(case_number, CALLER, "en")
        message = follow_ups.message_of(CALLER)
    assert message is not None
    follow_ups.move_message(
        case_number, message.state, type(message.state).WRITTEN, text="the chair is <broken>"
    )
    assert "the chair is &lt;broken&gt;" in scene.agent("Anna").sees().text


def test_one_click_rings_the_agent_and_says_so_on_the_worklist(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    case_number = scene.records.book_callback(CALLER, NUMBER, "asked_for_person", ["They want a date."])
    answer = anna.does(f"/desk/callbacks/{case_number}/dial")
    assert answer.json["code"] == "callback_ringing"
    scene.executor.run()
    assert scene.switchboard.did("dial")[-1][2] == "+46850000001"
    page = anna.sees().text
    assert "Anna&#39;s phone rings" in page
    assert f"dial-{case_number}" not in page
    assert anna.does(f"/desk/callbacks/{case_number}/dial").json["code"] in {
        "callback_taken",
        "callback_agent_busy",
    }
    greta = scene.agent("Greta", Role.SUPERVISOR)
    assert greta.does(f"/desk/callbacks/{case_number}/dial").status_code == 403


def test_notes_of_a_dropped_line_stay_with_their_agent(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    row = talk(scene, anna, seconds=3)
    path = f"/desk/transfers/{row.transfer_id}/notes"
    anna.does(path, notes="was cut off")
    scene.desk.agent_leg_ended(row.transfer_id, 1)
    scene.executor.run()
    assert scene.row(row.transfer_id).agent == "Bo"
    assert "was cut off" in anna.sees().text
    assert (
        anna.does(path, notes="was cut off", disposition="nobody_there", finish="yes").json["code"] == "noted"
    )
    assert "notes-form" not in anna.sees().text


# Calling back who was cut off


def test_a_caller_whose_line_dropped_is_called_back_with_one_click(scene: DeskScene) -> None:
    noon(scene)
    row = scene.caller_asks()
    scene.answer_phone(row)
    anna = scene.agent("Anna")
    anna.does(f"/desk/transfers/{row.transfer_id}/accept")
    assert 'id="call-back"' not in anna.sees().text
    scene.desk.caller_hung_up(CALLER)
    scene.executor.run()
    assert 'id="call-back"' in anna.sees().text
    said = anna.does(f"/desk/transfers/{row.transfer_id}/call-back").json
    assert said["code"] == "callback_ringing"
    scene.executor.run()
    assert scene.switchboard.did("dial")[-1][2] == "+46850000001"
    assert [case["number"] for case in scene.records.callbacks()] == [NUMBER]
    assert anna.does(f"/desk/transfers/{row.transfer_id}/call-back").json["code"] == "callback_agent_busy"
    assert scene.kinds().count("callback_booked") == 1


def test_only_who_had_the_caller_calls_back_and_only_when_the_line_is_gone(scene: DeskScene) -> None:
    row = scene.caller_asks()
    noon(scene)
    path = f"/desk/transfers/{row.transfer_id}/call-back"
    assert scene.agent("Anna").does(path).json["code"] == "callback_gone"  # the caller waits
    scene.desk.caller_hung_up(CALLER)
    assert scene.agent("Bo").does(path).json["code"] == "callback_gone"
    assert scene.records.callbacks() == []
    assert scene.agent("Anna").does(path).json["code"] == "callback_ringing"


def noon(scene: DeskScene) -> None:
    """Let it be an hour at which people may be called."""
    now = scene.clock.now()
    scene.clock.jump((now.replace(hour=12, minute=0) - now).total_seconds())
