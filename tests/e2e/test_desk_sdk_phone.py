"""The desk as a phone at Twilio, as far as it goes without Twilio: the real SDK's names, and a scripted one.

What is left unproved is said in docs/desk.md: registering, and the sound of a call.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from ivr.handoff.case import Case
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.transfer import TransferState
from ivr.web.desk.phone import SDK
from ivr.web.staff.sessions import new_link
from tests.support.service_in_process import ServiceInProcess, service_in_process

pytestmark = pytest.mark.browser

CALLER = "CA" + "c" * 32
AT_TWILIO = {
    "twilio_api_key_sid": "SK" + "b" * 32,
    "twilio_api_key_secret": "secret of the key, 32 bytes and more",
}
SCRIPTED_SDK = """
class Listens {
  constructor() { this.heard = {}; }
  on(name, does) { this.heard[name] = does; }
}
class ScriptedCall extends Listens {
  did = []; isOn = false;
  accept() { this.did.push("accept"); this.heard.accept(); }
  reject() { this.did.push("reject"); this.heard.reject(); }
  disconnect() { this.did.push("disconnect"); this.heard.disconnect(); }
  mute(isOn) { this.isOn = isOn; }
  isMuted() { return this.isOn; }
  status() { return this.did.includes("accept") ? "open" : "pending"; }
}
window.Twilio = { Device: class extends Listens {
  constructor(token) { super(); this.tokens = [token]; window.device = this; }
  async register() { this.heard.registered(); }
  updateToken(token) { this.tokens.push(token); }
  rings() { window.call = new ScriptedCall(); this.heard.incoming(window.call); }
} };
"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[ServiceInProcess]:
    with service_in_process(tmp_path, public_url="http://127.0.0.1:8080", **AT_TWILIO) as running:
        running.services.records.enlist_agents([("Anna", "client:anna")])
        yield running


def anna_opens_the_desk(
    browser: Browser, service: ServiceInProcess, sdk: str | None, asked: list[str] | None = None
) -> Page:
    """Open the desk with this SDK, or with the real one; `asked` takes the addresses of its WebSockets."""

    def turn_away(socket: WebSocketRoute) -> None:
        if asked is not None:
            asked.append(socket.url)
        socket.close()

    page = browser.new_context().new_page()
    page.set_default_timeout(10_000)
    page.route("**/*.twilio.com/**", lambda route: route.abort())
    page.route_web_socket(re.compile("twilio"), turn_away)
    if sdk is not None:
        page.route(f"**{SDK}", lambda route: route.fulfill(body=sdk, content_type="text/javascript"))
    link = new_link(service.services.settings, service.services.clock.now())
    page.goto(link.replace(service.services.settings.public_url, service.url))
    page.get_by_role("button", name="Anna").click()
    page.wait_for_url("**/desk")
    return page


def test_the_sdk_in_the_house_has_every_name_our_page_uses(
    browser: Browser, service: ServiceInProcess
) -> None:
    asked: list[str] = []
    page = anna_opens_the_desk(browser, service, None, asked)
    for _ in range(100):
        if asked:
            break
        page.wait_for_timeout(50)
    expect(page.locator("#phone-state")).to_have_text("Connecting…")  # there is no Twilio here
    assert asked[0].startswith("wss://voice-js.roaming.twilio.com/"), (
        asked
    )  # let through by the page's policy
    missing = page.evaluate(
        """() => {
            const has = (of, names) => names.filter((name) => typeof of.prototype[name] !== "function");
            const events = Object.values(Twilio.Device.EventName);
            return [...has(Twilio.Device, ["register", "updateToken", "on"]),
                ...has(Twilio.Call, ["accept", "reject", "disconnect", "mute", "isMuted", "status", "on"]),
                ...["registered", "unregistered", "error", "tokenWillExpire", "incoming"]
                    .filter((name) => !events.includes(name))];
        }"""
    )
    assert missing == []
    page.context.close()


def test_accept_picks_up_first_and_takes_the_caller_once_that_is_through(
    browser: Browser, service: ServiceInProcess
) -> None:
    page, services = anna_opens_the_desk(browser, service, SCRIPTED_SDK), service.services
    state = page.locator("#phone-state")
    expect(state).to_have_text("Ready. Calls ring here.")
    page.evaluate("device.rings()")
    page.locator("#phone-hang-up").click()
    assert page.evaluate("call.did") == ["reject"]
    services.switchboard.live(CALLER)
    services.records.open_call(CALLER, "+46701234567", "+46850000000", "en")
    transfer_id = services.desk.request(Case(CALLER, "en", EscalationReason.ASKED_FOR_PERSON, "+46701234567"))
    expect(page.locator("[data-stage]")).to_contain_text("Your phone is ringing")
    page.evaluate("device.rings()")
    expect(state).to_have_text("Ringing")
    page.locator("#accept").click()
    expect(state).to_have_text("Connected")
    assert page.evaluate("call.did") == ["accept"]
    row = services.records.transfer(transfer_id)
    assert row is not None
    assert row.agent_call_id is not None
    services.switchboard.legs[row.agent_call_id] = "in-progress"
    services.desk.agent_answered(transfer_id, 1, row.agent_call_id)
    expect(page.locator("[data-stage]")).to_contain_text("You are talking")
    joined = services.records.transfer(transfer_id)
    assert joined is not None
    assert joined.state == TransferState.BRIDGED
    page.locator("#phone-mute").click()
    expect(page.locator("#phone-mute")).to_have_attribute("aria-pressed", "true")
    services.records.enlist_agents([("Anna", "client:anna")])
    page.evaluate("device.heard.tokenWillExpire()")
    expect(page.locator("#phone-hang-up")).to_be_visible()
    page.locator("#phone-hang-up").click()
    expect(state).to_have_text("Ready. Calls ring here.")
    assert page.evaluate("call.did") == ["accept", "disconnect"]
    assert page.evaluate("device.tokens.map((token) => token.split('.').length)") == [3, 3]
    page.context.close()
