"""How often the same words may be said in a row: again on request, once more unasked, then never. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.conversation.phrasebook import Phrasebook
from ivr.conversation.prompt import Prompt

ONCE_MORE = "say_once_more"
MOST_TIMES = 3  # said and heard; who still asks is not helped by a fourth time
MOST_UNASKED = 2  # the second time with "once more" before it
MOST_LANGUAGE_CHANGES = 4  # there and back, twice


@dataclass
class SaidAgain:
    """Counts how often the last answer was said in a row, and remembers the sentence said last."""

    last_said: Prompt | None = None
    language_changes: int = 0
    _answer: tuple[Prompt, ...] = ()
    _times: int = 0

    def answer(self, prompts: tuple[Prompt, ...]) -> bool:
        """Take the dialogue's answer; say whether it may be said, or has been said often enough."""
        self._times = self._times + 1 if prompts == self._answer else 1
        self._answer = prompts
        return self._times <= MOST_UNASKED

    def repeat(self) -> bool:
        """Take a wish to hear the last answer again; say whether that still helps."""
        self._times += 1
        return self._times <= MOST_TIMES

    def announced(
        self, prompts: tuple[Prompt, ...], language: str, phrasebook: Phrasebook
    ) -> tuple[Prompt, ...]:
        """Return the answer, after "once more" where its words would follow themselves or come again."""
        is_again = self._times > 1 or (bool(prompts) and prompts[0] == self.last_said)
        if not is_again or not phrasebook.has(ONCE_MORE, language):
            return prompts
        return (phrasebook.prompt(ONCE_MORE, language), *prompts)

    def heard_last(self, prompts: Sequence[Prompt]) -> None:
        """Take what is said now."""
        self.last_said = prompts[-1] if prompts else self.last_said

    def change_language(self) -> bool:
        """Count a change of language; say whether one more makes sense."""
        self.language_changes += 1
        return self.language_changes <= MOST_LANGUAGE_CHANGES
