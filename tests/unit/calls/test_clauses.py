"""Answers with data begin to sound before the rest of them is rendered."""

import pytest

from ivr.calls.clauses import clauses
from ivr.calls.mouth import AudioReady, Mouth
from ivr.conversation.prompt import Prompt
from tests.fakes.inline_engines import MeasuredAudio
from tests.fakes.queued_executor import QueuedExecutor
from tests.fakes.steered_clock import SteeredClock
from tests.fakes.steered_line import SteeredLine

STATUS = "Your order 471192 is on its way. It should reach you on Friday; the carrier is PostNord."


@pytest.mark.parametrize(
    ("prompt", "texts"),
    [
        (
            Prompt("status", STATUS, is_personal=True),
            [
                "Your order 471192 is on its way.",
                "It should reach you on Friday;",
                "the carrier is PostNord.",
            ],
        ),
        (Prompt("status", "It costs 1.50 euros.", is_personal=True), ["It costs 1.50 euros."]),
        (Prompt("hours", "We open at nine. We close at five."), ["We open at nine. We close at five."]),
        (
            Prompt("must", "Hear this. All of it.", is_personal=True, is_interruptible=False),
            ["Hear this. All of it."],
        ),
        (Prompt("empty", "", is_personal=True), [""]),
    ],
)
def test_a_prompt_with_data_is_cut_after_its_clauses_and_any_other_is_not(prompt, texts):
    pieces = clauses(prompt)
    assert [piece.text for piece in pieces] == texts
    assert {piece.id for piece in pieces} == {prompt.id}


def test_the_first_clause_is_on_the_line_while_the_second_is_still_rendered():
    executor, line = QueuedExecutor(), SteeredLine(SteeredClock())
    ready: list[AudioReady] = []
    mouth = Mouth(line, MeasuredAudio(), executor, ready.append)
    mouth.say(Prompt("status", STATUS, is_personal=True))
    executor.run_one()
    mouth.take(ready.pop(), 0.0)
    assert len(line.plays) == 1
    assert mouth.current is not None
    assert mouth.current.prompt.text == "Your order 471192 is on its way."


def test_what_lies_ready_waits_for_no_thread_unless_it_is_to_be_slowed_down():
    executor = QueuedExecutor()
    ready: list[AudioReady] = []
    mouth = Mouth(SteeredLine(SteeredClock()), MeasuredAudio(lies_ready=True), executor, ready.append)
    mouth.say(Prompt("hours", "We open at nine."))
    assert [one.mulaw is not None for one in ready] == [True]
    assert executor.waiting == []
    mouth.take(ready.pop(), 0.0)
    mouth.say(Prompt("hours", "We open at nine.", is_slow=True))
    assert len(executor.waiting) == 1
