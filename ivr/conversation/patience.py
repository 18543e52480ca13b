"""How long the bot waits for a caller, and a caller for the bot. Pure; times in seconds."""

from dataclasses import dataclass

FIRST_WORD_S = 1.5  # practice: a word at 1.2 to 2.0 s; above 1.5 s callers fill the gap themselves
ALMOST_THERE_S = 0.4  # an answer usually comes this soon after the turn's end; a word would run into it
MOST_SILENCE_S = 2.6  # with the time to render a word, silence stays under 3 s


@dataclass(frozen=True)
class Pace:
    """How patient the bot is, in seconds."""

    no_input_s: float = 5.0
    no_input_again_s: float = 7.0


def is_word_due(words_said: int, since_speech_s: float, since_turn_s: float, silent_s: float) -> bool:
    """Say whether to tell the caller now that the answer is on its way.

    `words_said` were said in this wait already; `silent_s` counts from the last of them.
    """
    if words_said == 0:
        return since_speech_s >= FIRST_WORD_S and since_turn_s >= ALMOST_THERE_S
    return silent_s >= MOST_SILENCE_S
