"""The ruler of the latency benchmarks: when a frame counts as sounding, and when the bot has finished."""

from benchmarks.stream_caller import QUIET_S, Earpiece

LOUD = (b"\x00" * 8 + b"\x80" * 8) * 10
SILENT = b"\xff" * 160


def test_silence_before_the_words_is_part_of_the_wait() -> None:
    ear = Earpiece()
    ear.play(SILENT * 5 + LOUD, now=10.0)
    assert ear.sounds(now=10.09) == []
    assert ear.sounds(now=10.11) == [10.1]


def test_audio_that_comes_early_waits_its_turn() -> None:
    ear = Earpiece()
    ear.play(SILENT * 50, now=10.0)
    ear.play(LOUD, now=10.1)
    assert ear.sounds(now=12.0) == [11.0]


def test_what_is_cleared_never_sounds_and_its_mark_comes_back_at_once() -> None:
    ear = Earpiece()
    ear.play(LOUD * 100, now=10.0)
    ear.mark("end")
    assert len(ear.sounds(now=10.05)) == 3
    ear.clear(now=10.05)
    assert ear.sounds(now=13.0) == []
    assert ear.marks_reached(now=10.05) == ["end"]


def test_a_mark_comes_back_when_everything_before_it_was_played() -> None:
    ear = Earpiece()
    ear.play(LOUD * 10, now=10.0)
    ear.mark("end")
    assert ear.marks_reached(now=10.1) == []
    assert ear.marks_reached(now=10.2) == ["end"]


def test_the_bot_has_finished_only_after_it_has_begun_and_been_quiet_for_long() -> None:
    ear = Earpiece()
    assert not ear.is_quiet(now=99.0)
    ear.play(LOUD, now=100.0)
    ear.sounds(now=100.1)
    assert not ear.is_quiet(now=100.02 + QUIET_S / 2)
    assert ear.is_quiet(now=100.03 + QUIET_S)
