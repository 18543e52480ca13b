"""What was heard is kept once, survives a crash, and is sorted into training and warnings."""

from pathlib import Path

import numpy as np

from ivr.nlu.corpus import Line
from ivr.nlu.heard_layer import Heard, HeardLayer, sort_out, update_training
from ivr.nlu.hearing import TAKES, PhoneHearing, missing
from ivr.nlu.rendering import render
from ivr.speech.transcriber import Doubt, Transcription
from tests.unit.nlu.test_training import ROOT

ADDRESS = Line("change_details", "change my address", "en", Path("x.yml"), 1)
DRESS = Line("order_status", "where is my dress", "en", Path("x.yml"), 2)
HOURS = Line("opening_hours", "when are you open", "en", Path("x.yml"), 3)
LINES = [ADDRESS, DRESS, HOURS]


def heard(line: Line, words: str, doubt: str | None = None, voice: str = "hibari") -> Heard:
    return Heard(line.key, line.said, voice, "clear", "engine-1", words, 0.9, doubt)


def test_a_misheard_sentence_still_nearest_its_own_intent_is_trained_on() -> None:
    found = sort_out([heard(HOURS, "When are you oh pen?")], LINES, [])
    assert found.training == {"opening_hours": ["when are you oh pen"]}
    assert found.confusions == []


def test_one_that_lands_nearer_another_is_told_to_the_designer() -> None:
    found = sort_out([heard(ADDRESS, "Where is my dress?")], LINES, [])
    assert found.training == {}
    (confusion,) = found.confusions
    assert (confusion.intent, confusion.nearer_intent) == ("change_details", "order_status")


def test_what_was_heard_as_written_or_doubted_or_held_out_teaches_nothing() -> None:
    held_out = Line("opening_hours", "when are you ope", "en", Path("h.yml"), 1)
    takes = [heard(HOURS, "When are you open?"), heard(HOURS, "When you ope", "repetition")]
    assert sort_out([*takes, heard(HOURS, "When are you ope.")], LINES, [held_out]).training == {}


def test_noise_teaches_nothing() -> None:
    assert sort_out([heard(HOURS, "Zzz.")], LINES, []).training == {}


def test_only_what_is_missing_is_heard_take_by_take() -> None:
    first = TAKES["en"][0]
    kept = [Heard(ADDRESS.key, ADDRESS.said, first.voice, first.condition, "engine-1", "x", 1.0, None)]
    wanted = missing(LINES, kept, "engine-1", 2)
    assert len(wanted) == 2 * 3 - 1
    assert [one.take for one in wanted[:2]] == [first, first]
    assert len(missing(LINES, kept, "engine-2", 2)) == 6


def test_a_torn_line_is_heard_again_and_what_is_gone_is_dropped(tmp_path: Path) -> None:
    layer = HeardLayer(tmp_path, "en", "training")
    layer.add(heard(HOURS, "a"))
    layer.add(heard(DRESS, "b"))
    file = tmp_path / "heard" / "en" / "training.jsonl"
    file.write_text(file.read_text() + '{"line": "torn')
    assert [one.heard for one in layer.read()] == ["a", "b"]
    layer.tidy([HOURS])
    assert [one.heard for one in layer.read()] == ["a"]


class EchoTranscriber:
    """Hears the same words in anything, and keeps what it was given."""

    def __init__(self) -> None:
        self.audio: list[np.ndarray] = []

    def transcribe(self, audio: np.ndarray, language: str) -> Transcription:
        self.audio.append(audio)
        return Transcription(" Where? ", language, 0.5, 0.0, Doubt.REPETITION, "e", "m", 1.0, 0.1)


def test_a_line_goes_over_the_phone_and_comes_back_with_its_doubt() -> None:
    transcriber = EchoTranscriber()
    tone = 0.3 * np.sin(np.arange(8000) * 0.3).astype(np.float32)
    hearing = PhoneHearing(lambda text, language: tone, transcriber, "engine-1")
    wanted = missing([HOURS], [], "engine-1", 1)
    ((one, result),) = hearing.hear(wanted)
    assert one.line == HOURS
    assert (result.heard, result.asr_confidence, result.doubt) == ("Where?", 0.5, "repetition")
    (audio,) = transcriber.audio
    assert 1.7 * 16000 < audio.size < 1.95 * 16000
    ((_, again),) = hearing.hear(wanted)
    assert np.array_equal(transcriber.audio[0], transcriber.audio[1])
    assert again == result


def test_what_was_heard_gets_into_what_rasa_is_given(tmp_path: Path) -> None:
    nlu_data = tmp_path / "nlu_data"
    for name in ("config.yml", "domain.yml", "commands.yml"):
        (nlu_data / name).parent.mkdir(exist_ok=True)
        (nlu_data / name).write_text((ROOT / "nlu_data" / name).read_text())
    HeardLayer(nlu_data, "en", "training").add(heard(HOURS, "When are you oh pen?"))
    update_training(nlu_data, LINES, [])
    render(nlu_data, tmp_path / "out")
    assert "when are you oh pen" in (tmp_path / "out" / "data" / "heard_en.yml").read_text()
