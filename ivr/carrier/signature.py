"""How the network signs what it sends: HMAC-SHA1 over the URL and the sorted form, as Twilio documents."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit


def signed_url(url: str) -> str:
    """Return the URL that is signed: no fragment, no user, and over TLS no port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme in ("https", "wss"):
        bare = parts.hostname or ""
        host = f"[{bare}]" if ":" in bare else bare
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))


def sign(token: str, url: str, form: Iterable[tuple[str, str]] = ()) -> str:
    """Return the X-Twilio-Signature of a request to `url` with POST fields `form`.

    Keys are sorted by code point; values of a repeated key are de-duplicated and sorted; an empty value still
    contributes its key (twilio-python's request validator and its tests).
    """
    values: dict[str, set[str]] = {}
    for key, value in form:
        values.setdefault(key, set()).add(value)
    text = signed_url(url) + "".join(key + value for key in sorted(values) for value in sorted(values[key]))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
