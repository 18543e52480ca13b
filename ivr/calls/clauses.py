"""Where a prompt with a caller's data is cut, so that its beginning sounds while the rest is rendered."""

import re
from dataclasses import replace

from ivr.conversation.prompt import Prompt

_AFTER_A_CLAUSE = re.compile(r"(?<=[.?!;:])\s+")


def clauses(prompt: Prompt) -> list[Prompt]:
    """Return the prompt piece by piece; whole if it is fixed, for its audio lies ready, or protected."""
    if not prompt.is_personal or not prompt.is_interruptible:
        return [prompt]
    pieces = [piece for piece in _AFTER_A_CLAUSE.split(prompt.text) if piece.strip()]
    return [replace(prompt, text=piece) for piece in pieces] or [prompt]
