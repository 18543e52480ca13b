"""Who in the company owns the process behind each matter, as nlu_data/owners.yml says."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from ivr.errors import IvrError


class OwnersUnreadable(IvrError):
    """The file is not a list of `intent: owner`; the message says what is wrong."""


def load_owners(nlu_data: Path) -> Mapping[str, str]:
    """Return the owner of each intent; nobody where there is no file. Raises OwnersUnreadable."""
    file = nlu_data / "owners.yml"
    if not file.exists():
        return {}
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise OwnersUnreadable(f"{file.name}: {problem}") from problem
    if not isinstance(found, dict) or not all(isinstance(owner, str | None) for owner in found.values()):
        raise OwnersUnreadable(f"{file.name}: write one line for each intent, `intent: owner`")
    return {str(intent): owner for intent, owner in found.items() if owner}
