"""One call turn by turn without a stream: the same core, driven by recordings and keys."""

import queue
from collections.abc import Callable
from dataclasses import replace

from ivr.audio.levels import rms_dbfs
from ivr.audio.resample import resample
from ivr.audio.wav import from_wav
from ivr.calls.ending import end_call
from ivr.calls.engines import Engines, HeardOrFailed
from ivr.calls.heard_language import sounds_like
from ivr.calls.secret_words import secret_keyed, secret_told
from ivr.calls.webhook_answers import NextStep, WebhookAnswer, WebhookTurn
from ivr.conversation.actions import Action, AskDialogue, HandOver, HangUp, Listen, Note, Outcome, Say, Tape
from ivr.conversation.conversation import Conversation
from ivr.conversation.events import (
    CallResumed,
    DialogueFailed,
    DialogueReplied,
    Event,
    HearingFailed,
    KeysEntered,
    NothingSaid,
    PeopleWanted,
    PromptEnded,
    UtteranceHeard,
)
from ivr.conversation.expectation import Expectation, Expecting
from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import DialogueUnavailable
from ivr.log import get
from ivr.records.kinds import Kind
from ivr.speech.transcriber import Transcription

HEARING_LIMIT_S = 8.0  # the network gives a webhook 15 s in all
FINISHING_KEYS = "*#"

TakeRecording = Callable[[str], bytes | None]
"""Return a recording's WAV by its SID, None when it cannot be had."""

log = get("webhook_call")


