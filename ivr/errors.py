"""Errors that are shown to the person who runs the service."""


class IvrError(Exception):
    """Something the operator can mend; the message says what and how."""


class SettingsInvalid(IvrError):
    """One or more settings are missing or wrong; the message lists all of them."""
