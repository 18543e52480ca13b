"""One call on a media stream: one thread owns it, feeds the core and carries out its actions."""

from ivr.audio.speech_detector import SpeechChange, SpeechFaltered, SpeechStarted, SpeechStopped, SpeechWentOn
from ivr.calls.asking import answer_to, read_ahead
from ivr.calls.barge_in import BargeIn
from ivr.calls.ear import Ear
from ivr.calls.ending import StreamEnd, end_call
from ivr.calls.engines import Engines
from ivr.calls.heard_language import utterance
from ivr.calls.last_turn import LastTurn
from ivr.calls.line import Frame, KeyPressed, Line, LineClosed, LineMessage, MarkReached
from ivr.calls.logbook import Logbook
from ivr.calls.mouth import AudioReady, Mouth
from ivr.calls.results import Results
from ivr.calls.secret_words import secret_keyed, secret_told
from ivr.calls.silences import Silences
from ivr.calls.turn_in_hand import TranscriptionCame, TurnInHand, TurnOver
from ivr.conversation.actions import Action, AskDialogue, HandOver, HangUp, Listen, Note, Outcome, Say, Tape
from ivr.conversation.barge_in import Verdict
from ivr.conversation.conversation import Conversation
from ivr.conversation.events import (
    CallBegan,
    DialogueFailed,
    DialogueReplied,
    Event,
    HearingFailed,
    KeysEntered,
    NothingSaid,
    PeopleWanted,
    PromptEnded,
    TimeRanOut,
    UtteranceHeard,
    WaitGrewLong,
)
from ivr.conversation.expectation import Expectation
from ivr.conversation.floor import Floor, FloorEvent, FloorState
from ivr.conversation.keys import KeyEntry
from ivr.conversation.wording_choice import STILL_WORKING
from ivr.log import get
from ivr.records.kinds import Kind

RECEIVE_S = 0.02  # a silent line must not stop the clock; results wake it
STALLED_S = 10.0  # a network that sends no frame this long has lost the stream

log = get("live_call")


