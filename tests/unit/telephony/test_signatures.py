"""Signatures: Twilio's published vectors, rotation, the WebSocket upgrade, and everything that must fail."""

import pytest

from ivr.telephony.signatures import SignatureCheck, websocket_url
from tests.support.signing import sign

# Published by Twilio for the token "12345" (security guide and twilio-python's own tests).
PUBLISHED_FORM = {
    "CallSid": ["CA1234567890ABCDE"],
    "Caller": ["+14158675309"],
    "Digits": ["1234"],
    "From": ["+14158675309"],
    "To": ["+18005551212"],
}
PUBLISHED_PATH = "/myapp.php?foo=1&bar=2"

URL = "https://bot.example"
FORM = {"CallSid": ["CA" + "1" * 32], "Digits": [""]}


def check(*tokens: str, url: str = URL) -> SignatureCheck:
    return SignatureCheck(url, tokens or ("secret",))


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        ("https://mycompany.com", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("https://mycompany.com:443", "kvajT1Ptam85bY51eRf/AJRuM3w="),
        ("http://mycompany.com:80", "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        ("http://mycompany.com:1234", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    ],
)
def test_published_vectors_are_genuine(url: str, signature: str) -> None:
    assert check("12345", url=url).is_webhook_genuine(PUBLISHED_PATH, PUBLISHED_FORM, signature)


def test_vector_of_the_security_guide_is_genuine() -> None:
    form = PUBLISHED_FORM | {"Caller": ["+14158675310"], "From": ["+14158675310"]}
    example = check("12345", url="https://example.com")
    assert example.is_webhook_genuine(PUBLISHED_PATH, form, "L/OH5YylLD5NRKLltdqwSvS0BnU=")


def test_repeated_values_count_once_as_twilio_signs_them() -> None:
    form = FORM | {"Digits": ["5678", "1234", "1234"]}
    once = sign("secret", URL + "/voice/turn", FORM | {"Digits": ["1234", "5678"]})
    assert check().is_webhook_genuine("/voice/turn", form, once)


@pytest.mark.parametrize("signature", [None, "", "nonsense", "ü", "a" * 10_000])
def test_missing_or_odd_signature_is_refused_and_never_raises(signature: str | None) -> None:
    assert not check().is_webhook_genuine("/voice/incoming", FORM, signature)


def test_one_changed_field_breaks_the_signature() -> None:
    signature = sign("secret", URL + "/voice/incoming", FORM)
    assert check().is_webhook_genuine("/voice/incoming", FORM, signature)
    assert not check().is_webhook_genuine("/voice/incoming", FORM | {"Digits": ["1"]}, signature)
    assert not check().is_webhook_genuine("/voice/incoming", FORM | {"New": [""]}, signature)
    assert not check().is_webhook_genuine("/voice/turn", FORM, signature)
    assert not check().is_webhook_genuine("/voice/incoming?turn=1", FORM, signature)


def test_both_tokens_count_while_one_replaces_the_other() -> None:
    old = sign("old", URL + "/voice/status", FORM)
    assert check("new", "old").is_webhook_genuine("/voice/status", FORM, old)
    assert not check("new").is_webhook_genuine("/voice/status", FORM, old)


def test_lone_surrogate_in_a_field_is_refused() -> None:
    assert not check().is_webhook_genuine("/voice/incoming", {"From": ["\udc80"]}, "x")


@pytest.mark.parametrize(
    ("public_url", "expected"),
    [
        ("https://bot.example", "wss://bot.example/voice/media"),
        ("https://bot.example/", "wss://bot.example/voice/media"),
        ("http://127.0.0.1:8080", "ws://127.0.0.1:8080/voice/media"),
    ],
)
def test_websocket_form_of_the_public_url(public_url: str, expected: str) -> None:
    assert websocket_url(public_url, "/voice/media") == expected


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(
    ("public", "signed"), [(URL, "wss://bot.example"), ("http://127.0.0.1:8080", "ws://127.0.0.1:8080")]
)
def test_upgrade_is_signed_over_the_websocket_url(public: str, signed: str, slash: str) -> None:
    signature = sign("secret", f"{signed}/voice/media{slash}", {})
    assert check(url=public).is_upgrade_genuine("/voice/media", signature)


def test_upgrade_signed_over_the_https_url_is_refused() -> None:
    signature = sign("secret", URL + "/voice/media", {})
    assert not check().is_upgrade_genuine("/voice/media", signature)
    assert not check().is_upgrade_genuine("/voice/media", None)
