"""Only Rasa, with its token, gets actions run; anything malformed has a defined answer."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ivr.web.rasa_actions import LARGEST_BODY, create_rasa_actions_blueprint
from tests.support.order_desk import OrderDesk

GOOD = {"next_action": "action_repeat", "sender_id": "CA1", "tracker": {"slots": {}}}


@pytest.fixture
def client() -> FlaskClient:
    app = Flask("actions")
    app.register_blueprint(create_rasa_actions_blueprint(OrderDesk().actions, "secret"))
    return app.test_client()


def test_an_action_is_run(client: FlaskClient) -> None:
    answer = client.post("/rasa/actions?token=secret", json=GOOD)
    assert answer.status_code == 200
    assert answer.json == {
        "events": [{"event": "followup", "name": "action_listen", "timestamp": None}],
        "responses": [{"custom": {"command": "repeat"}}],
    }


@pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token=s%C3%A9cret", "?Token=secret"])
def test_without_the_token_nothing_happens(client: FlaskClient, query: str) -> None:
    assert client.post(f"/rasa/actions{query}", json=GOOD).status_code == 403


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b'{"next_action": 1}', b"\xff\xfe"])
def test_malformed_requests_are_refused(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/rasa/actions?token=secret", data=body, content_type="application/json")
    assert answer.status_code == 422


def test_an_unknown_action_is_named_in_the_answer(client: FlaskClient) -> None:
    answer = client.post("/rasa/actions?token=secret", json=GOOD | {"next_action": "action_refund"})
    assert (answer.status_code, answer.json) == (
        404,
        {"error": "unknown action", "action_name": "action_refund"},
    )


def test_a_huge_body_is_refused_unread(client: FlaskClient) -> None:
    answer = client.post("/rasa/actions?token=secret", data=b"x" * (LARGEST_BODY + 1))
    assert answer.status_code == 413
