"""Which language a call is held in: the one it began in, until the caller asks for or speaks one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ivr.conversation.events import UtteranceHeard
from ivr.conversation.language_words import asked_for, spoken_in
from ivr.conversation.phrasebook import Phrasebook
from ivr.conversation.prompt import Prompt

PRESS_FOR_LANGUAGE = "say_press_for_language"
SURE = 0.9  # share among our languages; Whisper base is less sure about one or two words


class ChosenBy(StrEnum):
    """How another language was chosen; goes into the record."""

    KEY = "key"
    REQUEST = "request"
    SOUND = "sound"
    WORDS = "words"


@dataclass(frozen=True)
class Choice:
    """The language to go on in. `are_words_good`: they were heard in it, so they can be answered."""

    language: str
    by: ChosenBy
    are_words_good: bool = False


@dataclass(frozen=True)
class Languages:
    """The languages calls may be held in, as the settings list them; none means the call's own only."""

    spoken: tuple[str, ...] = ()

    def keys(self, current: str) -> Mapping[str, str]:
        """Return the keys that choose another language: its place in the list."""
        return {
            str(place): language for place, language in enumerate(self.spoken[:9], 1) if language != current
        }

    def others(self, current: str) -> tuple[str, ...]:
        """Return the languages that may be asked for now."""
        return tuple(language for language in self.spoken if language != current)

    def chosen(self, heard: UtteranceHeard, current: str, is_first: bool) -> Choice | None:
        """Return the language that an utterance asks for or, when it is the call's first, is in."""
        if not self.others(current):
            return None
        wished = asked_for(heard.text, self.spoken, current)
        if wished is not None:
            return Choice(wished, ChosenBy.REQUEST)
        if not is_first:
            return None
        among = tuple(dict.fromkeys((*self.spoken, current)))
        in_words = spoken_in(heard.text, among)
        if in_words is not None and in_words != current:
            return Choice(in_words, ChosenBy.WORDS, are_words_good=True)
        if in_words is None and heard.sounds_like in self.others(current):
            return Choice(heard.sounds_like, ChosenBy.SOUND)
        return None


ONLY_ITS_OWN = Languages()


def key_offers(languages: Languages, current: str, phrasebook: Phrasebook) -> list[Prompt]:
    """Return, each in its own language, which key goes on in it."""
    return [
        phrasebook.prompt(PRESS_FOR_LANGUAGE, language, key=key)
        for key, language in languages.keys(current).items()
        if phrasebook.has(PRESS_FOR_LANGUAGE, language)
    ]


def reworded(prompts: Iterable[Prompt], language: str, phrasebook: Phrasebook) -> tuple[Prompt, ...]:
    """Return the prompts in another language; those without wording in it are left out."""
    return tuple(
        phrasebook.prompt(prompt.id, language, **dict(prompt.slots))
        for prompt in prompts
        if phrasebook.has(prompt.id, language)
    )
