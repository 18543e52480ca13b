"""One live call with its fakes, in virtual time."""

from ivr.calls.ear import Ear
from ivr.calls.ending import StreamEnd
from ivr.calls.engines import Engines
from ivr.calls.live_call import LiveCall
from ivr.conversation.conversation import Conversation
from ivr.conversation.expectation import Expectation, Expecting
from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import CallerInput, DialogueReply, Verdict
from ivr.records.feed import Feed
from tests.fakes.inline_engines import (
    InlineExecutor,
    MeasuredAudio,
    NotedTransfers,
    ScriptedHearing,
    SlowDialogue,
)
from tests.fakes.memory_records import MemoryCallRecords
from tests.fakes.plain_phrasebook import PlainPhrasebook
from tests.fakes.scripted_dialogue import ScriptedDialogue
from tests.fakes.steered_clock import SteeredClock
from tests.fakes.steered_line import LoudnessActivity, SteeredLine

ASK_NUMBER = DialogueReply(
    Verdict.ANSWERED, (Prompt("ask_number", "ask_number"),), Expectation(Expecting.DIGITS, "order_number", 6)
)


class Scene:
    """One call with its fakes; `plays_out` runs it and returns how the stream ended."""

    def __init__(self, *words, reply=ASK_NUMBER, audio=None, dialogue_takes_s=0.0, **line_options) -> None:
        self.clock = SteeredClock()
        self.line = SteeredLine(self.clock, **line_options)
        self.hearing = ScriptedHearing(*words)
        self._dialogue = ScriptedDialogue(lines=[reply] * 9)
        self.transfers = NotedTransfers()
        self.records = MemoryCallRecords(Feed(), self.clock)
        self.records.open_call("CA1", None, None, "en")
        self._engines = Engines(
            audio or MeasuredAudio(),
            self.hearing,
            self._dialogue,
            self.transfers,
            self.records,
            InlineExecutor() if dialogue_takes_s == 0.0 else SlowDialogue(self.line, dialogue_takes_s),
            self.clock,
        )

    def plays_out(self) -> StreamEnd:
        conversation = Conversation("CA1", "en", PlainPhrasebook())
        return LiveCall(conversation, self.line, Ear(LoudnessActivity()), self._engines, 1200).run()

    def noted(self, kind: str) -> list[dict]:
        return [dict(event.facts) for event in self.records.events("CA1") if event.kind == kind]

    def asked(self) -> list[CallerInput]:
        return [heard for _, heard in self._dialogue.heard]

    def said(self) -> list[str]:
        return [facts["prompt_id"] for facts in self.noted("prompt_started")]
