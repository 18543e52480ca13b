"""What stays of an event, a case or a row once nobody may be known from it any more. Pure.

What stays is listed; everything else goes. A fact that somebody adds tomorrow is personal until listed here.
"""

from collections.abc import Mapping
from typing import Any

# Facts whose text is a name of ours (a reason, a step, a version), never of a caller.
_OURS = frozenset(
    {
        "about",
        "agent",
        "by",
        "calls",
        "doubt",
        "endpoint",
        "engine",
        "engines",
        "expects",
        "first_words",
        "from",
        "intent",
        "kind",
        "knowledge_version",
        "language",
        "model",
        "model_version",
        "mood",
        "order",
        "outcome",
        "policy_version",
        "prompt_id",
        "prompts_version",
        "purpose",
        "question",
        "reason",
        "release",
        "rule",
        "same_case",
        "signal",
        "situation",
        "state",
        "step",
        "system",
        "text_version",
        "timings",
        "to",
        "transfer_id",
        "try_id",
        "verdict",
        "wait_reason",
        "wanted_kind",
        "way",
        "what",
        "why",
        "words_model",
    }
)


def without_person(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts without anything that a caller said, keyed, is called or can be reached by.

    Figures and truth values stay, and single keys: "0" is a choice, not a number.
    """
    kept = {name: _kept(name, value) for name, value in facts.items()}
    return {name: value for name, value in kept.items() if value is not None}


def _kept(name: str, value: Any) -> Any:
    match value:
        case bool() | int() | float():
            return value
        case str() if name in _OURS or (name == "digits" and len(value) == 1):
            return value
        case Mapping():
            return without_person(value)
        case list() | tuple() if all(isinstance(one, Mapping) for one in value):
            return [without_person(one) for one in value]
    return None
