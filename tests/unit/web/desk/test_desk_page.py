"""What an agent sees and does at the desk, through its pages."""

from pathlib import Path

import pytest
from markupsafe import escape

from ivr.handoff.escalation import EscalationReason
from ivr.records.kinds import Kind
from tests.support.desk_scene import NUMBER, DeskScene
from tests.support.transfer_scene import CALLER

SECOND = "CA" + "d" * 32
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def scene(tmp_path: Path) -> DeskScene:
    return DeskScene(tmp_path)


def test_the_card_says_who_what_done_and_why(scene: DeskScene) -> None:
    scene.caller_asks(
        reason=EscalationReason.FRUSTRATED,
        caller_name="Freja Almkvist",
        is_verified=True,
        order_number="471192",
        order_status="delayed",
        tried=("utter_ask_postcode", "utter_order_delayed"),
    )
    page = scene.agent("Anna").sees().text
    for words in (
        "Your phone is ringing",
        "Freja Almkvist",
        "Checked by postcode",
        "471192",
        "Delayed",
        "where is my parcel",
        "Words show frustration with the bot",
        "Asked for the postcode",
        "Say sorry first",
    ):
        assert words in page


def test_an_unchecked_caller_is_marked_and_the_next_step_is_to_check(scene: DeskScene) -> None:
    scene.caller_asks(order_number="471192")
    page = scene.agent("Anna").sees().text
    assert "Not checked" in page
    assert "before you read out an order" in page


def test_others_see_who_waits_but_not_the_case(scene: DeskScene) -> None:
    scene.caller_asks(caller_name="Freja Almkvist", is_verified=True)
    page = scene.agent("Bo").sees().text
    assert "Anna&#39;s phone is ringing" in page
    assert "Asked for a person" in page
    for secret in ("Freja", "parcel", NUMBER):
        assert secret not in page


def test_what_callers_say_is_text_never_markup(scene: DeskScene) -> None:
    scene.caller_asks(wanted=HOSTILE, caller_name=HOSTILE, is_verified=True, order_number=HOSTILE)
    scene.records.book_callback(SECOND, HOSTILE, "asked_for_person", [HOSTILE])
    page = scene.agent("Anna").sees().text
    assert "<img" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") >= 6


def test_accepting_before_the_phone_is_answered_says_pick_up(scene: DeskScene) -> None:
    row = scene.caller_asks()
    answer = scene.agent("Anna").does(f"/desk/transfers/{row.transfer_id}/accept")
    assert answer.json["code"] == "pick_up"
    assert scene.row(row.transfer_id).state == "dialing"


def test_accepting_joins_caller_and_agent_as_key_1_does(scene: DeskScene) -> None:
    row = scene.caller_asks()
    scene.answer_phone(row)
    anna = scene.agent("Anna")
    assert anna.does(f"/desk/transfers/{row.transfer_id}/accept").json["code"] == "joining"
    assert scene.row(row.transfer_id).state == "bridged"
    assert scene.switchboard.did("redirect") == [
        ("redirect", CALLER, f"/voice/join/{row.transfer_id}"),
        ("redirect", row.agent_call_id, f"/voice/agent/{row.transfer_id}/briefing?attempt=1&round=0"),
    ]
    assert "You are talking" in anna.sees().text
    assert anna.does(f"/desk/transfers/{row.transfer_id}/accept").json["code"] == "joining"
    assert len(scene.switchboard.did("redirect")) == 2


def test_nobody_takes_or_declines_another_agents_caller(scene: DeskScene) -> None:
    row = scene.caller_asks()
    scene.answer_phone(row)
    bo = scene.agent("Bo")
    assert bo.does(f"/desk/transfers/{row.transfer_id}/accept").json["code"] == "taken"
    assert bo.does(f"/desk/transfers/{row.transfer_id}/decline", why="busy").json["code"] == "taken"
    assert bo.does("/desk/transfers/unknown/accept").json["code"] == "caller_gone"
    assert (scene.row(row.transfer_id).state, scene.row(row.transfer_id).agent) == ("briefing", "Anna")


