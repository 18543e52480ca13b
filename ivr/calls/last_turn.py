"""The turn just ended, as long as the caller may still be in the middle of it."""

from dataclasses import dataclass, replace

from ivr.conversation.continuation import answers, goes_on, joined, may_take_back
from ivr.conversation.events import DialogueReplied
from ivr.conversation.expectation import Expectation
from ivr.dialogue.dialogue import DialogueReply
from ivr.speech.transcriber import Transcription


@dataclass
class _Ended:
    heard: Transcription
    asked: Expectation
    speech_ended_s: float
    reply: DialogueReply | None = None
    whole: float | None = None
    answer_began_s: float | None = None


class LastTurn:
    """Remembers one turn. Owned by the call's thread; seconds are those of the call's audio."""

    def __init__(self) -> None:
        self._ended: _Ended | None = None
        self._facts: dict[str, str] = {}  # before the turn
        self._known: dict[str, str] = {}
        self._held: DialogueReplied | None = None
        self.is_going_on = False

    def end(
        self,
        heard: Transcription | None,
        asked: Expectation,
        speech_ended_s: float,
        whole: float | None = None,
    ) -> None:
        """A turn is over, and `whole` is how likely that was all; without words nothing goes on."""
        is_said = heard is not None and heard.doubt is None and heard.text.strip() != ""
        self._ended = None
        if heard is not None and is_said:
            self._ended = _Ended(heard, asked, speech_ended_s, whole=whole)
        self._facts, self.is_going_on = self._known, False

    def forget(self) -> None:
        """What was said is settled: keys were pressed, or the sound over the answer was no turn."""
        self._ended, self.is_going_on = None, False

    def replied(self, event: DialogueReplied) -> bool:
        """Keep the reply; return whether it must not be said now, since the caller goes on speaking."""
        self._known = dict(event.reply.facts)
        if self._ended is not None:
            self._ended.reply = event.reply
        self._held = event if self.is_going_on else None
        return self.is_going_on

    def answer_sounds(self, now_s: float) -> None:
        """A prompt begins; the first since the turn is its answer."""
        if self._ended is not None and self._ended.answer_began_s is None:
            self._ended.answer_began_s = now_s

    def voice_began(self, at_s: float) -> None:
        """The caller speaks, since this second: maybe still the same sentence."""
        if self._ended is not None:
            began_s = at_s if self._ended.answer_began_s is None else self._ended.answer_began_s
            before = self._ended
            break_s, answer_heard_s = at_s - before.speech_ended_s, max(0.0, at_s - began_s)
            self.is_going_on = goes_on(break_s, answer_heard_s, before.asked, before.whole)

    def asked(self, now: Expectation) -> Expectation:
        """Return what the words being said answer: `now`, or the question before."""
        return self._ended.asked if self._ended is not None and self.is_going_on else now

    def held(self) -> DialogueReplied | None:
        """Give the reply that was not said, once."""
        held, self._held = self._held, None
        return held

    def whole(self, heard: Transcription | None, now: Expectation) -> Transcription | None:
        """Return both parts as one; None where they are two turns. `now` is what the bot has asked since."""
        if self._ended is None or not self.is_going_on or heard is None or heard.doubt is not None:
            return None
        if not heard.text.strip() or answers(heard.text, now, heard.language):
            return None
        if not may_take_back(self._ended.asked, self._ended.reply, self._facts):
            return None
        first = self._ended.heard
        confidence = min(first.asr_confidence, heard.asr_confidence)
        text = joined(first.text, heard.text)
        return replace(heard, text=text, asr_confidence=confidence, alternatives=())
