"""What a recording says: fetched, cut, heard, and left there until its words are kept."""

from collections.abc import Callable

import numpy as np
import pytest

from ivr.audio.wav import to_wav
from ivr.calls.engines import HeardOrFailed
from ivr.calls.recorded_speech import PIECE_S, RecordedSpeech, pieces
from ivr.speech.transcriber import Doubt, TranscriberFailed, Transcription
from ivr.speech.transcription_pool import Priority

SID = "RE" + "1" * 32


class Shelf:
    """One recording, and whether it was deleted."""

    def __init__(self, content: bytes | None) -> None:
        self.content = content
        self.deleted: list[str] = []

    def read_recording(self, recording_sid: str) -> bytes | None:
        return self.content

    def delete_recording(self, recording_sid: str) -> None:
        self.deleted.append(recording_sid)

    def take_recording(self, recording_sid: str) -> bytes | None:
        raise AssertionError("a message is not deleted before its words are kept")


class Answers:
    """Answers each utterance with the next of the answers told."""

    def __init__(self, *answers: HeardOrFailed) -> None:
        self.answers = list(answers)
        self.lengths_s: list[float] = []

    def submit(
        self,
        audio: np.ndarray,
        language: str,
        on_done: Callable[[HeardOrFailed], None],
        priority: Priority = Priority.FINAL,
    ) -> "Answers":
        self.lengths_s.append(audio.size / 16000)
        on_done(self.answers.pop(0))
        return self

    def cancel(self) -> None:
        raise AssertionError("everything was answered")


def words(text: str, doubt: Doubt | None = None) -> Transcription:
    return Transcription(text, "en", 0.9, 0.0, doubt, "told", "none", 1.0, 0.0)


def noise(seconds: float) -> np.ndarray:
    return (np.random.default_rng(7).standard_normal(int(seconds * 8000)) * 0.1).astype(np.float32)


def hear(audio: np.ndarray, *answers: HeardOrFailed) -> tuple[str, bool] | None:
    found = RecordedSpeech(Shelf(to_wav(audio, 8000)), Answers(*answers)).hear(SID, "en", 1.0)
    return None if found is None else (found.text, found.is_doubtful)


def test_short_words() -> None:
    assert hear(noise(2), words("My parcel is wet.")) == ("My parcel is wet.", False)


def test_a_long_message_is_heard_in_pieces_the_recogniser_takes() -> None:
    answers = Answers(words("One"), words(" two "), words("three"))
    found = RecordedSpeech(Shelf(to_wav(noise(58), 8000)), answers).hear(SID, "en", 1.0)
    assert found is not None
    assert found.text == "One two three"
    assert max(answers.lengths_s) <= PIECE_S
    assert sum(answers.lengths_s) == pytest.approx(58, abs=0.1)


def test_a_cut_falls_into_the_pause() -> None:
    audio = np.ones(40 * 16000, dtype=np.float32) * 0.2
    audio[24 * 16000 : 24 * 16000 + 3200] = 0.0
    first, second = pieces(audio)
    assert 24.0 <= first.size / 16000 <= 24.2
    assert first.size + second.size == audio.size


def test_doubtful_words_are_left_out_and_said_to_be_doubtful() -> None:
    assert hear(noise(40), words("Yes"), words("la la la la", Doubt.REPETITION)) == ("Yes", True)


def test_silence_needs_no_recogniser() -> None:
    assert hear(np.zeros(8000, dtype=np.float32)) == ("", False)


def test_a_broken_recogniser_is_not_silence() -> None:
    assert hear(noise(2), TranscriberFailed("down")) is None


@pytest.mark.parametrize("content", [None, b"not a wav"])
def test_a_recording_that_cannot_be_had(content: bytes | None) -> None:
    assert RecordedSpeech(Shelf(content), Answers()).hear(SID, "en", 1.0) is None


def test_forgetting_deletes_it() -> None:
    shelf = Shelf(None)
    RecordedSpeech(shelf, Answers()).forget(SID)
    assert shelf.deleted == [SID]
