"""The guard: unsigned, forged, oversized, malformed and repeated webhooks on every route there is."""

import io
import threading
from pathlib import Path

import pytest
from flask import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.calls.webhook_answers import NextStep, WebhookAnswer
from tests.support.signing import sign
from tests.support.transfer_scene import CALLER
from tests.support.web_scene import ACCOUNT, PUBLIC_URL, WebScene

FORM = {"AccountSid": ACCOUNT, "CallSid": CALLER}
TRANSFER = "4f2a"


@pytest.fixture
def scene(tmp_path: Path) -> WebScene:
    return WebScene(tmp_path)


def webhooks(scene: WebScene) -> list[str]:
    """Return every POST path of the service."""
    rules = scene.client.application.url_map.iter_rules()
    return [rule.rule.replace("<transfer_id>", TRANSFER) for rule in rules if "POST" in (rule.methods or ())]


def is_untouched(scene: WebScene) -> bool:
    return scene.records.call(CALLER) is None and not scene.calls.turns and not scene.calls.hung_up


def test_there_are_webhooks_to_guard(scene: WebScene) -> None:
    assert len(webhooks(scene)) == 40


def test_unsigned_forged_and_foreign_requests_are_refused_everywhere(scene: WebScene) -> None:
    for path in webhooks(scene):
        listed = {name: [value] for name, value in FORM.items()}
        wrong = [
            {},
            {"X-Twilio-Signature": ""},
            {"X-Twilio-Signature": "forged"},
            {"X-Twilio-Signature": sign("other token", PUBLIC_URL + path, listed)},
            {"X-Twilio-Signature": sign("secret", "https://evil.example" + path, listed)},
        ]
        for headers in wrong:
            assert scene.client.post(path, data=FORM, headers=headers).status_code == 403, path
    assert is_untouched(scene)


def test_forwarded_host_does_not_count(scene: WebScene) -> None:
    signature = sign("secret", "https://evil.example/voice/incoming", {name: [v] for name, v in FORM.items()})
    headers = {
        "X-Twilio-Signature": signature,
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
    }
    assert scene.client.post("/voice/incoming", data=FORM, headers=headers).status_code == 403


def test_signature_header_in_any_letter_case(scene: WebScene) -> None:
    signature = sign("secret", PUBLIC_URL + "/voice/incoming", {name: [v] for name, v in FORM.items()})
    response = scene.client.post("/voice/incoming", data=FORM, headers={"x-twilio-signature": signature})
    assert response.status_code == 200


def test_previous_token_counts_while_it_is_set(tmp_path: Path) -> None:
    signature = sign("old", PUBLIC_URL + "/voice/incoming", {name: [v] for name, v in FORM.items()})
    headers = {"X-Twilio-Signature": signature}
    rotating = WebScene(tmp_path, twilio_auth_token_previous="old")
    assert rotating.client.post("/voice/incoming", data=FORM, headers=headers).status_code == 200
    done = WebScene(tmp_path)
    assert done.client.post("/voice/incoming", data=FORM, headers=headers).status_code == 403


def test_signatures_off_on_loopback(tmp_path: Path) -> None:
    scene = WebScene(tmp_path, verify_signatures=False)
    assert scene.client.post("/voice/incoming", data=FORM).status_code == 200


def test_body_over_64_kb_is_not_read(scene: WebScene) -> None:
    assert scene.post("/voice/incoming", Junk="x" * 70_000).status_code == 413
    assert scene.post("/voice/incoming", Junk="x" * 60_000).status_code == 200


def test_chunked_body_without_a_length_is_cut_and_so_never_genuine(scene: WebScene) -> None:
    listed = {"Junk": ["x" * 200_000]}
    body = io.BytesIO(b"Junk=" + b"x" * 200_000)
    response = scene.client.post(
        "/voice/incoming",
        input_stream=body,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
        headers={
            "X-Twilio-Signature": sign("secret", PUBLIC_URL + "/voice/incoming", listed),
            "Transfer-Encoding": "chunked",
        },
    )
    assert response.status_code == 403


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data", "text/plain", ""])
def test_anything_but_a_form_is_refused(scene: WebScene, content_type: str) -> None:
    headers = {"X-Twilio-Signature": sign("secret", PUBLIC_URL + "/voice/incoming", {})}
    response = scene.client.post("/voice/incoming", data=b"{}", content_type=content_type, headers=headers)
    assert response.status_code == 415
    assert is_untouched(scene)


