"""Every HTTP route on a real port: forged, oversized and malformed requests have a defined answer."""

import socket
from itertools import count
from xml.etree import ElementTree

import pytest
import requests

from ivr.web.app import create_app
from tests.support.service_in_process import ACCOUNT, ACTIONS_TOKEN, PUBLIC_URL, TOKEN, ServiceInProcess
from tests.support.signing import sign

LIMIT = 64 * 1024
QUERY = "?turn=1&attempt=1&round=1&offered=1&try=1&asked=1&after=1"  # what our own action URLs carry
FORM_TYPE = "application/x-www-form-urlencoded"
_numbers = count(1)


def new_call() -> str:
    return f"CA{next(_numbers):032x}"


def webhooks(service: ServiceInProcess) -> list[str]:
    """Return the path of every webhook, with the numbers its URL carries."""
    rules = create_app(service.services).url_map.iter_rules()
    paths = [rule.rule for rule in rules if "POST" in (rule.methods or ()) and rule.rule.startswith("/voice")]
    return sorted(path.replace("<transfer_id>", "4f2a") + QUERY for path in paths)


def raw(service: ServiceInProcess, request: bytes) -> bytes:
    """Send bytes as they are; return the status line."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("rb").readline()


def test_there_are_webhooks(service: ServiceInProcess) -> None:
    assert len(webhooks(service)) >= 16


def test_unsigned_and_forged_webhooks_get_403_and_store_nothing(service: ServiceInProcess) -> None:
    before = service.stored_calls()
    for path in webhooks(service):
        form = {"AccountSid": ACCOUNT, "CallSid": new_call()}
        listed = {name: [value] for name, value in form.items()}
        wrong = [
            {},
            {"X-Twilio-Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="},
            {"X-Twilio-Signature": sign("not the token", PUBLIC_URL + path, listed)},
            {"X-Twilio-Signature": sign(TOKEN, PUBLIC_URL + path, {})},
            {"X-Twilio-Signature": sign(TOKEN, service.url + path, listed)},
            {
                "X-Twilio-Signature": sign(TOKEN, "https://evil.example" + path, listed),
                "Host": "evil.example",
                "X-Forwarded-Host": "evil.example",
                "X-Forwarded-Proto": "https",
                "Forwarded": "host=evil.example;proto=https",
            },
        ]
        for headers in wrong:
            answer = requests.post(service.url + path, data=form, headers=headers, timeout=10)
            assert answer.status_code == 403, (path, headers)
    assert service.stored_calls() == before


def test_a_genuine_webhook_is_served_whatever_host_it_names(service: ServiceInProcess) -> None:
    strange = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": "1.2.3.4"}
    answer = service.post("/voice/incoming", headers=strange, CallSid=new_call(), From="+46701234567")
    assert answer.status_code == 200
    assert "wss://bot.example/voice/media" in answer.text
    assert "evil" not in answer.text


def test_every_answer_to_an_unknown_call_is_twiml_or_nothing(service: ServiceInProcess) -> None:
    for path in webhooks(service):
        answer = service.post(path, CallSid=new_call(), From="+46701234567")
        assert answer.status_code in {200, 204}, path
        if answer.status_code == 200:
            assert ElementTree.fromstring(answer.content).tag == "Response", path


def test_64_kb_is_the_limit_whatever_the_length_header_says(service: ServiceInProcess) -> None:
    path, call_id = "/voice/incoming", new_call()
    assert service.post(path, CallSid=call_id, Junk="x" * (LIMIT - 200)).status_code == 200
    before = service.stored_calls()
    assert service.post(path, CallSid=new_call(), Junk="x" * (LIMIT + 1)).status_code == 413
    assert service.post(path, CallSid=new_call(), Junk="x" * 5_000_000).status_code == 413
    for length in ("-1", "abc", "1e3", "99999999999999999999"):
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM_TYPE}\r\nX-Twilio-Signature: x\r\n"
        status = raw(service, f"{head}Content-Length: {length}\r\n\r\nCallSid=1".encode())
        assert status.split()[1] in {b"400", b"403", b"413"}, length
    assert service.stored_calls() == before


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "text/plain",
        "",
        "nonsense",
    ],
)
def test_anything_but_a_form_is_refused(service: ServiceInProcess, content_type: str) -> None:
    headers = {"X-Twilio-Signature": sign(TOKEN, PUBLIC_URL + "/voice/incoming", {})}
    headers |= {"Content-Type": content_type}
    answer = requests.post(service.url + "/voice/incoming", data=b'{"a": 1}', headers=headers, timeout=10)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "changes",
    [
        {"CallSid": ""},
        {"CallSid": "CA1"},
        {"CallSid": "CA" + "G" * 32},
        {"CallSid": "CA" + "1" * 32 + "\n"},
        {"CallSid": "' OR 1=1 --"},
        {"CallSid": "\x00"},
        {"CallSid": ["CA" + "1" * 32, "CA" + "2" * 32]},
        {"AccountSid": ""},
        {"AccountSid": "AC" + "b" * 32},
        {"AccountSid": [ACCOUNT, "AC" + "b" * 32]},
        {"From": ["+46701234567", "+46701234568"]},
    ],
)
def test_a_malformed_or_doubled_field_is_refused_and_stores_nothing(
    service: ServiceInProcess, changes: dict[str, str | list[str]]
) -> None:
    before = service.stored_calls()
    answer = service.post("/voice/incoming", {"CallSid": new_call(), "From": "+46701234567"} | changes)
    assert answer.status_code == 400
    assert service.stored_calls() == before


@pytest.mark.parametrize(
    "number",
    ["", "anonymous", "Anonymous", "+266696687", "unknown", "sip:eve@evil.example", "client:eve", "+", "\x00",
     "+46 70 123", "+" + "9" * 5000, "\U0001f4de", "';DROP TABLE calls;--"],
)  # fmt: skip
def test_a_caller_without_a_number_is_served_as_nobody(service: ServiceInProcess, number: str) -> None:
    call_id = new_call()
    answer = service.post("/voice/incoming", CallSid=call_id, From=number, To="+46850000000")
    assert answer.status_code == 200
    call = service.services.records.call(call_id)
    assert call is not None
    assert call.caller is None


def test_a_caller_without_any_number_field_is_served_as_nobody(service: ServiceInProcess) -> None:
    call_id = new_call()
    assert service.post("/voice/incoming", CallSid=call_id).status_code == 200
    call = service.services.records.call(call_id)
    assert call is not None
    assert call.caller is None


def test_parameters_nobody_knows_change_nothing(service: ServiceInProcess) -> None:
    strange = {
        "NewIn2027": "yes",
        "CallStatus": "levitating",
        "Caller\u00e9": "\U0001f600",
        "[]": "",
        "__proto__": "1",
    }
    answer = service.post("/voice/incoming", strange, CallSid=new_call(), From="+46701234567")
    assert answer.status_code == 200
    assert "<Stream" in answer.text


@pytest.mark.parametrize("digits", ["4" * 10_000, "0" * 10_000, "*#" * 5_000, "ABCD" * 2_500, "hangup", ""])
def test_ten_thousand_digits_are_answered(service: ServiceInProcess, digits: str) -> None:
    call_id = new_call()
    service.post("/voice/incoming", CallSid=call_id, From="+46701234567")
    assert service.post("/voice/after-stream", CallSid=call_id).status_code == 200
    answer = service.post("/voice/turn?turn=1", CallSid=call_id, Digits=digits)
    assert answer.status_code == 200
    assert ElementTree.fromstring(answer.content).tag == "Response"
    assert len(answer.text) < 10_000


@pytest.mark.parametrize("digits", ["12a", "\u0661\u0662", "1\n2", "-1", "1.5", " "])
def test_digits_that_are_none_are_refused(service: ServiceInProcess, digits: str) -> None:
    assert service.post("/voice/turn?turn=1", CallSid=new_call(), Digits=digits).status_code == 400


def test_the_same_webhook_twice_is_one_call(service: ServiceInProcess) -> None:
    call_id = new_call()
    first = service.post("/voice/incoming", CallSid=call_id, From="+46701234567")
    stored = service.stored_calls()
    again = service.post("/voice/incoming", CallSid=call_id, From="+46701234567")
    assert again.content == first.content
    assert service.stored_calls() == stored


def test_bytes_that_are_no_form_are_refused(service: ServiceInProcess) -> None:
    for body in (b"%", b"%zz=%ff", b"\xff\xfe", b"&&&&==", b"CallSid=%ff%fe", b"a=b&" * 5000):
        headers = {"Content-Type": FORM_TYPE, "X-Twilio-Signature": "AAAA"}
        answer = requests.post(service.url + "/voice/incoming", data=body, headers=headers, timeout=10)
        assert answer.status_code in {400, 403, 413}, body[:20]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "PATCH", "TRACE"])
def test_other_methods_are_refused(service: ServiceInProcess, method: str) -> None:
    answer = requests.request(method, service.url + "/voice/incoming", timeout=10)
    assert answer.status_code in {403, 405, 501}


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token=%ff", f"?token={ACTIONS_TOKEN}x"])
def test_actions_are_run_for_rasa_only(service: ServiceInProcess, query: str) -> None:
    body = {"next_action": "action_repeat", "sender_id": "CA1", "tracker": {}}
    answer = requests.post(service.url + "/rasa/actions" + query, json=body, timeout=10)
    assert answer.status_code == 403
    assert "events" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b'{"next_action": "action_take_form_answer", "sender_id": "CA1", "tracker": {"latest_message": '
        b'{"entities": ["x", {"entity": "digits", "value": {"a": 1}}]}}}',
        b'{"next_action": {"a": 1}, "sender_id": "CA1", "tracker": {}}',
        b'{"next_action": "action_tell_order_status", "sender_id": "CA1", "tracker": {"slots": {}}}',
        b"null",
        b'{"next_action": "action_repeat", "sender_id": 1, "tracker": {}}',
        b'{"next_action": "action_take_form_answer", "sender_id": "CA1", "tracker": {"latest_message": '
        b'{"entities": 5}}}',
        b'{"next_action": "action_repeat", "sender_id": "CA1", "tracker": {"active_loop": {"name": [1]}}}',
        b'{"next_action": "action_take_form_answer", "sender_id": "CA1", "tracker": {"slots": '
        b'{"order_number": {"a": 1}, "postcode": [1], "requested_slot": 7}, '
        b'"active_loop": {"name": "matter_form"}}}',
    ],
)
def test_malformed_action_requests_have_a_defined_answer(service: ServiceInProcess, body: bytes) -> None:
    address = f"{service.url}/rasa/actions?token={ACTIONS_TOKEN}"
    answer = requests.post(address, data=body, headers={"Content-Type": "application/json"}, timeout=10)
    assert answer.status_code in {200, 404, 413, 422}


def test_a_calls_record_needs_the_accounts_password(service: ServiceInProcess) -> None:
    call_id = new_call()
    service.post("/voice/incoming", CallSid=call_id, From="+46701234567")
    address = f"{service.url}/voice/calls/{call_id}/events?stream=0"
    for auth in (None, (ACCOUNT, "wrong"), ("", ""), ("AC" + "b" * 32, TOKEN), (ACCOUNT, "")):
        answer = requests.get(address, auth=auth, timeout=10)
        assert answer.status_code == 401
        assert "call_started" not in answer.text
    for header in (
        "Basic",
        "Basic %%%",
        "Basic //79",
        "Bearer " + TOKEN,
        "Digest x",
        "Basic " + "QQ" * 20_000,
    ):
        answer = requests.get(address, headers={"Authorization": header}, timeout=10)
        assert answer.status_code in {401, 431}
    assert requests.get(address, auth=(ACCOUNT, TOKEN), timeout=10).json()[0]["kind"] == "call_started"
    unknown = address.replace(call_id, new_call())
    assert requests.get(unknown, auth=(ACCOUNT, TOKEN), timeout=10).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/audio/../ivr.db",
        "/audio/..%2fivr.db",
        "/audio/..%2f..%2f..%2fetc%2fpasswd",
        "/audio/%2e%2e/%2e%2e/etc/passwd",
        "/audio//etc/passwd",
        "/audio/" + "0" * 40 + ".wav",
        "/audio/" + "0" * 40 + ".wav%00",
        "/audio/" + "0" * 40 + ".wav%0a",
        "/audio/%ff",
        "/audio/" + "a" * 5000,
        "/audio/",
        "/audio",
        "/../../etc/passwd",
        "/voice/../health/nothing",
        "/%",
    ],
)
def test_no_path_leads_to_a_file_that_is_not_a_prompt(service: ServiceInProcess, path: str) -> None:
    status = raw(service, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert status.split()[1] in {b"400", b"404", b"414"}
