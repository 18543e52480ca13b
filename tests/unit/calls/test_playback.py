"""What the caller has heard of what was sent."""

import pytest

from ivr.audio import g711
from ivr.calls.playback import Playback, words_heard
from ivr.conversation.prompt import Prompt

SILENT = bytes([g711.SILENCE])
HELLO, BYE = Prompt("hello", "hello"), Prompt("bye", "bye")


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, ""),
        (0.1, ""),
        (0.5, "Your order has been"),
        (0.99, "Your order has been shipped and is on its"),
        (1.0, "Your order has been shipped and is on its way."),
    ],
)
def test_a_share_of_a_sentence_is_whole_words_only(share, words):
    assert words_heard("Your order has been shipped and is on its way.", share) == words


def test_what_sounded_lately_spans_prompts_and_the_silence_between():
    playback = Playback()
    first = playback.add(HELLO, b"\x01" * 8000, 10.0)
    assert playback.reached(first.mark, 11.0) == [first]
    playback.add(BYE, b"\x02" * 8000, 11.25)
    lately = playback.lately(11.75)
    assert len(lately) == 12000
    assert lately == b"\x01" * 6000 + SILENT * 2000 + b"\x02" * 4000


def test_a_cut_prompt_sounded_as_far_as_it_was_heard_and_counts_on_when_taken_up_again():
    playback = Playback()
    playback.add(HELLO, b"\x01" * 8000, 0.0)
    (cut,) = playback.cut(0.5)
    assert cut.heard_s(0.5) == 0.5
    assert playback.lately(1.0) == b"\x01" * 4000 + SILENT * 4000
    again = playback.add(HELLO, cut.mulaw, 2.0, from_s=0.25)
    assert again.heard_s(2.25) == 0.5
    assert again.heard_s(9.0) == again.duration_s == 1.0
    assert again.share_heard(2.25) == 0.5
    assert playback.lately(2.25)[-2000:] == b"\x01" * 2000


def test_a_prompt_taken_up_again_is_overdue_by_what_was_left_of_it():
    playback = Playback()
    playback.add(HELLO, b"\x01" * 80000, 0.0, from_s=9.0)
    assert playback.overdue(2.9) == []
    assert [sounding.prompt for sounding in playback.overdue(3.0)] == [HELLO]


def test_nothing_sounded_is_silence():
    assert set(Playback().lately(5.0)) == set(SILENT)
