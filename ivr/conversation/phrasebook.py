"""The wording a conversation speaks with, as a protocol."""

from typing import Protocol

from ivr.conversation.prompt import Prompt


class Phrasebook(Protocol):
    """The wording of every prompt, by name and language."""

    def prompt(self, prompt_id: str, language: str, **slots: str) -> Prompt:
        """Return the prompt with its slots filled. Raises KeyError for an unknown name."""
        ...

    def has(self, prompt_id: str, language: str) -> bool:
        """Say whether the prompt exists in the language."""
        ...

    def version(self, language: str) -> str:
        """Return a short fingerprint of the language's wording, for the record."""
        ...
