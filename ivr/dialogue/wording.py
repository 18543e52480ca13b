"""The words of every prompt, read from nlu_data/responses/."""

import hashlib
import string
from collections.abc import Mapping
from pathlib import Path

import yaml

from ivr.conversation.prompt import Prompt
from ivr.dialogue.spoken.saying import aloud, on_paper
from ivr.errors import IvrError

NOT_PERSONAL = frozenset({"key", "from_hour", "to_hour"})  # slots that say nothing about a caller
WITH_LETTERS = "_with_letters"  # what the name of wording ends in for shops whose order numbers have letters
FIRST_SENTENCE = "say_disclosure"  # the law wants it heard to its end


class WordingInvalid(IvrError):
    """A responses file cannot be used; the message says which and why."""


class LanguageUnknown(IvrError):
    """Nothing is said in this language; the message names those that are there."""


def said_in(nlu_data: Path, language: str) -> str:
    """Return the language if the folder has wording in it. Raises LanguageUnknown."""
    known = sorted(file.stem for file in (nlu_data / "responses").glob("*.yml"))
    if language not in known:
        raise LanguageUnknown(
            f"nothing is said in `{language}`; there are {', '.join(known) or 'no languages'}"
        )
    return language


class Wording:
    """Looks up prompts by name and language. Immutable, any thread."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]], company: str) -> None:
        """`texts` maps language to name to text; {company} is filled in at once."""
        self._texts = {
            language: {name: text.replace("{company}", company) for name, text in named.items()}
            for language, named in texts.items()
        }

    @classmethod
    def load(cls, folder: Path, company: str, has_letters: bool = False) -> "Wording":
        """Read `responses/*.yml` below the nlu_data folder. Raises WordingInvalid.

        `has_letters` says whether order numbers have letters: some prompts are worded otherwise then.
        """
        files = sorted((folder / "responses").glob("*.yml"))
        if not files:
            raise WordingInvalid(f"{folder / 'responses'} holds no wording (*.yml)")
        return cls({file.stem: _chosen(_texts_of(file), has_letters) for file in files}, company)

    def languages(self) -> tuple[str, ...]:
        """Return the languages that have wording."""
        return tuple(self._texts)

    def has(self, prompt_id: str, language: str) -> bool:
        """Say whether the prompt exists in the language."""
        return prompt_id in self._texts.get(language, {})

    def prompt(self, prompt_id: str, language: str, **slots: str) -> Prompt:
        """Return the prompt with its slots filled, as they sound.

        Raises KeyError for an unknown name or a slot that is not given.
        """
        text = self._texts[language][prompt_id]
        wanted = placeholders(text)
        spoken = {name: aloud(name, str(slots[name]), language) for name in wanted}
        return Prompt(
            id=prompt_id,
            text=text.format_map(spoken),
            language=language,
            is_interruptible=prompt_id != FIRST_SENTENCE,
            is_personal=bool(wanted - NOT_PERSONAL),
            slots=tuple((name, str(slots[name])) for name in sorted(wanted)),
        )

    def written(self, prompt_id: str, language: str, **slots: str) -> str:
        """Return the text with its slots filled as people write them. Raises KeyError as `prompt` does."""
        text = self._texts[language][prompt_id]
        return text.format_map(
            {name: on_paper(name, str(slots[name]), language) for name in placeholders(text)}
        )

    def fixed_prompts(self, language: str) -> list[Prompt]:
        """Return every prompt without slots: those that can be spoken ahead of any call."""
        texts = self._texts.get(language, {})
        return [self.prompt(name, language) for name, text in texts.items() if not placeholders(text)]

    def version(self, language: str) -> str:
        """Return a short fingerprint of the language's wording, for the record."""
        texts = "\n".join(f"{name}={text}" for name, text in sorted(self._texts.get(language, {}).items()))
        return hashlib.sha256(texts.encode()).hexdigest()[:12]


def placeholders(text: str) -> frozenset[str]:
    """Return the names in braces. Raises ValueError for unbalanced braces."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def _chosen(texts: Mapping[str, str], has_letters: bool) -> dict[str, str]:
    """Return each prompt's text by its own name, as order numbers with or without letters need it."""
    chosen = {name: text for name, text in texts.items() if not name.endswith(WITH_LETTERS)}
    if has_letters:
        lettered = (name for name in texts if name.endswith(WITH_LETTERS))
        chosen |= {name.removesuffix(WITH_LETTERS): texts[name] for name in lettered}
    return chosen


def _texts_of(file: Path) -> dict[str, str]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        return {str(name): str(variants[0]["text"]) for name, variants in content["responses"].items()}
    except (yaml.YAMLError, KeyError, TypeError, IndexError, AttributeError, UnicodeDecodeError) as broken:
        what = f"{file}: not a responses file; `ivr nlu check` says where ({broken})"
        raise WordingInvalid(what) from broken
