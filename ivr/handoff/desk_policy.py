"""What an agent may choose at the end of a call: the dispositions of the designers' policy.yml."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ivr.errors import SettingsInvalid

# Where policy.yml names none.
DISPOSITIONS: Mapping[str, str] = {
    "solved": "Solved",
    "follow_up": "Needs a follow-up",
    "passed_on": "Passed on to somebody else",
    "wrong_place": "Not a matter for us",
    "nobody_there": "Nobody there, or cut off",
}
_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}")


def load_dispositions(nlu_data_dir: Path) -> Mapping[str, str]:
    """Read `dispositions:` of policy.yml, key to words. Raises SettingsInvalid."""
    file = nlu_data_dir / "policy.yml"
    if not file.exists():
        return DISPOSITIONS
    try:
        return read_dispositions(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as wrong:
        raise SettingsInvalid(f"{file}: {wrong}") from None


def read_dispositions(policy: Any) -> Mapping[str, str]:
    """Return the dispositions of a policy. Raises ValueError, which says what is wrong."""
    listed = policy.get("dispositions") if isinstance(policy, Mapping) else None
    if listed is None:
        return DISPOSITIONS
    if not isinstance(listed, Mapping) or not listed:
        raise ValueError("`dispositions` lists at least one, such as solved: Solved")
    for key, words in listed.items():
        if not _KEY.fullmatch(str(key)) or not isinstance(words, str) or not words.strip():
            raise ValueError(f"`dispositions`: write {key!r} as a_key: Some words")
    return {str(key): words.strip() for key, words in listed.items()}
