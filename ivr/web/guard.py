"""Who may reach a webhook, and that a repeated one changes nothing."""

import hashlib
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, abort, request

from ivr import log
from ivr.telephony.signatures import SIGNATURE_HEADER, SignatureCheck
from ivr.telephony.webhook_forms import FormRefused
from ivr.web.services import Services

MAX_BODY_BYTES = 64 * 1024
IDEMPOTENCY_HEADER = "I-Twilio-Idempotency-Token"
_FORM = "application/x-www-form-urlencoded"
_LOCKS = 64

_log = log.get("web.guard")

View = Callable[..., Response]


def guard_webhooks(blueprint: Blueprint, services: Services) -> None:
    """Let only signed form webhooks of at most 64 KB reach the blueprint's views.

    403 without a genuine signature (before the body is read when there is none at all), 413 over the
    limit, 415 for anything but a form, 400 for a form that breaks its webhook's schema.
    """
    settings = services.settings
    check = SignatureCheck(settings.public_url, settings.auth_tokens())

    def only_the_network() -> None:
        signature = request.headers.get(SIGNATURE_HEADER)
        if settings.verify_signatures and not signature:
            _refuse("signature_missing", 403)
        if (request.content_length or 0) > MAX_BODY_BYTES:
            _refuse("body_too_large", 413)
        if request.mimetype != _FORM:
            _refuse("not_a_form", 415)
        request.max_content_length = MAX_BODY_BYTES  # also cuts a chunked body that names no length
        form = request.form.to_dict(flat=False)
        if settings.verify_signatures and not check.is_webhook_genuine(path_and_query(), form, signature):
            _refuse("signature_wrong", 403)

    def refuse_form(refused: FormRefused) -> Response:
        _log.warning("webhook_refused", why=str(refused), path=request.url_rule and request.url_rule.rule)
        return Response(f"{refused}\n", 400, mimetype="text/plain")

    blueprint.before_request(only_the_network)
    blueprint.register_error_handler(FormRefused, refuse_form)


def path_and_query() -> str:
    """Return the request's path and query as the network called it, without scheme and host."""
    query = request.query_string.decode("ascii", "replace")
    return f"{request.path}?{query}" if query else request.path


class RepeatedWebhooks:
    """Gives a repeated webhook the stored answer instead of doing its work again.

    A webhook is a repeat when its URL and form are the same, or when the network says so by its
    idempotency token. The token is not signed, so it counts only together with the path and the call.
    Twins that arrive at once wait for each other; other webhooks hardly ever do.
    """

    def __init__(self, services: Services) -> None:
        self._records = services.records
        self._locks = [threading.Lock() for _ in range(_LOCKS)]

    def answered_once(self, view: View) -> View:
        """Wrap a view whose webhook has side effects. Only answers with status 200 or 204 are kept."""

        @wraps(view)
        def answer(**parts: Any) -> Response:
            content_key, token_key = _content_key(), _token_key()
            with self._lock(token_key or content_key):
                for key in filter(None, (content_key, token_key)):
                    body = self._records.remembered_answer(key)
                    if body is not None:
                        _log.info("webhook_repeated", endpoint=request.endpoint)
                        return twiml_response(body) if body else no_content()
                response = view(**parts)
                if response.status_code in (200, 204):
                    for key in filter(None, (content_key, token_key)):
                        self._records.remember_answer(key, response.get_data(as_text=True))
                return response

        return answer

    def _lock(self, key: str) -> threading.Lock:
        return self._locks[int(key[-8:], 16) % _LOCKS]


def twiml_response(body: str) -> Response:
    """Return TwiML as the network wants it."""
    return Response(body, 200, mimetype="text/xml")


def no_content() -> Response:
    """Return the answer to a report: nothing."""
    return Response(status=204)


def _content_key() -> str:
    fields = sorted(request.form.items(multi=True))
    text = "\n".join([path_and_query(), *(f"{name!r}={value!r}" for name, value in fields)])
    return "content:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _token_key() -> str | None:
    token = request.headers.get(IDEMPOTENCY_HEADER)
    if not token:
        return None
    text = "\n".join([token, path_and_query(), request.form.get("CallSid", "")])
    return "token:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _refuse(why: str, status: int) -> None:
    _log.warning("webhook_refused", why=why, path=request.url_rule and request.url_rule.rule)
    abort(status)
