"""How the steps of one live call are written into its record."""

from dataclasses import asdict

from ivr.calls.playback import Sounding, words_heard
from ivr.calls.turn_in_hand import TurnOver
from ivr.calls.turn_timing import TurnTiming
from ivr.conversation.barge_in import Glimpse, Verdict
from ivr.conversation.events import DialogueReplied, PromptEnded
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords
from ivr.speech.transcriber import Transcription


class Logbook:
    """Writes for one call. Owned by the call's thread."""

    def __init__(self, records: CallRecords, call_id: str) -> None:
        self._records = records
        self._call_id = call_id
        self._answered: DialogueReplied | None = None

    def write(self, kind: str, **facts: object) -> None:
        """Append an event."""
        self._records.append(self._call_id, kind, **facts)

    def utterance_heard(
        self, turn: int, heard: Transcription, over: TurnOver, takes_back: bool = False
    ) -> None:
        """Write what was heard, why the turn was over, and whether the turn before was its beginning."""
        self.write(
            Kind.UTTERANCE_HEARD,
            turn=turn,
            text=heard.text,
            asr_confidence=round(heard.asr_confidence, 3),
            doubt=heard.doubt,
            engine=heard.engine,
            model=heard.model,
            audio_s=round(heard.audio_s, 2),
            decode_s=round(heard.decode_s, 3),
            endpoint=over.wait.reason,
            endpoint_wait_s=round(over.wait.seconds, 2),
            longest_pause_s=round(over.longest_pause_s, 2),
            whole=None if over.whole is None else round(over.whole, 2),
            **({"takes_back": True} if takes_back else {}),
            **({} if heard.sentence_odds is None else {"sentence_odds": round(heard.sentence_odds, 1)}),
        )

    def barge_in(self, sounding: Sounding, voiced_s: float, open_s: float, seen: Glimpse) -> None:
        """Write which prompt a voice stopped, how much voice there was, and what its words looked like."""
        self.write(
            Kind.BARGE_IN,
            prompt_id=sounding.prompt.id,
            voiced_s=round(voiced_s, 3),
            open_s=round(open_s, 3),
            first_words=seen,
        )

    def barge_in_dismissed(self, verdict: Verdict, text: str, doubt: str | None = None) -> None:
        """Write what stopped the bot and was no turn."""
        self.write(Kind.BARGE_IN_DISMISSED, reason=verdict.reason, text=text, doubt=doubt)

    def prompt_began(self, sounding: Sounding) -> None:
        """Write what begins to sound; of a sentence taken up again, only the rest."""
        prompt = sounding.prompt
        text = prompt.text
        if sounding.from_s > 0.0:
            before = words_heard(text, sounding.from_s / sounding.duration_s)
            text = f"… {text[len(before) :].lstrip()}"
        self.write(Kind.PROMPT_STARTED, prompt_id=prompt.id, text=text, language=prompt.language)

    def prompt_ended(self, event: PromptEnded) -> None:
        """Write how much of a prompt was heard, and of a cut one about which words."""
        words = {} if event.is_complete else {"heard_text": event.heard_text}
        heard_s = round(event.heard_s, 2)
        self.write(
            Kind.PROMPT_ENDED,
            prompt_id=event.prompt_id,
            heard_s=heard_s,
            is_complete=event.is_complete,
            **words,
        )

    def reply_came(self, event: DialogueReplied) -> None:
        """Keep the reply until its first sound, when the time it took is known."""
        self.answer_was_not_heard()
        self._answered = event

    def answer_sounds(self, timing: TurnTiming, now: float) -> None:
        """Write the reply last kept, if it is not written yet; `now` is on the monotonic clock."""
        self._write_answer(timing.split(now))

    def answer_was_not_heard(self) -> None:
        """Write the reply last kept, if it is not written yet, without the time it took."""
        self._write_answer(None)

    def _write_answer(self, timings: dict[str, float] | None) -> None:
        if self._answered is None:
            return
        event, self._answered = self._answered, None
        reply = event.reply
        self.write(
            Kind.TURN_ANSWERED,
            turn=event.turn,
            intent=reply.intent,
            intent_confidence=round(reply.intent_confidence, 3),
            verdict=reply.verdict,
            expects=asdict(reply.expects),
            timings=timings,
        )