@pytest.mark.parametrize("is_answered", [False, True])
def test_declining_asks_the_next_agent_and_keeps_the_reason(scene: DeskScene, is_answered: bool) -> None:
    row = scene.caller_asks()
    if is_answered:
        scene.answer_phone(row)
    answer = scene.agent("Anna").does(f"/desk/transfers/{row.transfer_id}/decline", why="break")
    scene.executor.run()
    assert answer.json["code"] == "declined"
    assert (scene.row(row.transfer_id).state, scene.row(row.transfer_id).agent) == ("dialing", "Bo")
    assert scene.switchboard.did("hang_up") == [("hang_up", row.agent_call_id, "")]
    declined = next(e for e in scene.records.events(CALLER) if e.kind == Kind.TRANSFER_DECLINED)
    assert declined.facts == {"transfer_id": row.transfer_id, "agent": "Anna", "why": "break"}


def test_declining_needs_a_reason_of_the_list(scene: DeskScene) -> None:
    row = scene.caller_asks()
    assert scene.agent("Anna").does(f"/desk/transfers/{row.transfer_id}/decline", why="x").status_code == 400
    assert scene.row(row.transfer_id).agent == "Anna"


def test_away_and_back(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    assert anna.does("/desk/presence", presence="away").json["code"] == "away"
    assert scene.caller_asks().agent == "Bo"
    assert "You are away" in anna.sees().text
    anna.does("/desk/presence", presence="available")
    assert scene.records.agents()[0].presence == "available"
    assert anna.does("/desk/presence", presence="asleep").status_code == 400


def test_a_callback_is_done_once_and_can_be_opened_again(scene: DeskScene) -> None:
    case_number = scene.records.book_callback(CALLER, NUMBER, "frustrated", ["They said: hello."])
    anna, bo = scene.agent("Anna"), scene.agent("Bo")
    assert NUMBER in anna.sees().text
    assert (
        anna.does("/desk/callbacks", case_number=case_number, outcome="done").json["code"] == "callback_done"
    )
    assert (
        bo.does("/desk/callbacks", case_number=case_number, outcome="failed").json["code"] == "callback_gone"
    )
    assert scene.records.callbacks() == []
    assert bo.does("/desk/callbacks", case_number=case_number, outcome="open").json["code"] == "callback_open"
    assert [row["case_number"] for row in scene.records.callbacks()] == [case_number]
    assert scene.kinds() == [Kind.CALLBACK_CLOSED, Kind.CALLBACK_REOPENED]


def test_not_reached_stays_on_the_list_until_the_last_try(scene: DeskScene) -> None:
    case_number = scene.records.book_callback(CALLER, NUMBER, "frustrated", [])
    anna = scene.agent("Anna")
    for tried in (1, 2):
        answer = anna.does("/desk/callbacks", case_number=case_number, outcome="failed")
        assert answer.json["code"] == "callback_tried"
        assert f"tried {tried} of 3" in anna.sees().text
    answer = anna.does("/desk/callbacks", case_number=case_number, outcome="failed")
    assert answer.json["code"] == "callback_failed"
    assert scene.records.callbacks() == []


def test_a_form_without_the_script_leads_back_to_the_page(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    token = anna.sees().text.partition('data-csrf="')[2].partition('"')[0]
    form = {"csrf": token, "presence": "away"}
    answer = anna.client.post("/desk/presence", data=form, base_url="https://bot.example")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk?said=away")
    assert "Your phone will not ring" in anna.sees("/desk?said=away").text


def test_every_page_that_shows_a_calls_words_is_on_record(scene: DeskScene) -> None:
    scene.caller_asks()
    scene.agent("Bo").sees()
    assert Kind.TRANSCRIPT_VIEWED not in scene.kinds()
    anna = scene.agent("Anna")
    anna.sees()
    anna.sees(f"/desk/calls/{CALLER}")
    viewed = [e.facts for e in scene.records.events(CALLER) if e.kind == Kind.TRANSCRIPT_VIEWED]
    assert viewed == [{"agent": "Anna"}] * 2


def test_earlier_calls_of_the_same_number_are_listed_and_no_others(scene: DeskScene) -> None:
    scene.records.open_call("CAearlier", NUMBER, None, "en")
    scene.records.close_call("CAearlier", "solved_by_bot")
    scene.records.open_call("CAother", "+46709999999", None, "en")
    scene.clock.advance(86400)
    scene.caller_asks()
    page = scene.agent("Anna").sees().text
    assert "/desk/calls/CAearlier" in page
    assert "Answered by the bot" in page
    assert "CAother" not in page


def test_withheld_numbers_share_no_history(scene: DeskScene) -> None:
    for call_id in ("CAone", "CAtwo"):
        scene.records.open_call(call_id, None, None, "en")
    assert scene.desk_records.earlier_calls("CAtwo", 5) == []


def test_a_call_that_is_over_stays_until_the_agent_is_free_again(scene: DeskScene) -> None:
    row = scene.caller_asks()
    scene.answer_phone(row)
    anna = scene.agent("Anna")
    anna.does(f"/desk/transfers/{row.transfer_id}/accept")
    scene.clock.advance(60)
    scene.desk.caller_hung_up(CALLER)
    scene.executor.run()
    assert "The call is over" in anna.sees().text
    scene.clock.advance(1)
    scene.records.set_presence("Anna", "away")
    scene.clock.advance(1)
    anna.does("/desk/presence", presence="available")
    assert "No call for you right now" in anna.sees().text


# Knowledge beside the card


def test_articles_likely_for_the_caller_stand_beside_the_card(scene: DeskScene) -> None:
    scene.caller_asks(wanted="how much is delivery to Norway")
    page = scene.agent("Anna").sees().text
    assert "Likely for this call" in page
    assert "Where do you deliver" in page or "where-do-you-deliver" in page
    assert "/knowledge/en/where-do-you-deliver" not in scene.agent("Bo").sees().text


def test_agents_search_what_the_bot_says(scene: DeskScene) -> None:
    article = scene.services.library.article("gift-cards", "en")
    assert article is not None
    found = scene.agent("Anna").sees("/desk/knowledge?q=do+you+sell+gift+cards&language=en").text
    assert article.title in found
    assert str(escape(article.spoken)) in found
    assert "<html" not in found


def test_a_search_without_an_article_says_so(scene: DeskScene) -> None:
    anna = scene.agent("Anna")
    assert "No article says anything" in anna.sees("/desk/knowledge?q=zzzz+qqqq&language=en").text
    assert "No article says anything" in anna.sees("/desk/knowledge?q=gift+cards&language=xx").text
    assert anna.sees("/desk/knowledge?q=").text.strip() == ""
    hostile = anna.sees(f"/desk/knowledge?q={HOSTILE}&language=en").text
    assert "<img" not in hostile


def test_nobody_searches_at_the_desk_without_signing_in(scene: DeskScene) -> None:
    assert scene.visitor().sees("/desk/knowledge?q=gift+cards").status_code in {302, 303, 401}


def test_other_cases_of_a_number_are_named_on_the_worklist(scene: DeskScene) -> None:
    first = scene.records.book_callback("CA1", NUMBER, "no_input", ["A caller."])
    second = scene.records.book_callback("CA2", NUMBER, "pressed_zero", ["Again."])
    scene.records.book_callback("CA3", "+46709999999", "pressed_zero", ["Another."])
    page = scene.agent("Anna").sees().text
    assert (f"Also case {second}" in page, f"Also case {first}" in page) == (True, True)
    assert page.count("one call for all") == 2
