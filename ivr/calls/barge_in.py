"""The prompt the caller talks over: whether it stops, and from the cut on whether that was meant."""

from collections.abc import Callable

from ivr.audio import g711
from ivr.audio.echo import HEARD_S, is_echo
from ivr.calls.ear import Ear
from ivr.calls.engines import TranscriptionDesk
from ivr.calls.first_words import FirstWords
from ivr.calls.mouth import Mouth
from ivr.calls.playback import Sounding
from ivr.calls.turn_in_hand import TranscriptionCame, TurnInHand
from ivr.conversation.barge_in import (
    WORDLESS,
    Glimpse,
    Reason,
    TalkedOver,
    Verdict,
    is_yes_awaited,
    let_go,
    resumes_after_s,
    takes_the_floor,
    was_meant,
)
from ivr.conversation.expectation import Expectation


class BargeIn:
    """Holds at most one cut prompt. Owned by the call's thread; results come by `post`."""

    def __init__(
        self, ear: Ear, mouth: Mouth, hearing: TranscriptionDesk, post: Callable[[TranscriptionCame], None]
    ) -> None:
        self._ear = ear
        self._mouth = mouth
        self._first_words = FirstWords(ear, hearing, post)
        self._over: TalkedOver | None = None
        self._dismissed = 0
        self.has_cut = False  # or only let the bot speak on until the words were known
        self.is_held = False  # the present sound would have stopped the bot, but for its first words
        self._is_let_go = False  # the present sound has stopped the bot, and the bot has gone on

    @property
    def seen(self) -> Glimpse:
        """What the first words of the present sound look like."""
        return self._first_words.seen

    @property
    def first_words(self) -> str:
        """The words last seen; empty when there were none."""
        return self._first_words.text

    def take(self, came: TranscriptionCame) -> None:
        """Keep the first words, if they are what came."""
        self._first_words.take(came)

    def sound_ended(self) -> None:
        """Forget the sound over the bot: whatever it was, it is over."""
        self._first_words.forget()
        self.is_held = self._is_let_go = False

    def is_under_way(self) -> bool:
        """Say whether somebody was talking when the bot ended, and not its own echo."""
        return takes_the_floor(True, self._ear.voiced_s, self._ear.open_s) and not self.is_echo()

    def is_talk(self, over: Sounding, expects: Expectation, language: str) -> bool:
        """Say whether somebody, and not the bot's own echo, talks over the prompt now."""
        is_interruptible = over.prompt.is_interruptible
        if is_interruptible and self._first_words.is_look_due and not self.is_echo():
            self._first_words.look(language)
        sound = (is_interruptible, self._ear.voiced_s, self._ear.open_s, self._dismissed)
        if not takes_the_floor(*sound) or self.is_echo():
            return False
        seen = Glimpse.WORDS if is_yes_awaited(over.prompt.text, expects) else self.seen
        is_behind = self._is_let_go and seen in WORDLESS
        self.is_held = is_behind or not takes_the_floor(*sound, seen)
        return not self.is_held

    def is_no_turn(self, expects: Expectation, language: str) -> Verdict | None:
        """Say what holds the bot's sentence up if it is no turn although it still sounds."""
        if self._over is None or not self.has_cut or is_yes_awaited(self._over.text, expects):
            return None
        if self._first_words.is_look_due:
            self._first_words.look(language)
        reason = let_go(self._ear.voiced_s, self._ear.speech_s, self.seen)
        return None if reason is None else Verdict(reason)

    def is_echo(self) -> bool:
        """Say whether the voice last heard on the line is the bot's own, coming back."""
        return is_echo(self._ear.latest_voice(HEARD_S), g711.decode(self._mouth.lately(self._ear.now_s)))

    def begin(self, over: Sounding, has_cut: bool = True) -> None:
        """Remember the prompt that is being cut, or that somebody said something short over."""
        now_s = self._ear.now_s
        voice_began_s = now_s - self._ear.speech_s
        self._over = TalkedOver(over.prompt.text, over.share_heard(voice_began_s), over.share_heard(now_s))
        self.has_cut = has_cut
        self.is_held = False

    def let_go(self, verdict: Verdict) -> None:
        """The bot goes on although what cut it still sounds: all its words decide when it ends."""
        self.dismiss(verdict)
        self.is_held = self._is_let_go = True

    def dismiss(self, verdict: Verdict) -> None:
        """Forget it: what came over it was no turn, and the bot goes on."""
        self._over = None
        self._dismissed += self.has_cut and verdict.reason is not Reason.BACKCHANNEL

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
    def is_quiet_enough(turn: TurnInHand, verdict: Verdict) -> bool:
        """Say whether the caller has been silent for long enough to speak on."""
        return turn.pause_s >= resumes_after_s(verdict.reason)
