"""When a caller who waits for an answer hears that it is being made. Pure; times in seconds."""

FIRST_WORD_S = 1.5  # practice: a word at 1.2 to 2.0 s; above 1.5 s callers fill the gap themselves
ALMOST_THERE_S = 0.4  # an answer usually comes this soon after the turn's end; a word would run into it
MOST_SILENCE_S = 2.6  # with the time to render a word, silence stays under 3 s


def is_word_due(words_said: int, since_speech_s: float, since_turn_s: float, silent_s: float) -> bool:
    """Say whether to tell the caller now that the answer is on its way.

    `words_said` were said in this wait already; `silent_s` counts from the last of them.
    """
    if words_said == 0:
        return since_speech_s >= FIRST_WORD_S and since_turn_s >= ALMOST_THERE_S
    return silent_s >= MOST_SILENCE_S
