"""Where the time of one turn went, from the end of the caller's speech to the first reply sample."""

from dataclasses import dataclass


@dataclass
class TurnTiming:
    """Moments of a turn on the monotonic clock, in seconds; the parts add up to time_to_first_audio_s."""

    speech_ended_at: float = 0.0
    transcription_began_at: float = 0.0
    transcription_ended_at: float = 0.0
    turn_ended_at: float = 0.0
    reply_came_at: float = 0.0

    def split(self, first_audio_at: float) -> dict[str, float]:
        """Return the parts in seconds, rounded to milliseconds."""
        hangover = self.transcription_began_at - self.speech_ended_at
        decision = self.turn_ended_at - self.transcription_ended_at
        parts = {
            "endpointing_s": hangover + decision,
            "transcription_s": self.transcription_ended_at - self.transcription_began_at,
            "dialogue_s": self.reply_came_at - self.turn_ended_at,
            "speech_s": first_audio_at - self.reply_came_at,
            "time_to_first_audio_s": first_audio_at - self.speech_ended_at,
        }
        return {name: round(seconds, 3) for name, seconds in parts.items()}
