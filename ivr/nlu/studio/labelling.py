"""What happens when a designer says what callers' words mean: recorded first, then written, and undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ivr.clock import Clock
from ivr.errors import IvrError
from ivr.nlu.corpus import Line
from ivr.nlu.editing import Author
from ivr.nlu.studio.inbox import Item, Utterance, inbox, key_of, utterances
from ivr.nlu.studio.inbox_records import Decision, InboxRecords
from ivr.nlu.studio.likely_intents import LikelyIntents
from ivr.nlu.studio.sentences import Sentences, Written

LOOKED_BACK = timedelta(days=30)
MOST_CALLS = 3000
ADDED, SKIPPED = "added", "skipped"


class AlreadyDone(IvrError):
    """Somebody dealt with these words first; theirs stays."""


@dataclass(frozen=True)
class Suggested:
    """An item with the intents its words are most like, likeliest first."""

    item: Item
    intents: tuple[str, ...]


class Labelling:
    """The inbox of one nlu_data/. Safe from any thread. Raises RecordsUnavailable when the database fails."""

    def __init__(self, records: InboxRecords, sentences: Sentences, clock: Clock) -> None:
        self._records = records
        self._sentences = sentences
        self._clock = clock

    def utterances(self, back: timedelta = LOOKED_BACK) -> list[Utterance]:
        """Return what callers said lately, call by call."""
        found = self._records.heard_since(self._clock.now() - back, MOST_CALLS)
        return utterances(found.events, found.languages)

    def items(self, lines: Sequence[Line], language: str | None, most: int) -> tuple[list[Suggested], int]:
        """Return what to look at first, with likely intents, and how much there is in all."""
        trained = {key_of(line.language, line.said) for line in lines}
        everything = inbox(self.utterances(), self._records.decided().keys(), trained)
        chosen = [item for item in everything if language in (None, item.newest.language)]
        likely = LikelyIntents(lines)
        shown = [Suggested(item, likely.of(item.newest)) for item in chosen[:most]]
        return shown, len(chosen)

    def label(self, key: str, language: str, parts: Sequence[tuple[str, str]], author: Author) -> Written:
        """Make words, in one or more parts of (intent, sentence), training sentences.

        Raises AlreadyDone, and whatever `Sentences.add` raises; then the words stay in the inbox, and
        parts that were written before the trouble are taken out again.
        """
        self._decide(Decision(key, language, ADDED, (), author.name, self._clock.now()))
        done: list[tuple[str, str]] = []
        warning, is_whole = "", False
        try:
            for intent, sentence in parts:
                written = self._sentences.add(language, intent, [sentence], author)
                done += [(intent, one) for one in written.sentences]
                warning = written.warning or warning
            is_whole = True
        finally:
            if not is_whole:
                for intent, sentence in done:
                    self._sentences.remove(language, intent, sentence, author)
                self._records.undecide(key)
        # What undo takes back is what this label wrote, and nothing that was there before.
        self._records.amend(key, done)
        return Written(tuple(sentence for _, sentence in done), warning)

    def skip(self, key: str, language: str, who: str) -> None:
        """Take words out of the inbox. Raises AlreadyDone."""
        self._decide(Decision(key, language, SKIPPED, (), who, self._clock.now()))

    def undo(self, author: Author) -> Decision | None:
        """Take back what this designer did last, file and inbox, and return it; None when there is nothing.

        Raises EditConflict, EditImpossible when a sentence is not there any more.
        """
        last = self._records.newest_decision(author.name)
        if last is None:
            return None
        for intent, sentence in last.sentences:
            self._sentences.remove(last.language, intent, sentence, author)
        self._records.undecide(last.key)
        return last

    def _decide(self, decision: Decision) -> None:
        if not self._records.decide(decision):
            first = self._records.decision(decision.key)
            what = f"{first.who} {first.what} them" if first else "somebody was faster"
            raise AlreadyDone(f"These words are dealt with already: {what}. Nothing was changed")
