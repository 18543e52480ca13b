"""The webhooks of the service with everything behind them faked, and a network that signs its requests."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ivr.config import Settings
from ivr.web.agent_leg import create_agent_leg_blueprint
from ivr.web.audio import create_audio_blueprint
from ivr.web.callback_legs import create_callback_legs_blueprint
from ivr.web.voice import create_voice_blueprint
from tests.fakes.paper_prompts import PaperPrompts
from tests.fakes.plain_wording import PlainWording
from tests.fakes.scripted_calls import ScriptedCalls
from tests.support.follow_up_parts import FollowUpParts
from tests.support.signing import sign
from tests.support.transfer_scene import CALLER, TransferScene

BLUEPRINTS = (
    create_voice_blueprint,
    create_agent_leg_blueprint,
    create_callback_legs_blueprint,
    create_audio_blueprint,
)
ACCOUNT = "AC" + "a" * 32
PUBLIC_URL = "https://bot.example"
AGENT_LEG = "CA" + f"{1:032x}"


@dataclass
class FakedServices:
    """Implements what the blueprints need of the services."""

    settings: Settings
    records: Any
    wording: PlainWording
    prompts: PaperPrompts
    desk: Any
    calls: ScriptedCalls
    clock: Any
    parts: FollowUpParts

    def release(self) -> str:
        """Return the name of what serves."""
        return "r1"

    def __getattr__(self, name: str) -> Any:
        """Return one of the parts beside the desk."""
        return getattr(self.parts, name)


def make_settings(**changes: Any) -> Settings:
    """Return settings that owe nothing to this machine."""
    known = {"twilio_account_sid": ACCOUNT, "twilio_auth_token": "secret", "public_url": PUBLIC_URL}
    return Settings(_env_file=None, **(known | changes))


class WebScene:
    """The network's side: posts signed webhooks and reads the TwiML it gets."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.transfers = TransferScene()
        self.records = self.transfers.records
        self.calls = ScriptedCalls()
        self.prompts = PaperPrompts(folder)
        self.services = FakedServices(
            make_settings(**settings),
            self.records,
            PlainWording(),
            self.prompts,
            self.transfers.desk,
            self.calls,
            self.transfers.clock,
            self.transfers.parts,
        )
        app = Flask(__name__)
        app.testing = True  # an exception in a view reaches the test
        for create in BLUEPRINTS:
            app.register_blueprint(create(self.services))
        self.client: FlaskClient = app.test_client()

    def post(
        self, path: str, call_id: str = CALLER, headers: dict[str, str] | None = None, **fields: str
    ) -> TestResponse:
        """Post a webhook as the network does, signed over the public URL."""
        form = {"AccountSid": ACCOUNT, "CallSid": call_id, "CallStatus": "in-progress"} | fields
        listed = {name: [value] for name, value in form.items()}
        signature = {"X-Twilio-Signature": sign("secret", PUBLIC_URL + path, listed)}
        return self.client.post(path, data=form, headers=signature | (headers or {}))

    def twiml(self, path: str, call_id: str = CALLER, **fields: str) -> list[str]:
        """Post a webhook and return its TwiML, one line an element, with the words said in place of audio."""
        response = self.post(path, call_id, **fields)
        assert response.status_code == 200, response.text
        assert response.mimetype == "text/xml"
        return [self._shown(element) for element in ElementTree.fromstring(response.text).iter()][1:]

    def incoming(self, caller: str = "+46701234567") -> list[str]:
        """Let a call ring."""
        return self.twiml("/voice/incoming", From=caller, To="+46850000000", CallStatus="ringing")

    def _shown(self, element: ElementTree.Element) -> str:
        text = (element.text or "").strip()
        prefix = f"{PUBLIC_URL}/audio/"
        if element.tag == "Play" and text.startswith(prefix) and "hold-music" not in text:
            return f'says "{self.prompts.said(text.removeprefix(prefix))}"'
        marked = " ".join(f"{name}={value}" for name, value in sorted(element.attrib.items()))
        return " ".join(filter(None, (element.tag, text, marked)))
