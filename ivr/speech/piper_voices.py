"""Which Piper server speaks which language, as the settings write it. Pure."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class PiperVoice:
    """Where a Piper server answers, and the voice asked for; None is the one it was started with."""

    url: str
    voice: str | None = None


class PiperVoicesUnreadable(ValueError):
    """The list of voices is not `language=http://host:port#voice, ...`; the message says which entry."""


def read_piper_voices(text: str) -> dict[str, PiperVoice]:
    """Read `sv=http://127.0.0.1:5100#sv_SE-nst-medium` entries. Raises PiperVoicesUnreadable."""
    found: dict[str, PiperVoice] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        language, _, address = (piece.strip() for piece in entry.partition("="))
        parts = urlsplit(address)
        if not language or parts.scheme not in {"http", "https"} or not parts.hostname:
            raise PiperVoicesUnreadable(f"'{entry}' is not of the form sv=http://127.0.0.1:5100#voice")
        if language in found:
            raise PiperVoicesUnreadable(f"the language '{language}' is there twice")
        found[language] = PiperVoice(parts._replace(fragment="").geturl().rstrip("/"), parts.fragment or None)
    return found
