"""The prompt the caller talked over, from the cut until it is known whether that was meant."""

from ivr.audio import g711
from ivr.audio.echo import HEARD_S, is_echo
from ivr.calls.ear import Ear
from ivr.calls.playback import MULAW_BYTES_PER_S, Sounding
from ivr.calls.turn_in_hand import TurnInHand
from ivr.conversation.barge_in import RESUME_AFTER_S, TalkedOver, Verdict, takes_the_floor, was_meant
from ivr.conversation.expectation import Expectation


class Interruption:
    """Holds at most one cut prompt. Owned by the call's thread."""

    def __init__(self) -> None:
        self._over: TalkedOver | None = None
        self._dismissed = 0

    def is_under_way(self, ear: Ear, sounded: bytes) -> bool:
        """Say whether somebody was talking when the bot ended, and not the echo of what `sounded` lately."""
        return takes_the_floor(True, ear.voiced_s, ear.open_s) and not self.is_echo(ear, sounded)

    def is_talk(self, ear: Ear, sounded: bytes, is_interruptible: bool) -> bool:
        """Say whether somebody, and not the echo of what `sounded` lately, talks over the bot now."""
        if not takes_the_floor(is_interruptible, ear.voiced_s, ear.open_s, self._dismissed):
            return False
        return not self.is_echo(ear, sounded)

    @staticmethod
    def is_echo(ear: Ear, sounded: bytes) -> bool:
        """Say whether the voice on the line is the bot's own, coming back."""
        heard = ear.utterance()[-round(HEARD_S * MULAW_BYTES_PER_S) :]
        return is_echo(heard, g711.decode(sounded))

    def begin(self, cut: Sounding, voice_began_s: float, now_s: float) -> None:
        """Remember the prompt that is being cut."""
        self._over = TalkedOver(cut.prompt.text, cut.share_heard(voice_began_s), cut.share_heard(now_s))

    def dismiss(self) -> None:
        """Forget it: what cut it was no turn, and the bot goes on."""
        self._over = None
        self._dismissed += 1

    def end(self) -> None:
        """Forget it: the caller has had a turn, or the call leaves the bot."""
        self._over = None
        self._dismissed = 0

    def verdict(self, turn: TurnInHand, expects: Expectation) -> Verdict | None:
        """Say what the words over the prompt were; None when no prompt was cut or the words are not known."""
        if self._over is None or turn.heard is None:
            return None
        heard = turn.heard
        return was_meant(heard.text, heard.doubt, self._over, expects, heard.language)

    @staticmethod
    def is_quiet_enough(turn: TurnInHand) -> bool:
        """Say whether the caller has been silent for long enough to speak on."""
        return turn.pause_s >= RESUME_AFTER_S
