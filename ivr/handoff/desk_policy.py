"""What an agent may choose at the end of a call: the dispositions of the designers' policy.yml."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ivr.errors import SettingsInvalid

# Where there is no policy.yml, or it names none.
DISPOSITIONS: Mapping[str, str] = {
    "solved": "Solved",
    "follow_up": "Needs a follow-up",
    "passed_on": "Passed on to somebody else",
    "wrong_place": "Not a matter for us",
    "nobody_there": "Nobody there, or cut off",
}
_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")


def load_dispositions(nlu_data_dir: Path, language: str) -> Mapping[str, str]:
    """Read `dispositions:` of policy.yml, key to words in the agents' language. Raises SettingsInvalid."""
    file = nlu_data_dir / "policy.yml"
    if not file.exists():
        return DISPOSITIONS
    try:
        return read_dispositions(yaml.safe_load(file.read_text(encoding="utf-8")), language)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as wrong:
        raise SettingsInvalid(f"{file}: {wrong}") from None


def read_dispositions(policy: Any, language: str = "en") -> Mapping[str, str]:
    """Return the dispositions of a policy, in a language, or in English where it has no words there.

    Raises ValueError, which says what is wrong.
    """
    listed = policy.get("dispositions") if isinstance(policy, Mapping) else None
    if listed is None:
        return DISPOSITIONS
    if not isinstance(listed, Mapping) or not listed:
        raise ValueError("`dispositions` lists at least one, such as solved: {en: Solved}")
    return {str(key): _words(str(key), words, language) for key, words in listed.items()}


def _words(key: str, words: Any, language: str) -> str:
    by_language = {"en": words} if isinstance(words, str) else words
    is_right = isinstance(by_language, Mapping) and "en" in by_language and _KEY.fullmatch(key)
    if not is_right or not all(isinstance(one, str) and one.strip() for one in by_language.values()):
        raise ValueError(f"`dispositions`: write {key!r} as a_key: {{en: Some words, sv: Some words}}")
    return str(by_language.get(language, by_language["en"])).strip()
