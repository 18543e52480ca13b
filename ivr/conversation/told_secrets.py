"""What the bot says to somebody who tells it a card or personal number, and how long its guard is up."""

from dataclasses import dataclass, field

from ivr.conversation.events import Event, KeysEntered, UtteranceHeard

SENTENCES = {"card": "say_card_not_kept", "personal_number": "say_personal_number_not_kept"}


@dataclass
class ToldSecrets:
    """The secrets one caller told. A kind is answered in words once, then only the question is repeated."""

    is_card_fresh: bool = False  # the last thing told was a card: its code may follow
    _answered: set[str] = field(default_factory=set)

    def told(self, what: str) -> str | None:
        """Take note of a secret; return the sentence it is answered with, None when that was said before."""
        self.is_card_fresh = what == "card"
        if what in self._answered:
            return None
        self._answered.add(what)
        return SENTENCES[what]

    def heard(self, event: Event) -> None:
        """Let the guard down once the caller went on to something else."""
        match event:
            case KeysEntered() | UtteranceHeard(doubt=None):
                self.is_card_fresh = False
