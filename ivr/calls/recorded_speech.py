"""What was said in a recording the network made: fetched, cut into pieces the recogniser takes, heard."""

import queue
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ivr.audio.levels import rms_dbfs
from ivr.audio.resample import resample
from ivr.audio.wav import WavUnreadable, from_wav
from ivr.calls.engines import HeardOrFailed, TranscriptionDesk
from ivr.speech.transcriber import Transcription
from ivr.telephony.recordings import RecordingShelf

RECOGNITION_HZ = 16000
PIECE_S = 28.0  # the recogniser takes 30 s
CUT_WITHIN_S = 8.0  # a piece ends at the quietest moment of its last seconds
QUIET_DBFS = -60.0
_MOMENT = RECOGNITION_HZ // 50


@dataclass(frozen=True)
class HeardInRecording:
    """What a recording says. `text` is "" for silence and for what nobody would understand."""

    text: str
    is_doubtful: bool


class RecordedSpeech:
    """Turns recordings into words. Safe from any thread; blocks as long as the recogniser takes."""

    def __init__(self, shelf: RecordingShelf, hearing: TranscriptionDesk) -> None:
        self._shelf = shelf
        self._hearing = hearing

    def hear(self, recording_sid: str, language: str, limit_s: float) -> HeardInRecording | None:
        """Return what a recording says; None when it cannot be had, or was not heard within `limit_s`."""
        content = self._shelf.read_recording(recording_sid)
        if content is None:
            return None
        try:
            audio, rate_hz = from_wav(content)
        except WavUnreadable:
            return None
        if audio.size == 0 or rms_dbfs(audio) < QUIET_DBFS:
            return HeardInRecording("", is_doubtful=False)
        heard = []
        for piece in pieces(resample(audio, rate_hz, RECOGNITION_HZ)):
            words = self._transcribe(piece, language, limit_s)
            if words is None:
                return None
            heard.append(words)
        text = " ".join(words.text.strip() for words in heard if words.doubt is None)
        return HeardInRecording(text, any(words.doubt is not None for words in heard))

    def forget(self, recording_sid: str) -> None:
        """Have the recording deleted."""
        self._shelf.delete_recording(recording_sid)

    def _transcribe(self, audio: np.ndarray, language: str, limit_s: float) -> Transcription | None:
        answers: queue.SimpleQueue[HeardOrFailed] = queue.SimpleQueue()
        ticket = self._hearing.submit(audio, language, answers.put)
        try:
            heard = answers.get(timeout=limit_s)
        except queue.Empty:
            ticket.cancel()
            return None
        return heard if isinstance(heard, Transcription) else None


def pieces(audio: np.ndarray) -> Iterator[np.ndarray]:
    """Cut audio at 16 kHz, shape (samples,), into pieces of at most PIECE_S, each at a quiet moment."""
    longest, back = int(PIECE_S * RECOGNITION_HZ), int(CUT_WITHIN_S * RECOGNITION_HZ)
    while audio.size > longest:
        tail = audio[longest - back : longest]
        loudness = np.square(tail).reshape(-1, _MOMENT).mean(axis=1)
        cut = longest - back + int(loudness.argmin()) * _MOMENT + _MOMENT // 2
        yield audio[:cut]
        audio = audio[cut:]
    yield audio
