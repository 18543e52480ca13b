"""Whether speech over the bot takes the floor from it. Pure."""

MIN_SPEECH_S = 0.25  # shorter sounds are coughs and "mm"; peers wait 0.5 s, callers notice above 0.2-0.3


def takes_the_floor(is_interruptible: bool, speech_s: float) -> bool:
    """Say whether the caller, `speech_s` seconds into speaking over a prompt, gets the floor now."""
    return is_interruptible and speech_s >= MIN_SPEECH_S
