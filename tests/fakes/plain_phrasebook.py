"""A phrasebook in which every prompt says its own name."""

from ivr.conversation.prompt import Prompt


class PlainPhrasebook:
    """Has every prompt but those named missing; its version is fixed."""

    def __init__(self, missing: frozenset[str] = frozenset()) -> None:
        self._missing = missing

    def prompt(self, prompt_id: str, language: str, **slots: str) -> Prompt:
        if prompt_id in self._missing:
            raise KeyError(prompt_id)
        return Prompt(prompt_id, " ".join([prompt_id, *slots.values()]), language)

    def has(self, prompt_id: str, language: str) -> bool:
        return prompt_id not in self._missing

    def version(self, language: str) -> str:
        return f"plain-{language}"
