"""The first words of a voice over the bot, recognised while it still sounds."""

from collections.abc import Callable

from ivr.audio.resample import resample
from ivr.calls.ear import Ear
from ivr.calls.engines import TranscriptionDesk
from ivr.calls.turn_in_hand import LINE_HZ, RECOGNITION_HZ, Transcribing, TranscriptionCame
from ivr.conversation.barge_in import Glimpse, glimpse
from ivr.speech.transcriber import Transcription
from ivr.speech.transcription_pool import Priority

# Seconds of voice at which to look: one look takes about 0.08 s, and "okay" is told from "where" by 0.16 s.
LOOKS_AT_S = (0.096, 0.16, 0.224, 0.32, 0.448, 0.7, 1.1, 1.6)
SPARED_S = 0.2  # of the run-up before the voice: it costs time, and sounds of 0.65 s are listened to twice


class FirstWords:
    """Looks at one sound at a time. Owned by the call's thread; results come by `post`."""

    def __init__(
        self, ear: Ear, hearing: TranscriptionDesk, post: Callable[[TranscriptionCame], None]
    ) -> None:
        self._ear = ear
        self._hearing = hearing
        self._post = post
        self._looks = 0
        self._may_listen = False  # the look before found a listener's noise, which may be half a word
        self._marker: Transcribing | None = None
        self.seen = Glimpse.NOT_YET
        self.text = ""

    @property
    def is_look_due(self) -> bool:
        """Whether enough of the sound has come since the last look."""
        is_free = self._marker is None and self._looks < len(LOOKS_AT_S)
        return is_free and self._ear.voiced_s >= LOOKS_AT_S[self._looks]

    def look(self, language: str) -> None:
        """Let what has sounded so far be recognised."""
        while self._looks < len(LOOKS_AT_S) and self._ear.voiced_s >= LOOKS_AT_S[self._looks]:
            self._looks += 1
        marker = self._marker = Transcribing()
        audio = resample(self._ear.utterance()[round(SPARED_S * LINE_HZ) :], LINE_HZ, RECOGNITION_HZ)
        marker.ticket = self._hearing.submit(
            audio, language, lambda heard: self._post(TranscriptionCame(marker, heard)), Priority.GLIMPSE
        )

    def take(self, came: TranscriptionCame) -> None:
        """Keep a result of a look, unless it has been given up."""
        if self._marker is None or came.marker is not self._marker:
            return
        self._marker = None
        if not isinstance(came.heard, Transcription):
            return
        seen = glimpse(came.heard.text, came.heard.doubt, came.heard.language)
        was_listening, self._may_listen = self._may_listen, seen is Glimpse.LISTENING
        if seen is Glimpse.LISTENING and came.heard.doubt is not None and not was_listening:
            seen = Glimpse.NOTHING
        if seen is Glimpse.NOTHING and self.seen is Glimpse.WORDS:
            return  # words do not go away
        self.seen, self.text = seen, came.heard.text

    def forget(self) -> None:
        """The sound is over, or has the floor."""
        if self._marker is not None and self._marker.ticket is not None:
            self._marker.ticket.cancel()
        self._marker = None
        self._looks = 0
        self._may_listen = False
        self.seen = Glimpse.NOT_YET
        self.text = ""
