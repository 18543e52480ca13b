"""Which facts an event may carry: exactly what JSON can hold, on every database. Pure."""

import json
from collections.abc import Mapping
from typing import Any


class FactsNotStorable(ValueError):
    """The facts of an event hold something JSON cannot say."""


def storable(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts as they will be read back: tuples as lists, enumerations as their text.

    Raises FactsNotStorable, also for NaN and infinity, which PostgreSQL refuses.
    """
    try:
        text = json.dumps(dict(facts), allow_nan=False)
    except (TypeError, ValueError) as problem:
        raise FactsNotStorable(f"event facts must be JSON-ready: {type(problem).__name__}") from None
    stored: dict[str, Any] = json.loads(text)
    return stored
