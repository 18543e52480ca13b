"""Which language the sound of an utterance was in, where recognition is sure enough to act on it."""

from collections.abc import Sequence

from ivr.conversation.events import UtteranceHeard
from ivr.conversation.language_choice import SURE
from ivr.speech.languages import likeliest
from ivr.speech.transcriber import Transcription

FEWEST_SECONDS = 1.0  # of sound; a "ja" or a "no" is said in many languages


def sounds_like(heard: Transcription, among: Sequence[str]) -> str | None:
    """Return the language of the sound among these; None when it is not sure."""
    found = likeliest(heard.language_probabilities, among) if heard.audio_s >= FEWEST_SECONDS else None
    return found[0] if found is not None and found[1] >= SURE else None


def utterance(heard: Transcription, among: Sequence[str], takes_back: bool = False) -> UtteranceHeard:
    """Return what was heard as the conversation takes it."""
    language = sounds_like(heard, among)
    return UtteranceHeard(heard.text, heard.asr_confidence, heard.doubt, language, heard.readings, takes_back)
