"""What can happen in a call, as the conversation sees it. Past tense; plain values."""

from dataclasses import dataclass

from ivr.dialogue.dialogue import DialogueReply


@dataclass(frozen=True)
class CallBegan:
    """The line is up and the bot may speak."""


@dataclass(frozen=True)
class CallResumed:
    """The line came back by another path (stream lost, webhooks now); nothing is greeted again."""


@dataclass(frozen=True)
class PromptEnded:
    """A prompt stopped sounding. The caller heard `heard_s` seconds of it, which is about `heard_text`."""

    prompt_id: str
    heard_s: float
    is_complete: bool
    heard_text: str = ""


@dataclass(frozen=True)
class UtteranceHeard:
    """The caller said something. `doubt` names why it must not be acted on, if so.

    `sounds_like` is the language that the sound is in beyond doubt, None when that is not known.
    `readings` are other words the sound may have been, likeliest first. `takes_back` says that the turn
    before was its beginning only.
    """

    text: str
    asr_confidence: float
    doubt: str | None = None
    sounds_like: str | None = None
    readings: tuple[str, ...] = ()
    takes_back: bool = False


@dataclass(frozen=True)
class KeysEntered:
    """The caller finished an entry on the keypad (0-9 only)."""

    digits: str


@dataclass(frozen=True)
class SecretTold:
    """The caller told what must not be kept: the kind ("card", "personal_number"), never the words."""

    what: str
    is_keyed: bool = False


@dataclass(frozen=True)
class NothingSaid:
    """The no-input time ran out."""


@dataclass(frozen=True)
class DialogueReplied:
    """The dialogue answered turn `turn`."""

    turn: int
    reply: DialogueReply


@dataclass(frozen=True)
class DialogueFailed:
    """The dialogue could not answer turn `turn`, not even by keywords."""

    turn: int


@dataclass(frozen=True)
class HearingFailed:
    """Speech recognition could not run; the words are lost."""


@dataclass(frozen=True)
class WaitGrewLong:
    """The caller has been waiting for an answer longer than people do without wondering.

    `times` counts such moments of the call, from 1: the next wait is bridged by other words.
    """

    times: int = 1


@dataclass(frozen=True)
class TimeRanOut:
    """The call has reached the longest time with the bot."""


@dataclass(frozen=True)
class PeopleWanted:
    """The house wants people to take all calls: a new one goes to a person, a going one is offered one."""


@dataclass(frozen=True)
class CallerHungUp:
    """The line is gone."""


Event = (
    CallBegan
    | CallResumed
    | PromptEnded
    | UtteranceHeard
    | KeysEntered
    | SecretTold
    | NothingSaid
    | DialogueReplied
    | DialogueFailed
    | HearingFailed
    | WaitGrewLong
    | TimeRanOut
    | PeopleWanted
    | CallerHungUp
)