class WebhookCall:
    """Carries one conversation over plain webhooks; one turn at a time, which `take`'s caller sees to."""

    def __init__(self, conversation: Conversation, engines: Engines, take_recording: TakeRecording) -> None:
        self._conversation = conversation
        self._engines = engines
        self._take_recording = take_recording
        self._number = 0
        self._last: WebhookAnswer | None = None
        self._first_key = ""

    def take(self, turn: WebhookTurn) -> WebhookAnswer:
        """Take what the caller said or pressed, return what to say and what comes next.

        An answer to an older question gets the current question again. A turn that fails leaves its
        question open: the network asks again, and that is taken as an answer to it.
        """
        if self._last is not None and turn.number != self._number:
            return self._last
        self._note_what_was_heard()
        number = self._number + 1
        if self._is_first_of_several_keys(turn):
            self._first_key = turn.digits
            missing = (self._conversation.expects.keys or 1) - 1
            rest = replace(self._conversation.expects, digits=missing)
            self._number, self._last = number, WebhookAnswer((), NextStep.KEYS, rest, number)
            return self._last
        collected = _Collected(self._conversation.expects)
        for event in self._events(turn):
            self._feed(event, collected)
        if not collected.is_decided:
            self._feed(NothingSaid(), collected)
        self._number, self._last = number, collected.answer(number)
        for prompt in self._last.prompts:
            self._append(Kind.PROMPT_STARTED, prompt_id=prompt.id, text=prompt.text, language=prompt.language)
        if collected.outcome is not None:
            step = self._conversation.expects.step
            end_call(self._engines.records, self._conversation.call_id, collected.outcome, step)
        return self._last

    def _is_first_of_several_keys(self, turn: WebhookTurn) -> bool:
        """A key ends a recording, so a number keyed in arrives as its first digit alone."""
        is_digit_wanted = self._conversation.expects.kind is Expecting.DIGITS and not self._first_key
        return is_digit_wanted and self._last is not None and len(turn.digits) == 1 and turn.digits.isdigit()

    def _events(self, turn: WebhookTurn) -> list[Event]:
        if self._last is None:
            return [CallResumed()]
        digits = (self._first_key + turn.digits).strip(FINISHING_KEYS)
        self._first_key = ""
        if digits:
            secret = secret_keyed(digits, self._conversation)
            if secret is not None:
                return [secret]
            self._append(Kind.KEYS_ENTERED, turn=self._conversation.turn + 1, digits=digits)
            return [KeysEntered(digits)]
        if turn.recording_sid is None:
            return [NothingSaid()]
        return [self._hear(turn.recording_sid)]

    def _hear(self, recording_sid: str) -> Event:
        content = self._take_recording(recording_sid)
        if content is None:
            return HearingFailed()
        audio, rate_hz = from_wav(content)
        if rms_dbfs(audio) < -60.0:
            return NothingSaid()
        answers: queue.SimpleQueue[HeardOrFailed] = queue.SimpleQueue()
        ticket = self._engines.hearing.submit(
            resample(audio, rate_hz, 16000),
            self._conversation.language,
            answers.put,
            expects=self._conversation.expects,
        )
        try:
            heard = answers.get(timeout=HEARING_LIMIT_S)
        except queue.Empty:
            ticket.cancel()
            return HearingFailed()
        if not isinstance(heard, Transcription):
            return HearingFailed()
        secret = secret_told(heard, self._conversation)
        if secret is not None:
            return secret
        self._append(
            Kind.UTTERANCE_HEARD,
            turn=self._conversation.turn + 1,
            text=heard.text,
            asr_confidence=round(heard.asr_confidence, 3),
            doubt=heard.doubt,
            engine=heard.engine,
            model=heard.model,
        )
        language = sounds_like(heard, self._conversation.languages.spoken)
        return UtteranceHeard(heard.text, heard.asr_confidence, heard.doubt, language, heard.readings)

    def _feed(self, event: Event, collected: "_Collected") -> None:
        for action in self._conversation.handle(event):
            self._carry_out(action, collected)

    def _carry_out(self, action: Action, collected: "_Collected") -> None:
        match action:
            case Say(prompt):
                collected.prompts.append(prompt)
            case Listen(expects):
                collected.expects = expects
                collected.is_decided = True
            case AskDialogue():
                if self._engines.is_people_first():
                    self._feed(PeopleWanted(), collected)
                self._feed(self._ask(action), collected)
            case HandOver(case):
                collected.transfer_id = self._engines.transfers.request(case)
                collected.is_decided = True
            case HangUp(outcome):
                collected.outcome = outcome
                collected.is_decided = True
            case Note(kind, facts):
                self._append(kind, **facts)
            case Tape():
                self._engines.recorder.take(self._conversation.call_id, action)

    def _ask(self, ask: AskDialogue) -> Event:
        conversation = self._conversation
        try:
            reply = self._engines.dialogue.reply(conversation.call_id, ask.heard, conversation.language)
        except DialogueUnavailable as problem:
            log.warning("dialogue_unavailable", call_id=conversation.call_id, reason=str(problem))
            return DialogueFailed(ask.turn)
        return DialogueReplied(ask.turn, reply)

    def _note_what_was_heard(self) -> None:
        """The network asks for the next turn only after it has played the last one's prompts."""
        for prompt in self._last.prompts if self._last is not None else ():
            for action in self._conversation.handle(PromptEnded(prompt.id, 0.0, True)):
                if isinstance(action, Note):
                    self._append(action.kind, **action.facts)

    def _append(self, kind: str, **facts: object) -> None:
        self._engines.records.append(self._conversation.call_id, kind, **facts)


class _Collected:
    """The actions of one turn, on their way to one TwiML document."""

    def __init__(self, expects: Expectation) -> None:
        self.prompts: list[Prompt] = []
        self.expects = expects
        self.transfer_id: str | None = None
        self.outcome: Outcome | None = None
        self.is_decided = False

    def answer(self, number: int) -> WebhookAnswer:
        return WebhookAnswer(tuple(self.prompts), self._next(), self.expects, number, self.transfer_id)

    def _next(self) -> NextStep:
        if self.transfer_id is not None:
            return NextStep.TRANSFER
        if self.outcome is not None:
            return NextStep.HANG_UP
        return NextStep.LISTEN
