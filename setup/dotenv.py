"""Decides which secrets a fresh machine invents and writes to its git-ignored `.env`."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

CARRIER_URL = "http://127.0.0.1:8081"
# Each value is made once per machine; what a person has set is never touched.
FRESH_VALUES: dict[str, Callable[[], str]] = {
    "IVR_TWILIO_ACCOUNT_SID": lambda: "AC" + secrets.token_hex(16),
    "IVR_TWILIO_AUTH_TOKEN": lambda: secrets.token_hex(16),
    "IVR_TWILIO_API_URL": lambda: CARRIER_URL,
    "IVR_RASA_TOKEN": lambda: secrets.token_hex(16),
    "IVR_ACTIONS_TOKEN": lambda: secrets.token_hex(16),
}
HEADING = (
    "# Settings of this machine; docs/settings.md lists all of them. Not in the repository.\n"
    "# The values below were made up for the local phone network. With a real Twilio number put your own\n"
    "# account SID and auth token here and remove IVR_TWILIO_API_URL.\n"
)


def missing_values(path: Path) -> list[str]:
    """Return the names that `.env` should hold and does not."""
    present = {
        line.split("=", 1)[0].strip() for line in _lines(path) if "=" in line and not line.startswith("#")
    }
    # A real account needs no carrier: once the file exists, a missing API address is the person's choice.
    names = [name for name in FRESH_VALUES if name not in present]
    return [name for name in names if name != "IVR_TWILIO_API_URL"] if present else names


def write_missing_values(path: Path) -> None:
    """Add the values that are missing, readable by the owner only; the file appears whole or not at all."""
    names = missing_values(path)
    if not names:
        return
    text = path.read_text() if path.exists() else HEADING
    if not text.endswith("\n"):
        text += "\n"
    text += "".join(f"{name}={FRESH_VALUES[name]()}\n" for name in names)
    partial = path.with_name(path.name + ".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    partial.replace(path)


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
