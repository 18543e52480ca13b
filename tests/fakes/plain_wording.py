"""Wording that shows which response was asked for and with which words in it."""

from typing import Any

from ivr.conversation.prompt import Prompt


class PlainWording:
    """Implements the service's Wording: the text is the id and its slots."""

    def prompt(self, prompt_id: str, language: str, **slots: Any) -> Prompt:
        """Return the id or `id(slot=value, ...)` as the text."""
        words = ", ".join(f"{name}={value}" for name, value in sorted(slots.items()))
        text = f"{prompt_id}({words})" if words else prompt_id
        return Prompt(prompt_id, text, language, is_personal=bool(words))

    def written(self, prompt_id: str, language: str, **slots: Any) -> str:
        """Return the same text."""
        return self.prompt(prompt_id, language, **slots).text
