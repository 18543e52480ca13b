"""The one error of the set-up: something the person at the keyboard can mend."""


class SetupFailed(Exception):
    """The message says what is missing and which command or action mends it."""
