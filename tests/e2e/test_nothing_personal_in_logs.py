"""Calls leave nothing personal in any log of the running system, and requests leave no token there."""

import json
import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.support.running_system import ROOT, RunningSystem

pytestmark = [pytest.mark.weights, pytest.mark.rasa, pytest.mark.slow]

ORDER_CALLER, PERSON_CALLER = "+46709918273", "+46705537281"
PARTS = {"service.log", "carrier.log", "rasa.log"}
# By chance these hold any five digits now and then.
MEANINGLESS = re.compile(r"[A-Z]{2}[0-9a-f]{32}|[0-9a-f]{32}|\d{4}-\d\d-\d\d[T ][\d:.,]+Z?")
PERSONAL = {
    "a caller's number": (ORDER_CALLER[1:], PERSON_CALLER[1:], ORDER_CALLER[3:], PERSON_CALLER[3:]),
    "an agent's number or name": ("46850000001", "46850000002", "Anna"),
    "the order": ("471192", "4 7 1 1 9 2", "four seven one", "11455", "1 1 4 5 5", "PN4711925508SE"),
    "the customer": ("Freja", "Almkvist"),
    "what was said": (
        "where is my order",
        "to a person",
        "change my address",
        "that was all",
        "order number is",
    ),
}


@pytest.fixture(scope="module")
def after_two_calls(system: RunningSystem, tmp_path_factory: pytest.TempPathFactory) -> RunningSystem:
    """Return the system after an order was asked for and a person was fetched, by callers of their own."""
    folder = tmp_path_factory.mktemp("scripts")
    for name, number in (("where-is-my-order", ORDER_CALLER), ("ask-for-a-person", PERSON_CALLER)):
        text = (ROOT / "examples" / "calls" / f"{name}.yml").read_text()
        script = folder / f"{name}.yml"
        script.write_text(re.sub(r'(?m)^from: ".*"$', f'from: "{number}"', text))
        status, report = system.call(script)
        assert number in script.read_text()
        assert status == 0, json.dumps(report, indent=2)
    return system


def logs(system: RunningSystem) -> dict[str, str]:
    folder = Path(system.environment["IVR_DATA_DIR"]) / "log"
    return {file.name: file.read_text(errors="replace") for file in folder.iterdir()}


def test_every_part_writes_a_log(after_two_calls: RunningSystem) -> None:
    written = logs(after_two_calls)
    assert written.keys() == PARTS
    assert all(written.values())
    assert "stream_ended" in written["service.log"], "calls do leave a trace"


@pytest.mark.parametrize("kind", PERSONAL)
def test_no_log_holds(after_two_calls: RunningSystem, kind: str) -> None:
    for name, text in logs(after_two_calls).items():
        plain = MEANINGLESS.sub("", text).lower()
        found = [word for word in PERSONAL[kind] if word.lower() in plain]
        assert found == [], f"{name} holds {kind}"


def test_the_record_holds_what_the_logs_withhold(after_two_calls: RunningSystem) -> None:
    """The check above would pass on silence: the words and numbers did go through the system."""
    database = Path(after_two_calls.environment["IVR_DATA_DIR"]) / "ivr.db"
    stored = b"".join(file.read_bytes() for file in database.parent.glob("ivr.db*"))
    for word in (ORDER_CALLER, PERSON_CALLER, "471192"):
        assert word.encode() in stored


def test_no_address_with_a_token_is_logged(system: RunningSystem) -> None:
    address = urlsplit(system.service_url)
    actions = f"{system.service_url}/rasa/actions"
    body = {"next_action": "action_repeat", "sender_id": "CA1", "tracker": {}}
    assert requests.post(f"{actions}?token=hush-wrong", json=body, timeout=10).status_code == 403
    assert requests.get(f"{system.service_url}/nowhere?token=hush-lost", timeout=10).status_code == 404
    assert requests.get(f"{actions}?token=hush-method", timeout=10).status_code == 405
    broken = [
        b"GET /rasa/actions?token=hush-bare\r\n\r\n",
        b"GET /rasa/actions?token=hush-version HTTP/9.9\r\n\r\n",
        b"GET /rasa/actions?token=hush-line HTTP/1.1 extra\r\n\r\n",
        b"GET /rasa/actions?token=hush-long" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n",
        b"GET /rasa/actions?token=hush-header HTTP/1.1\r\nX-Tok en: hush-value\r\n\r\n",
        b"POST /rasa/actions?token=hush-cut HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
        b"GET /voice/media?token=hush-socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\n\r\n",
    ]
    for request in broken:
        with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1000)
    for name, text in logs(system).items():
        assert "hush" not in text, name
        assert "token=" not in text, name
        for secret in ("IVR_TWILIO_AUTH_TOKEN", "IVR_ACTIONS_TOKEN", "IVR_RASA_TOKEN"):
            value = system.environment.get(secret)
            assert value is None or value not in text, (name, secret)
