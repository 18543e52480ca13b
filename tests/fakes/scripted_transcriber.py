"""A transcriber for tests: it hears what the script says, utterance by utterance."""

from collections import deque
from collections.abc import Iterable

import numpy as np

from ivr.conversation.expectation import OPEN_QUESTION, Expectation
from ivr.speech.transcriber import Doubt, TranscriberFailed, Transcription

SAMPLE_RATE_HZ = 16000
_QUIETEST = 1e-3  # the largest sample of what still counts as silence


class ScriptedTranscriber:
    """Gives the script's lines in order; a line may be text, a doubt, or a TranscriberFailed to raise.

    Silence is heard as silence, whatever the script says, and uses up no line.
    """

    def __init__(self, script: Iterable[str | Doubt | TranscriberFailed] = ()) -> None:
        self.heard: list[np.ndarray] = []
        self._script = deque(script)

    def transcribe(
        self, audio: np.ndarray, language: str, expects: Expectation = OPEN_QUESTION
    ) -> Transcription:
        """Return the next line; with the script at its end, a no-speech doubt."""
        self.heard.append(audio)
        is_silent = audio.size == 0 or float(np.max(np.abs(np.nan_to_num(audio)))) < _QUIETEST
        line = Doubt.SILENCE if is_silent else self._script.popleft() if self._script else Doubt.NO_SPEECH
        if isinstance(line, TranscriberFailed):
            raise line
        doubt = line if isinstance(line, Doubt) else None
        return Transcription(
            text="" if isinstance(line, Doubt) else line,
            language=language,
            asr_confidence=0.0 if doubt else 0.9,
            no_speech_probability=0.9 if doubt else 0.05,
            doubt=doubt,
            engine="scripted",
            model="script",
            audio_s=audio.size / SAMPLE_RATE_HZ,
            decode_s=0.0,
        )
