"""Whether a call is recorded: asked for each purpose and agreed to first, stopped for secrets. Pure.

Nothing is recorded unless a caller has heard a notice to its end and then said yes to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ivr.conversation.actions import Action, HandOver, HangUp, Note, Tape, TapeOrder
from ivr.conversation.events import Event, PromptEnded, SecretTold
from ivr.conversation.expectation import Expectation, Expecting
from ivr.conversation.phrasebook import Phrasebook
from ivr.conversation.prompt import Prompt
from ivr.conversation.turn_words import turn_words
from ivr.dialogue.plain_words import plain_words

PURPOSES = ("quality", "training")
ANSWER = Expectation(Expecting.YES_NO, "recording")
AGREEING_KEY = "9"  # the lower ones choose languages
MOST_WORDS = 5  # a longer sentence is about something else
FEWEST_OF_A_REQUEST = 4  # "yeah, clean" is a yes misheard: no consent, and no request either


class TapeState(StrEnum):
    """How far a call has come with recording."""

    OFF = "off"  # nothing was asked
    NOTICE = "notice"  # what it is for is being said
    ASKED = "asked"  # that was said to its end: from now on a yes counts
    ANSWERED = "answered"
    RUNNING = "running"
    PAUSED = "paused"
    OVER = "over"


class TapeEvent(StrEnum):
    """What moves it on."""

    NOTICE_BEGAN = "notice_began"
    NOTICE_HEARD = "notice_heard"
    AGREED = "agreed"
    DECLINED = "declined"
    STARTED = "started"
    NOBODY_AGREED = "nobody_agreed"
    SECRET_DUE = "secret_due"
    SECRET_OVER = "secret_over"
    SECRET_TOLD = "secret_told"
    BOT_LEFT = "bot_left"


_S, _E = TapeState, TapeEvent
# The only way into RUNNING leads through a notice heard and an answer; what is not here changes nothing.
TRANSITIONS: dict[tuple[TapeState, TapeEvent], TapeState] = {
    (_S.OFF, _E.NOTICE_BEGAN): _S.NOTICE,
    (_S.NOTICE, _E.NOTICE_HEARD): _S.ASKED,
    (_S.NOTICE, _E.DECLINED): _S.ANSWERED,
    (_S.ASKED, _E.NOTICE_BEGAN): _S.NOTICE,  # in another language
    (_S.ASKED, _E.AGREED): _S.ANSWERED,
    (_S.ASKED, _E.DECLINED): _S.ANSWERED,
    (_S.ANSWERED, _E.NOTICE_BEGAN): _S.NOTICE,  # for the next purpose
    (_S.ANSWERED, _E.STARTED): _S.RUNNING,
    (_S.ANSWERED, _E.NOBODY_AGREED): _S.OVER,
    (_S.RUNNING, _E.SECRET_DUE): _S.PAUSED,
    (_S.PAUSED, _E.SECRET_OVER): _S.RUNNING,
    **{
        (state, event): _S.OVER
        for state in (_S.RUNNING, _S.PAUSED)
        for event in (_E.SECRET_TOLD, _E.BOT_LEFT)
    },
    **{(state, _E.BOT_LEFT): _S.OVER for state in (_S.NOTICE, _S.ASKED, _S.ANSWERED)},
}


@dataclass
class Recording:
    """One call's recording. `purposes` are those still to be asked about."""

    purposes: tuple[str, ...] = ()
    state: TapeState = TapeState.OFF
    agreed: dict[str, str] = field(default_factory=dict)  # purpose: by "key" or "word"
    _asked: str | None = None

    @property
    def is_asking(self) -> bool:
        """Say whether the caller's next words may be the answer."""
        return self.state in {TapeState.NOTICE, TapeState.ASKED}

    @property
    def is_on(self) -> bool:
        """Say whether a recording runs or is paused."""
        return self.state in {TapeState.RUNNING, TapeState.PAUSED}

    def notice(self, language: str, phrasebook: Phrasebook) -> Prompt | None:
        """Begin the next purpose's notice; None when all were asked. One without wording is not asked."""
        while self.purposes:
            self._asked, self.purposes = self.purposes[0], self.purposes[1:]
            prompt_id = f"say_recording_{self._asked}"
            if phrasebook.has(prompt_id, language):
                self._move(TapeEvent.NOTICE_BEGAN)
                return phrasebook.prompt(prompt_id, language)
        return None

    def notice_again(self) -> None:
        """Take note that the notice on the floor is said once more, or in another language."""
        if self.is_asking:
            self._move(TapeEvent.NOTICE_BEGAN)

    def notice_ended(self, event: PromptEnded, language: str, phrasebook: Phrasebook) -> list[Note]:
        """Take the end of a prompt; a notice's is evidence."""
        if self._asked is None or event.prompt_id != f"say_recording_{self._asked}":
            return []
        if event.is_complete:
            self._move(TapeEvent.NOTICE_HEARD)
        facts = {"purpose": self._asked, "text_version": phrasebook.version(language), "language": language}
        return [Note("recording_notice_played", {**facts, "is_complete": event.is_complete})]

    def answer(self, is_yes: bool | None, by: str) -> list[Action] | None:
        """Take an answer, None for anything but yes or no; return None when the notice must be said again.

        A yes before the end of the notice is no consent yet. Everything that is not a yes is a no, and who
        answers with something else is not asked again.
        """
        if is_yes and self.state is TapeState.NOTICE:
            return None
        self._move(TapeEvent.AGREED if is_yes else TapeEvent.DECLINED)
        if is_yes and self._asked is not None:
            self.agreed[self._asked] = by
        if is_yes is None:
            self.purposes = ()
        facts = {"purpose": self._asked, "is_agreed": bool(is_yes), "by": by}
        return [Note("recording_answered", facts), *self._begin()]

    def _begin(self) -> list[Action]:
        if self.purposes:
            return []
        self._move(TapeEvent.STARTED if self.agreed else TapeEvent.NOBODY_AGREED)
        return [Tape(TapeOrder.START, tuple(self.agreed.items()))] if self.agreed else []

    def follow(self, event: Event, actions: Sequence[Action], expects: Expectation) -> list[Action]:
        """Return what a recording must do after an event and what came of it."""
        is_leaving = any(isinstance(action, HandOver | HangUp) for action in actions)
        is_digits = expects.kind is Expecting.DIGITS
        if isinstance(event, SecretTold):
            return self._ordered(TapeEvent.SECRET_TOLD, TapeOrder.DROP)
        if is_leaving:
            return self._ordered(TapeEvent.BOT_LEFT, TapeOrder.STOP)
        due = TapeEvent.SECRET_DUE if is_digits else TapeEvent.SECRET_OVER
        return self._ordered(due, TapeOrder.PAUSE if is_digits else TapeOrder.RESUME)

    def _ordered(self, event: TapeEvent, order: TapeOrder) -> list[Action]:
        was_on, before = self.is_on, self.state
        self._move(event)
        return [Tape(order)] if was_on and self.state is not before else []

    def _move(self, event: TapeEvent) -> None:
        self.state = TRANSITIONS.get((self.state, event), self.state)


def read_purposes(text: str) -> tuple[str, ...]:
    """Read `quality,training`; an empty text gives none. Raises ValueError, which says what is wrong."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    for purpose in found:
        if purpose not in PURPOSES:
            raise ValueError(f"'{purpose}' is none of {', '.join(PURPOSES)}")
    return tuple(dict.fromkeys(found))


def yes_or_no(text: str, language: str) -> bool | None:
    """Return what a short answer says; None for anything else. Only a plain yes is one."""
    words = plain_words(text).split()
    known = turn_words(language)
    if not words or len(words) > MOST_WORDS:
        return None
    if known.no.intersection(words):
        return False
    if words[0] in known.yes and (known.yes | known.polite).issuperset(words):
        return True
    return False if words[0] in known.yes and len(words) < FEWEST_OF_A_REQUEST else None
