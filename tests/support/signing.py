"""Signs webhooks as Twilio's documentation says, without Twilio's library or ours."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence


def sign(token: str, url: str, form: Mapping[str, Sequence[str]]) -> str:
    """Return the base64 HMAC-SHA1 of the URL and of every name with its sorted, distinct values."""
    text = url + "".join(name + value for name in sorted(form) for value in sorted(set(form[name])))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()
