"""Which phone the desk is for whom, and what the pages may reach for it."""

from pathlib import Path

import jwt
import pytest

from ivr.handoff.routing import AgentsUnreadable, read_agents
from tests.support.desk_scene import DeskScene

KEY, SECRET = "SK" + "b" * 32, "secret of the key, 32 bytes and more"
AT_TWILIO = {"twilio_api_key_sid": KEY, "twilio_api_key_secret": SECRET}


def test_on_the_local_network_the_handset_is_in_a_frame(tmp_path: Path) -> None:
    scene = DeskScene(tmp_path, twilio_api_url="http://127.0.0.1:8081")
    page = scene.agent("Anna").sees()
    assert 'data-address="http://127.0.0.1:8081/phone/agent?number=%2B46850000001"' in page.text
    assert "frame-src http://127.0.0.1:8081" in page.headers["Content-Security-Policy"]
    assert 'microphone=(self "http://127.0.0.1:8081")' in page.headers["Permissions-Policy"]
    assert scene.agent("Anna").sees("/desk/phone/token").status_code == 404


def test_with_phones_of_their_own_the_desk_is_none(tmp_path: Path) -> None:
    page = DeskScene(tmp_path).agent("Anna").sees()
    assert 'id="phone"' not in page.text
    assert "twilio.com" not in page.headers["Content-Security-Policy"]
    assert "microphone=()" in page.headers["Permissions-Policy"]


def test_a_browser_at_twilio_gets_a_token_to_take_calls_and_place_none(tmp_path: Path) -> None:
    scene = DeskScene(tmp_path, **AT_TWILIO)
    scene.records.enlist_agents([("Anna", "client:anna"), ("Bo", "+46850000002")])
    anna = scene.agent("Anna")
    page = anna.sees()
    assert "twilio-voice-sdk" in page.text
    assert "wss://*.twilio.com" in page.headers["Content-Security-Policy"]
    answer = anna.sees("/desk/phone/token")
    assert answer.headers["Cache-Control"] == "no-store"
    claims = jwt.decode(answer.json["token"], SECRET, algorithms=["HS256"], options={"verify_exp": False})
    assert claims["iss"] == KEY
    assert claims["sub"] == scene.settings.twilio_account_sid
    assert claims["grants"] == {"identity": "anna", "voice": {"incoming": {"allow": True}}}
    assert scene.agent("Bo").sees("/desk/phone/token").status_code == 404


def test_the_sdk_comes_from_here_with_its_licence(tmp_path: Path) -> None:
    visitor = DeskScene(tmp_path).visitor()
    sdk = visitor.sees("/desk/static/vendor/twilio-voice-sdk-2.18.5.min.js")
    assert len(sdk.data) > 100_000
    assert b"Apache License" in visitor.sees("/desk/static/vendor/twilio-voice-sdk.LICENSE.md").data


def test_an_agent_may_be_a_browser() -> None:
    assert read_agents("Anna:client:anna_1")[0].number == "client:anna_1"
    with pytest.raises(AgentsUnreadable):
        read_agents("Anna:client:")
