"""Signatures against others' vectors: Twilio's security page, twilio-python's tests (cases 102 to 106)."""

import pytest

from ivr.carrier.signature import sign, signed_url

FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"


def test_case_102_the_vector_of_the_security_page() -> None:
    form = FORM | {"From": "+14158675310", "Caller": "+14158675310"}
    assert (
        sign("12345", "https://example.com/myapp.php?foo=1&bar=2", form.items())
        == "L/OH5YylLD5NRKLltdqwSvS0BnU="
    )


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        (URL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        # The network signs without a port over TLS, so this is the vector of the port-less URL (case 103).
        (URL.replace(".com", ".com:8443"), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL.replace("https", "http").replace(".com", ".com:80"), "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        (URL.replace("https", "http").replace(".com", ".com:1234"), "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
        # Case 104: user and password are no part of it.
        (URL.replace("https://", "https://user:pass@"), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL + "#rc=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    ],
)
def test_case_102_the_vectors_of_twilio_python(url: str, signature: str) -> None:
    assert sign("12345", url, FORM.items()) == signature


def test_case_106_a_url_with_a_body_hash_is_signed_alone() -> None:
    body_hash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    assert sign("12345", f"{URL}&bodySHA256={body_hash}") == "a9nBmqA0ju/hNViExpshrM61xv4="


def test_case_105_values_of_a_repeated_key_are_unique_and_sorted() -> None:
    form = [
        ("Sid", "CA123"),
        ("SidAccount", "AC123"),
        ("Digits", "5678"),
        ("Digits", "1234"),
        ("Digits", "1234"),
    ]
    assert sign("12345", URL, form) == "IK+Dwps556ElfBT0I3Rgjkr1wJU="


def test_case_105_an_empty_value_keeps_its_key() -> None:
    assert sign("12345", URL, [("FromCity", "")]) != sign("12345", URL)
    assert sign("12345", URL, [("FromCity", "")]) == sign("12345", URL + "FromCity")


def test_stream_urls_are_signed_as_wss_without_port() -> None:
    assert signed_url("wss://host:8443/media") == "wss://host/media"
    assert signed_url("ws://127.0.0.1:8080/media") == "ws://127.0.0.1:8080/media"
    assert signed_url("https://[::1]:8443/x") == "https://[::1]/x"
