"""A sentence the bot says, with the name it is known by."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Prompt:
    """One thing to say.

    `id` is the response name in `nlu_data/responses/`; `text` is the final wording, slots filled.
    `slots` are the values its braces were filled with, so that it can be said in another language.
    A prompt that is not interruptible is played to its end whatever the caller does. A personal one
    holds facts about a caller and stays out of the lasting prompt cache. A slow one is for a caller who asked
    for it.
    """

    id: str
    text: str
    language: str = "en"
    is_interruptible: bool = True
    is_personal: bool = False
    is_slow: bool = False
    slots: tuple[tuple[str, str], ...] = field(default=(), compare=False)
