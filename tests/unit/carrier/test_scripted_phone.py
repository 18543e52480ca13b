"""A scripted person waits, speaks, presses, interrupts and judges as the script says."""

import numpy as np
import pytest

from ivr.audio import g711
from ivr.audio.levels import rms_dbfs
from tests.fakes.virtual_call import AGENT, VirtualCall
from tests.fakes.wire_exchange import Reply, WireExchange, tone

HELLO = Reply("Hi, this is the AI assistant.", "say_disclosure", seconds=2.0)
ORDER = Reply("What's the order number?", "ask_number", seconds=1.5)
BYE = Reply("Goodbye!", "bye", seconds=1.0, hangs_up=True)


def failure(call: VirtualCall) -> str:
    phone = call.play()
    assert len(phone.failures) == 1
    return phone.failures[0].message


def test_a_whole_call_passes() -> None:
    call = VirtualCall(
        WireExchange([HELLO, ORDER, BYE]),
        [
            {"hear": {"prompt": "say_disclosure"}},
            {"say": "Where is my order?"},
            {"hear": "order number"},
            {"press": "471192"},
            {"hear": "goodbye"},
            {"expect": {"ended": "completed"}},
        ],
    )
    caller = call.play()
    assert caller.failures == []
    assert call.exchange.keys == "471192"
    assert [turn.text for turn in caller.turns] == ["Where is my order?", "471192"]


def test_audio_flows_from_the_first_moment() -> None:
    call = VirtualCall(WireExchange([HELLO]), [{"pause": 2}])
    call.play()
    first_second = call.exchange.heard[2:52]
    levels = [rms_dbfs(g711.decode(frame)) for frame in first_second]
    assert -75 < float(np.median(levels)) < -55  # the hiss of an open line, not digital silence


def test_the_caller_lets_the_bot_finish() -> None:
    call = VirtualCall(WireExchange([HELLO, BYE]), [{"hear": "assistant"}, {"say": "Good morning"}])
    turn = call.play().turns[0]
    bot_finished_s = 0.02 * (HELLO.after_frames + 2) + HELLO.seconds
    assert 0.4 <= turn.began_s - bot_finished_s < 0.5


def test_a_caption_that_comes_before_its_sound_does_not_make_the_caller_speak_early() -> None:
    exchange = WireExchange([Reply("Hi!", "late", seconds=1.0, after_frames=75)])
    call = VirtualCall(exchange, [{"hear": "hi"}, {"say": "Hello there"}])
    call.tick()
    early = {"event": "said", "who": "bot", "text": "Hi!", "prompt_id": "late", "at_s": 0.0}
    exchange.phones[call.script.from_number].outbox.append(early)
    assert call.play().turns[0].began_s > 2.5 + 0.4


def test_a_breath_between_two_sentences_is_not_taken_for_the_end() -> None:
    text = "Say agent or press zero for a person, any time. How can I help you today, then?"
    sound = np.concatenate([tone(2.0), np.zeros(6400, np.float32), tone(1.5)])
    exchange = WireExchange([Reply(text, "long", audio=sound), BYE])
    call = VirtualCall(exchange, [{"hear": {"prompt": "long"}}, {"say": "My order"}, {"hear": "goodbye"}])
    assert call.play().turns[0].began_s > 0.22 + 4.3 + 0.4


@pytest.mark.parametrize("after_frames", [5, 25, 60])
def test_time_to_first_audio_is_from_the_last_loud_frame_to_the_first_audible_one(after_frames: int) -> None:
    reply = Reply("Yes.", seconds=0.5, after_frames=after_frames, hangs_up=True)
    call = VirtualCall(
        WireExchange([HELLO, reply]), [{"hear": "assistant"}, {"say": "One two"}, {"hear": "yes"}]
    )
    took_s = call.play().turns[0].time_to_first_audio_s
    # Frames take one tick each way; the exchange waits 30 quiet frames before it replies.
    assert took_s == pytest.approx(0.02 * (30 + after_frames + 2), abs=0.021)


def test_an_interruption_starts_in_the_middle_and_the_stop_is_timed() -> None:
    call = VirtualCall(
        WireExchange([Reply("A very long sentence.", seconds=6.0), BYE]),
        [
            {"hear": "long sentence"},
            {"interrupt": {"say": "Stop it please", "after_s": 1.0}},
            {"hear": "goodbye"},
        ],
    )
    turn = call.play().turns[0]
    assert turn.began_s == pytest.approx(0.22 + 1.0, abs=0.1)
    assert turn.bot_stopped_s is not None
    assert turn.bot_stopped_s < 0.1
    assert not turn.is_overlapped


def test_a_bot_that_talks_on_makes_an_overlapped_turn() -> None:
    endless = Reply("A very long sentence.", seconds=4.0, can_be_interrupted=False)
    call = VirtualCall(
        WireExchange([endless, BYE]),
        [{"hear": "long sentence"}, {"interrupt": {"say": "Stop", "after_s": 1}}, {"hear": "goodbye"}],
    )
    assert call.play().turns[0].is_overlapped


