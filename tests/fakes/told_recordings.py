"""Recordings whose words the test tells."""

from ivr.calls.recorded_speech import HeardInRecording


class ToldRecordings:
    """Implements `RecordedWords`. A recording nobody told about cannot be had."""

    def __init__(self) -> None:
        self.words: dict[str, str] = {}
        self.forgotten: list[str] = []
        self.is_down = False

    def hear(self, recording_sid: str, language: str, limit_s: float) -> HeardInRecording | None:
        """Return the words told, or None."""
        if self.is_down or recording_sid not in self.words:
            return None
        return HeardInRecording(self.words[recording_sid], is_doubtful=False)

    def forget(self, recording_sid: str) -> None:
        """Note the deletion."""
        self.forgotten.append(recording_sid)
