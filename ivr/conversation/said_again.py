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
    current: tuple[Prompt, ...] = ()
    times: int = 1
    is_announced: bool = False  # the last answer came after "once more"

    def answer(self, prompts: tuple[Prompt, ...]) -> bool:
        """Take the dialogue's answer; say whether it may be said, or has been said often enough."""
        is_same = prompts == self.current
        self.times = self.times + 1 if is_same else 1
        may_be_said = self.times <= MOST_UNASKED and not (is_same and self.is_announced)
        self.current, self.is_announced = prompts, False
        return may_be_said

    def repeat(self, is_asked: bool = True) -> bool:
        """Take a reason to say the last answer again, the caller's wish or not; say whether that helps."""
        self.times += 1
        if is_asked:
            return self.times <= MOST_TIMES
        return self.times <= MOST_UNASKED and not self.is_announced

    def announced(
        self, prompts: tuple[Prompt, ...], language: str, phrasebook: Phrasebook
    ) -> tuple[Prompt, ...]:
        """Return the answer, after "once more" where its words would follow themselves or come again."""
        is_again = self.times > 1 or (bool(prompts) and prompts[0] == self.last_said)
        if not is_again or not phrasebook.has(ONCE_MORE, language):
            return prompts
        self.is_announced = True
        return (phrasebook.prompt(ONCE_MORE, language), *prompts)

    def heard_last(self, prompts: Sequence[Prompt]) -> None:
        """Take what is said now."""
        self.last_said = prompts[-1] if prompts else self.last_said

    def change_language(self) -> bool:
        """Count a change of language; say whether one more makes sense."""
        self.language_changes += 1
        return self.language_changes <= MOST_LANGUAGE_CHANGES
