"""Whether a request really comes from the phone network: Twilio's signature over a configured public URL."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

from twilio.request_validator import RequestValidator

SIGNATURE_HEADER = "X-Twilio-Signature"


class _FormFields:
    """A form as twilio's validator wants to see it: every value of every name."""

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self._fields = fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def getlist(self, name: str) -> list[str]:
        return list(self._fields[name])


def websocket_url(public_url: str, path: str) -> str:
    """Return the ws or wss form of the public URL, as the network will call and sign it."""
    scheme, host, prefix, _, _ = urlsplit(public_url.rstrip("/"))
    return urlunsplit(("wss" if scheme == "https" else "ws", host, prefix + path, "", ""))


class SignatureCheck:
    """Checks signatures against the public URL the network was given, never against Host or X-Forwarded-*.

    `tokens` are the auth token and, while it is being rotated, the previous one.
    """

    def __init__(self, public_url: str, tokens: Sequence[str]) -> None:
        self._public_url = public_url.rstrip("/")
        self._validators = [RequestValidator(token) for token in tokens]

    def is_webhook_genuine(
        self, path_and_query: str, form: Mapping[str, Sequence[str]], signature: str | None
    ) -> bool:
        """Say whether a form webhook was signed by the network; a missing signature is not genuine."""
        return self._is_genuine(self._public_url + path_and_query, form, signature)

    def is_upgrade_genuine(self, path: str, signature: str | None) -> bool:
        """Say whether a WebSocket upgrade was signed by the network.

        The signed text is the ws or wss URL; Twilio signs it with or without a trailing slash.
        """
        bare = websocket_url(self._public_url, path).rstrip("/")
        return any(self._is_genuine(url, {}, signature) for url in (bare, bare + "/"))

    def _is_genuine(self, url: str, form: Mapping[str, Sequence[str]], signature: str | None) -> bool:
        if not signature:
            return False
        fields = _FormFields(form)
        try:
            return any(validator.validate(url, fields, signature) for validator in self._validators)
        except UnicodeEncodeError:
            return False  # a lone surrogate: nothing the network could have signed