def test_keys_can_be_pressed_over_the_bot() -> None:
    call = VirtualCall(
        WireExchange([Reply("A very long sentence.", seconds=6.0), BYE]),
        [{"hear": "long"}, {"interrupt": {"press": "0", "after_s": 0.5}}, {"hear": "goodbye"}],
    )
    caller = call.play()
    assert caller.failures == []
    assert caller.turns[0].ended_s < 1.5
    assert call.exchange.keys == "0"


def test_an_agent_is_rung_briefed_and_joined() -> None:
    agent = {
        "number": AGENT,
        "after_s": 0.5,
        "steps": [
            {"hear": {"sound": True}},
            {"press": "1"},
            {"say": "Hello this is Anna"},
            {"hang_up": True},
        ],
    }
    call = VirtualCall(
        WireExchange([Reply("I'm calling a person.", transfer=True)], agents=(AGENT,)),
        [{"hear": "calling a person"}, {"expect": {"ended": True, "within_s": 30}}],
        agents=[agent],
    )
    caller = call.play()
    assert caller.failures == []
    assert call.exchange.is_joined
    assert [command["do"] for command in call.sent] == ["dial", "answer", "press", "hang_up"]
    assert call.phones[AGENT].failures == []


@pytest.mark.parametrize(("on_ring", "commands"), [("decline", ["dial", "decline"]), ("ignore", ["dial"])])
def test_an_agent_may_not_want_to(on_ring: str, commands: list[str]) -> None:
    call = VirtualCall(
        WireExchange([Reply("One moment.", transfer=True), BYE], agents=(AGENT,)),
        [{"hear": "moment"}, {"pause": 3}],
        agents=[{"number": AGENT, "on_ring": on_ring, "after_s": 0.2}],
    )
    call.play()
    assert [command["do"] for command in call.sent][: len(commands)] == commands
    assert "answer" not in [command["do"] for command in call.sent]


def test_what_was_expected_and_what_was_heard_are_both_told() -> None:
    call = VirtualCall(WireExchange([HELLO, ORDER]), [{"hear": {"text": "opening hours", "within_s": 3}}])
    told = failure(call)
    assert "expected “opening hours” within 3 s" in told
    assert "heard instead: “Hi, this is the AI assistant.”" in told


def test_a_call_that_ends_too_soon_is_told() -> None:
    call = VirtualCall(WireExchange([BYE]), [{"hear": "goodbye"}, {"pause": 1}, {"say": "Wait"}])
    assert "the call ended (completed) before this say" in failure(call)


def test_hearing_stops_when_the_call_ends() -> None:
    call = VirtualCall(WireExchange([BYE]), [{"hear": {"text": "order", "within_s": 60}}])
    assert "but the call ended (completed)" in failure(call)
    assert call.now_s < 6


def test_nothing_to_interrupt_is_told() -> None:
    call = VirtualCall(WireExchange([]), [{"interrupt": {"say": "Stop"}}])
    assert "nothing to interrupt" in failure(call)


def test_a_number_out_of_service_is_told() -> None:
    call = VirtualCall(WireExchange([]), [{"pause": 1}], to="+46999999999")
    assert "nobody has the number +46999999999" in failure(call)


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ({"ended": True, "within_s": 1}, "expected the call to end, but it is still up"),
        ({"not_heard": "assistant"}, "“assistant” should not have been heard, but was"),
        ({"heard": "order", "within_s": 1}, "expected “order” to have been heard by now"),
        ({"transferred": True, "within_s": 1}, "joined within 1 s"),
    ],
)
def test_expectations_that_fail(expect: dict[str, object], told: str) -> None:
    call = VirtualCall(WireExchange([HELLO]), [{"hear": "assistant"}, {"expect": expect}])
    assert told in failure(call)


@pytest.mark.parametrize(
    "expect",
    [{"ended": False}, {"not_heard": "order"}, {"heard": "/ai .*assistant/"}, {"transferred": False}],
)
def test_expectations_that_hold(expect: dict[str, object]) -> None:
    call = VirtualCall(WireExchange([HELLO]), [{"hear": "assistant"}, {"expect": expect}])
    assert call.play().failures == []


def test_a_call_that_ended_otherwise_than_expected_is_told() -> None:
    call = VirtualCall(WireExchange([BYE]), [{"hear": "goodbye"}, {"expect": {"ended": "busy"}}])
    assert "expected the call to end as busy, but it ended as completed" in failure(call)


def test_a_sentence_in_pieces_is_still_heard() -> None:
    replies = [Reply("Your order has been", seconds=0.3), Reply("shipped today.", seconds=0.3)]
    call = VirtualCall(
        WireExchange([HELLO, *replies]),
        [{"hear": "assistant"}, {"say": "Go on"}, {"say": "And then"}, {"hear": "been shipped"}],
    )
    assert call.play().failures == []


def test_the_bots_sound_is_taped_where_it_was() -> None:
    call = VirtualCall(WireExchange([Reply("Hi", seconds=1.0, audio=tone(1.0, 440))]), [{"pause": 3}])
    caller = call.play()
    tape = caller.ear.tape
    assert rms_dbfs(tape.between(0.4, 1.1)) == pytest.approx(-20, abs=1)
    assert rms_dbfs(tape.between(1.5, 2.5)) < -80
    assert caller.mouth.samples().size == pytest.approx(tape.samples().size, abs=480)
