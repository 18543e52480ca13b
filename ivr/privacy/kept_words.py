"""Which facts of an event are words, and how they are redacted before they are stored."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from ivr.privacy.redaction import redact

WORDS = frozenset(
    {"text", "heard_text", "digits", "words", "evidence", "quote", "wanted", "reason_words", "matter"}
)
# Prompts that hold nothing of the caller's, though a tracking code looks like a name and a number.
OUR_OWN = frozenset({"say_disclosure", "utter_tracking"})
CALLS_REMEMBERED = 10_000


class KeptWords:
    """Takes out of facts what must not be kept, in the language each call speaks. Safe from any thread.

    `keep` are words in small letters that look like names and are none: the company's own.
    """

    def __init__(self, keep: frozenset[str] = frozenset()) -> None:
        self._keep = keep
        self._lock = threading.Lock()
        self._languages: OrderedDict[str, str] = OrderedDict()

    def speaks(self, call_id: str, language: str) -> None:
        """Remember the language of a call."""
        with self._lock:
            self._languages[call_id] = language
            self._languages.move_to_end(call_id)
            if len(self._languages) > CALLS_REMEMBERED:
                self._languages.popitem(last=False)

    def clean(self, call_id: str, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return the facts with their words redacted, however deep they stand; all else as it is."""
        if isinstance(facts.get("language"), str):
            self.speaks(call_id, facts["language"])
        if facts.get("prompt_id") in OUR_OWN:
            return dict(facts)
        language = self._languages.get(call_id, "en")
        return {name: self._cleaned(name, value, language) for name, value in facts.items()}

    def _cleaned(self, name: str, value: Any, language: str) -> Any:
        if isinstance(value, Mapping):
            return {key: self._cleaned(key, inner, language) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self._cleaned(name, inner, language) for inner in value]
        is_word = name in WORDS and isinstance(value, str)
        return redact(value, language, self._keep).text if is_word else value