class LiveCall:
    """Runs one stream from its start to its end. Everything happens on the thread that calls `run`."""

    def __init__(
        self, conversation: Conversation, line: Line, ear: Ear, engines: Engines, max_call_s: float
    ) -> None:
        self._conversation = conversation
        self._line = line
        self._ear = ear
        self._engines = engines
        self._max_call_s = max_call_s
        self._results = Results(line)
        post = self._results.post
        self._mouth = Mouth(line, engines.audio, engines.executor, post)
        self._floor = Floor()
        self._keys = KeyEntry()
        self._silences = Silences()
        language = conversation.language
        self._turn = TurnInHand(ear, engines.hearing, language, engines.clock, post, engines.ends)
        self._barge_in = BargeIn(ear, self._mouth, engines.hearing, post)
        self._last = LastTurn()
        self._log = Logbook(engines.records, conversation.call_id)
        self._is_asked = False  # the dialogue is making an answer
        self._leaving: StreamEnd | None = None
        self._end: StreamEnd | None = None
        self._outcome: Outcome | None = None
        self.transfer_id: str | None = None

    @property
    def _now(self) -> float:
        return self._engines.clock.monotonic()

    @property
    def _expects(self) -> Expectation:
        return self._last.asked(self._conversation.expects)

    @property
    def _is_answer_due(self) -> bool:
        return self._is_asked or self._turn.is_being_heard

    def run(self) -> StreamEnd:
        """Talk until the call is handed over, hung up or lost; return which. Blocks for the whole stream."""
        began_at = last_message_at = self._now
        self._feed(CallBegan())
        while self._end is None:
            message = self._line.receive(RECEIVE_S)
            if message is not None:
                last_message_at = self._now
                self._take_message(message)
            self._drain_results()
            self._tick()
            if self._now - last_message_at > STALLED_S:
                self._lose("stalled")
            if self._now - began_at > self._max_call_s:
                self._feed(TimeRanOut())
        self._turn.go_on()
        self._log.answer_was_not_heard()
        if self._outcome is not None:  # only now: the goodbye belongs to the call
            step = self._conversation.expects.step
            end_call(self._engines.records, self._conversation.call_id, self._outcome, step)
        return self._end

    # -- what comes in ---------------------------------------------------------------------------

    def _take_message(self, message: LineMessage) -> None:
        match message:
            case Frame(mulaw, lost_s):
                for change in self._ear.hear(mulaw, lost_s):
                    self._take_speech(change)
            case KeyPressed(key):
                self._take_key(key)
            case MarkReached(name):
                self._prompts_ended(self._mouth.reached(name, self._ear.now_s))
            case LineClosed(reason, is_stop_announced):
                self._lose("stopped" if is_stop_announced else reason)

    def _take_speech(self, change: SpeechChange) -> None:
        match change:
            case SpeechStarted():
                self._voice_began()
            case SpeechFaltered(at_s) if self._floor.state is FloorState.CALLER:
                self._turn.guess(at_s, self._expects)
            case SpeechWentOn() if self._floor.state is FloorState.CALLER:
                self._turn.go_on()
            case SpeechStopped(at_s):
                self._caller_stopped(at_s)

    def _voice_began(self) -> None:
        if self._floor.state is not FloorState.OPEN or not self._barge_in.is_echo():
            self._caller_began()

    def _caller_began(self) -> None:
        if self._floor.state is FloorState.WORKING:
            self._last.voice_began(self._ear.now_s - self._ear.speech_s)
        self._move(FloorEvent.SPEECH_STARTED)
        if self._floor.state is FloorState.CALLER:
            self._turn.speak_again()
            self._silences.caller_spoke()

    def _caller_stopped(self, at_s: float) -> None:
        over = self._mouth.current if self._barge_in.is_held else None
        self._barge_in.sound_ended()
        self._move(FloorEvent.SPEECH_STOPPED)
        if self._floor.state is FloorState.PAUSE:
            self._turn.pause(at_s, self._expects)
        elif over is not None:  # it sounded like listening: the whole of it decides
            self._barge_in.begin(over, has_cut=False)
            self._turn.pause(at_s, self._conversation.expects)
        elif self._floor.state in {FloorState.BOT, FloorState.DISCLOSING, FloorState.OPEN}:
            self._ear.begin_new_turn()  # a cough, a hum or an echo; nothing was made of it

    def _take_key(self, key: str) -> None:
        if self._floor.state is FloorState.LEAVING:
            return
        self._barge_in.end()
        self._prompts_ended(self._mouth.stop(self._ear.now_s))
        self._silences.began(self._ear.now_s)
        entry = self._keys.press(key, self._ear.now_s, self._conversation.expects)
        if entry is not None:
            self._take_entry(entry)

    def _take_entry(self, digits: str) -> None:
        self._turn.close_with_keys()
        self._last.forget()
        self._silences.caller_spoke()
        self._move(FloorEvent.KEYS_ENTERED)
        secret = secret_keyed(self._keys.run, self._conversation)
        if secret is None:
            self._log.write(Kind.KEYS_ENTERED, turn=self._conversation.turn + 1, digits=digits)
        self._feed(secret or KeysEntered(digits))

    def _lose(self, reason: str) -> None:
        if self._leaving is None:
            self._log.write(Kind.STREAM_LOST, reason=reason)
        self._end = self._leaving or StreamEnd.LOST

    def _drain_results(self) -> None:
        for result in self._results:
            match result:
                case AudioReady():
                    self._take_audio(result)
                case DialogueReplied() | DialogueFailed():
                    self._take_reply(result)
                case TranscriptionCame():
                    self._turn.take(result)
                    self._barge_in.take(result)

    # -- time ------------------------------------------------------------------------------------

    def _tick(self) -> None:
        now_s = self._ear.now_s
        self._prompts_ended(self._mouth.overdue(now_s))
        entry = self._keys.tick(now_s, self._conversation.language_keys)
        if entry is not None and self._floor.state is not FloorState.LEAVING:
            self._take_entry(entry)
        if self._turn.is_being_heard:
            self._watch_for_the_end_of_the_turn()
        match self._floor.state:
            case FloorState.BOT:
                self._watch_for_barge_in()
            case FloorState.CALLER:
                self._watch_the_caller()
            case FloorState.PAUSE if self._turn.is_pause_long:
                self._move(FloorEvent.TURN_ENDED)  # whatever the words, which are late, will be
            case FloorState.OPEN if self._barge_in.is_under_way():
                self._caller_began()  # who began under the bot's last words
            case FloorState.OPEN:
                self._watch_silence()
            case FloorState.WORKING:
                self._watch_the_wait()
            case FloorState.LEAVING if self._mouth.is_silent:
                self._end = self._leaving

    def _watch_for_barge_in(self) -> None:
        current = self._mouth.current
        said = self._conversation
        if current is None or not self._barge_in.is_talk(current, said.expects, said.language):
            return
        self._log.barge_in(current, self._ear.voiced_s, self._ear.open_s, self._barge_in.seen)
        self._move(FloorEvent.BARGED_IN)
        self._last.voice_began(self._ear.now_s - self._ear.speech_s)
        self._turn.go_on()
        self._barge_in.begin(current)
        self._prompts_ended(self._mouth.interrupt(self._ear.now_s))

    def _watch_the_caller(self) -> None:
        verdict = self._barge_in.is_no_turn(self._conversation.expects, self._conversation.language)
        if verdict is not None:
            self._log.barge_in_dismissed(verdict, self._barge_in.first_words)
            self._turn.go_on()
            self._barge_in.let_go(verdict)
            self._resume()
        elif self._turn.is_too_long:
            self._move(FloorEvent.SPEECH_STOPPED)
            self._turn.pause(self._ear.now_s, self._expects)

    def _watch_for_the_end_of_the_turn(self) -> None:
        if self._keys.digits:  # hands at the keypad: the number they enter wins
            return
        verdict = self._barge_in.verdict(self._turn, self._conversation.expects)
        if verdict is not None and not verdict.is_meant:
            self._speak_on(verdict)
            return
        if verdict is not None and self._floor.state is FloorState.BOT:
            self._move(FloorEvent.BARGED_IN)
            self._move(FloorEvent.SPEECH_STOPPED)
            self._prompts_ended(self._mouth.interrupt(self._ear.now_s))
        if over := self._turn.decide(self._expects):
            self._turn_ended(over)

    def _turn_ended(self, over: TurnOver) -> None:
        whole = self._last.whole(over.heard, self._conversation.expects)
        held, asked = self._last.held(), self._expects
        heard, speech_ended_s = whole or over.heard, self._ear.now_s - self._turn.pause_s
        if held is not None and whole is None:
            self._feed(held)  # it was another turn, or nothing: the answer is due after all
        secret = secret_told(heard, self._conversation)
        if heard is not None and secret is None:
            self._log.utterance_heard(self._conversation.turn + 1, heard, over, whole is not None)
        self._turn.close()
        self._last.end(None if secret else heard, asked, speech_ended_s, over.whole)
        self._barge_in.end()
        self._mouth.forget_cut()
        if self._floor.state is FloorState.PAUSE:
            self._move(FloorEvent.TURN_ENDED)
        spoken = self._conversation.languages.spoken
        said = HearingFailed() if heard is None else utterance(heard, spoken, whole is not None)
        self._feed(secret or said)

    def _speak_on(self, verdict: Verdict) -> None:
        """Go on with the sentence that was cut: what cut it was no turn."""
        heard = self._turn.heard
        if heard is None or not self._barge_in.is_quiet_enough(self._turn, verdict):
            return
        self._log.barge_in_dismissed(verdict, heard.text, heard.doubt)
        self._turn.close()
        self._barge_in.dismiss(verdict)
        if self._barge_in.has_cut:
            self._resume()
        elif self._floor.state is FloorState.WORKING:  # the prompt ended in the meantime
            self._move(FloorEvent.NOTHING_TO_ANSWER)

    def _resume(self) -> None:
        self._last.forget()
        was_silent = self._mouth.current is None
        self._mouth.resume(self._ear.now_s)
        if was_silent:
            self._prompt_began()

    def _watch_silence(self) -> None:
        is_busy = self._keys.digits or self._turn.is_being_heard
        if not is_busy and self._silences.is_caller_overdue(self._ear.now_s):
            self._feed(NothingSaid())

    def _watch_the_wait(self) -> None:
        if not self._is_answer_due or not self._mouth.is_silent:
            return
        if times := self._silences.word_due(self._ear.now_s, self._now, self._turn.timing):
            self._feed(WaitGrewLong(times))

    # -- what goes out ---------------------------------------------------------------------------

    def _feed(self, event: Event) -> None:
        actions = self._conversation.handle(event)
        self._turn.language = self._conversation.language
        if not actions and self._floor.state is FloorState.WORKING and isinstance(event, UtteranceHeard):
            self._move(FloorEvent.NOTHING_TO_ANSWER)
        for action in actions:
            self._carry_out(action)

    def _carry_out(self, action: Action) -> None:
        match action:
            case Say(prompt):
                self._mouth.say(prompt)
            case Listen():
                self._silences.expect(action)
                if self._mouth.is_silent:
                    self._open_the_floor()
            case AskDialogue():
                self._is_asked = True
                if self._engines.is_people_first():
                    self._feed(PeopleWanted())
                self._engines.executor.submit(self._ask, action)
                read_ahead(action, self._conversation)
            case HandOver(case):
                self.transfer_id = self._engines.transfers.request(case)
                self._leave(StreamEnd.HANDED_OVER)
            case HangUp(outcome):
                self._outcome = outcome
                self._leave(StreamEnd.HUNG_UP)
            case Note(kind, facts):
                self._log.write(kind, **facts)
            case Tape():
                self._engines.recorder.take(self._conversation.call_id, action)

    def _ask(self, ask: AskDialogue) -> None:
        self._results.post(answer_to(ask, self._conversation, self._engines.dialogue))

    def _take_reply(self, event: DialogueReplied | DialogueFailed) -> None:
        if event.turn != self._conversation.turn:
            return
        self._is_asked = False
        self._turn.timing.reply_came_at = self._now
        if isinstance(event, DialogueReplied):
            self._log.reply_came(event)
            if self._last.replied(event):
                return  # the caller goes on with the same sentence, which may become another
        self._feed(event)

    def _take_audio(self, ready: AudioReady) -> None:
        was_silent = self._mouth.current is None
        unspoken = self._mouth.take(ready, self._ear.now_s)
        if unspoken is not None:
            log.error("no_voice", call_id=self._conversation.call_id, prompt_id=unspoken.id)
            if self._mouth.is_silent:
                self._open_the_floor()
        if was_silent and self._mouth.current is not None:
            self._prompt_began()

    def _prompt_began(self) -> None:
        current = self._mouth.current
        if current is None:
            return
        if self._floor.state is FloorState.PAUSE:
            self._turn.go_on()
        if current.prompt.id not in STILL_WORKING:
            self._log.answer_sounds(self._turn.timing, self._now)
            self._last.answer_sounds(self._ear.now_s)
        is_open = current.prompt.is_interruptible
        self._move(FloorEvent.PROMPT_BEGAN if is_open else FloorEvent.DISCLOSURE_BEGAN)
        self._log.prompt_began(current)

    def _prompts_ended(self, ended: list[PromptEnded]) -> None:
        for event in ended:
            self._log.prompt_ended(event)
            self._feed(event)
        if ended and self._mouth.current is not None:
            self._prompt_began()
        elif ended and self._mouth.is_silent:
            self._open_the_floor()

    def _open_the_floor(self) -> None:
        self._silences.began(self._ear.now_s)
        self._move(FloorEvent.WAIT_WENT_ON if self._is_answer_due else FloorEvent.PROMPTS_ENDED)

    def _leave(self, end: StreamEnd) -> None:
        self._leaving = end
        self._barge_in.end()
        self._mouth.forget_cut()
        self._move(FloorEvent.LEAVE_BEGAN)

    def _move(self, event: FloorEvent) -> None:
        self._floor.take(event)