def test_boundary_shifted_form_with_a_valid_signature_is_refused(scene: WebScene) -> None:
    shifted = {"AccountSid": ACCOUNT + "CallSid" + CALLER}
    listed = {"AccountSid": [ACCOUNT], "CallSid": [CALLER]}
    headers = {"X-Twilio-Signature": sign("secret", PUBLIC_URL + "/voice/incoming", listed)}
    response = scene.client.post("/voice/incoming", data=shifted, headers=headers)
    assert response.status_code == 400
    assert "AccountSid" in response.text
    assert ACCOUNT not in response.text


def test_other_account_and_repeated_key_fields_are_refused(scene: WebScene) -> None:
    assert scene.post("/voice/incoming", AccountSid="AC" + "b" * 32).status_code == 400
    twice = {"AccountSid": ACCOUNT, "CallSid": [CALLER, CALLER]}
    signature = sign("secret", PUBLIC_URL + "/voice/incoming", {"AccountSid": [ACCOUNT], "CallSid": [CALLER]})
    response = scene.client.post("/voice/incoming", data=twice, headers={"X-Twilio-Signature": signature})
    assert response.status_code == 400
    assert is_untouched(scene)


def test_replay_an_hour_later_gets_the_stored_answer(scene: WebScene) -> None:
    first = scene.post("/voice/incoming", From="+46701234567")
    scene.transfers.clock.advance(3600)
    again = scene.post("/voice/incoming", From="+46701234567")
    assert (again.status_code, again.data) == (200, first.data)
    assert len(scene.records.events(CALLER)) == 1


def test_retry_with_the_same_token_is_a_repeat_even_when_a_field_changed(scene: WebScene) -> None:
    scene.incoming()
    scene.calls.answers = [WebhookAnswer((), NextStep.LISTEN, number=2)]
    token = {"I-Twilio-Idempotency-Token": "t-1"}
    first = scene.post("/voice/turn?turn=1", headers=token, Timestamp="1")
    again = scene.post("/voice/turn?turn=1", headers=token, Timestamp="2")
    assert again.data == first.data
    assert len(scene.calls.turns) == 1


def test_token_of_another_call_gets_nothing_of_this_one(scene: WebScene) -> None:
    token = {"I-Twilio-Idempotency-Token": "t-1"}
    scene.post("/voice/status", CallStatus="completed", headers=token)
    scene.post("/voice/status", "CA" + "d" * 32, CallStatus="completed", headers=token)
    assert scene.calls.hung_up == [CALLER, "CA" + "d" * 32]


def test_a_changed_token_does_not_make_a_replay_new(scene: WebScene) -> None:
    scene.post("/voice/status", CallStatus="completed", headers={"I-Twilio-Idempotency-Token": "t-1"})
    scene.post("/voice/status", CallStatus="completed", headers={"I-Twilio-Idempotency-Token": "t-2"})
    assert scene.calls.hung_up == [CALLER]


def test_twins_at_once_do_the_work_once(scene: WebScene) -> None:
    scene.incoming()
    scene.calls.answers = [WebhookAnswer((), NextStep.LISTEN, number=2)]
    together = threading.Barrier(4)
    answers: list[Response] = []

    def deliver() -> None:
        together.wait()
        answers.append(scene.post("/voice/turn?turn=1", Digits="1"))

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer.data for answer in answers}) == 1
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len(scene.calls.turns) == 1


NAMES = st.sampled_from(["CallSid", "AccountSid", "Digits", "From", "To", "CallStatus", "RecordingSid"])
VALUES = st.text(max_size=40) | st.sampled_from([CALLER, ACCOUNT, "completed", "hangup", "7" * 10_000])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.dictionaries(NAMES | st.text(max_size=6), VALUES, max_size=7),
    query=st.sampled_from(["", "?turn=1", "?attempt=1&round=1", "?attempt=99", "?turn=%ff"]),
    which=st.integers(0, 15),
)
def test_no_signed_form_ever_breaks_a_view(
    tmp_path: Path, fields: dict[str, str], query: str, which: int
) -> None:
    scene = WebScene(tmp_path, verify_signatures=False)
    scene.records.open_call(CALLER, None, None, "en")
    scene.calls.answers = [None]
    path = webhooks(scene)[which] + query
    response = scene.client.post(path, data=FORM | fields)
    assert response.status_code in {200, 204, 400}
