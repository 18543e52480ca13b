"""The first words of a voice over the bot, recognised while it still sounds."""

from collections.abc import Callable

from ivr.audio.resample import resample
from ivr.calls.ear import Ear
from ivr.calls.engines import TranscriptionDesk
from ivr.calls.turn_in_hand import LINE_HZ, RECOGNITION_HZ, Transcribing, TranscriptionCame
from ivr.conversation.barge_in import Glimpse, glimpse
from ivr.speech.transcriber import Transcription
from ivr.speech.transcription_pool import Priority

FIRST_AT_S = 0.096  # of voice: recognition of so little takes about 0.08 s and tells "okay" from "where"
AGAIN_EVERY_S = 0.128
MOST_LOOKS = 8  # a voice that goes on stops the bot anyway


class FirstWords:
    """Looks at one sound at a time. Owned by the call's thread; results come by `post`."""

    def __init__(
        self, ear: Ear, hearing: TranscriptionDesk, post: Callable[[TranscriptionCame], None]
    ) -> None:
        self._ear = ear
        self._hearing = hearing
        self._post = post
        self._looks = 0
        self._marker: Transcribing | None = None
        self.seen = Glimpse.NOT_YET

    @property
    def is_look_due(self) -> bool:
        """Whether enough of the sound has come since the last look."""
        is_free = self._marker is None and self._looks < MOST_LOOKS
        return is_free and self._ear.voiced_s >= FIRST_AT_S + AGAIN_EVERY_S * self._looks

    def look(self, language: str) -> None:
        """Let what has sounded so far be recognised."""
        self._looks += 1
        marker = self._marker = Transcribing()
        audio = resample(self._ear.utterance(), LINE_HZ, RECOGNITION_HZ)
        marker.ticket = self._hearing.submit(
            audio, language, lambda heard: self._post(TranscriptionCame(marker, heard)), Priority.GLIMPSE
        )

    def take(self, came: TranscriptionCame) -> None:
        """Keep a result of a look, unless it has been given up."""
        if self._marker is None or came.marker is not self._marker:
            return
        self._marker = None
        if isinstance(came.heard, Transcription):
            self.seen = glimpse(came.heard.text, came.heard.doubt, came.heard.language)

    def forget(self) -> None:
        """The sound is over, or has the floor."""
        if self._marker is not None and self._marker.ticket is not None:
            self._marker.ticket.cancel()
        self._marker = None
        self._looks = 0
        self.seen = Glimpse.NOT_YET
