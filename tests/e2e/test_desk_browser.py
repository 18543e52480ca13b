"""The desk in a real Chromium: a caller asks for a person, the card comes, the agent takes the call."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ivr.handoff.case import Case
from ivr.handoff.escalation import EscalationReason
from ivr.records.kinds import Kind
from ivr.web.staff.sessions import new_link
from tests.support.service_in_process import ServiceInProcess, service_in_process

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=\"document.title='broken into'\"> where is my parcel"
CALLER = "CA" + "c" * 32


@pytest.fixture
def service(tmp_path: Path) -> Iterator[ServiceInProcess]:
    with service_in_process(tmp_path, public_url="http://127.0.0.1:8080") as running:
        running.services.desk.sweep()
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 375, "height": 812})
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


def sign_in(context: BrowserContext, service: ServiceInProcess, name: str) -> Page:
    services = service.services
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    link = new_link(services.settings, services.clock.now())
    page.goto(link.replace(services.settings.public_url, service.url))
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("heading", name="No call for you right now")).to_be_visible()
    return page


def caller_asks(service: ServiceInProcess) -> str:
    """Let a caller ask for a person and return the transfer's id once the agent's phone rings."""
    services = service.services
    services.switchboard.live(CALLER)
    services.records.open_call(CALLER, "+46701234567", "+46850000000", "en")
    services.records.append(CALLER, Kind.UTTERANCE_HEARD, turn=1, text=HOSTILE, asr_confidence=0.9)
    case = Case(CALLER, "en", EscalationReason.FRUSTRATED, "+46701234567", wanted=HOSTILE)
    return services.desk.request(case)


def phone_is_answered(service: ServiceInProcess, transfer_id: str) -> None:
    row = service.services.records.transfer(transfer_id)
    assert row is not None
    assert row.agent_call_id is not None
    service.services.desk.agent_answered(transfer_id, len(row.tried), row.agent_call_id)


def test_a_call_from_the_escalation_to_the_end(context: BrowserContext, service: ServiceInProcess) -> None:
    anna = sign_in(context, service, "Anna")
    stage = anna.locator("[data-stage]")
    asked_s = time.monotonic()
    transfer_id = caller_asks(service)
    stage.wait_for()
    assert time.monotonic() - asked_s < 1.0  # the bar: the card is there within a second
    expect(stage).to_contain_text("Your phone is ringing")
    expect(anna.get_by_role("alert").filter(has_text="Words show frustration with the bot")).to_have_count(1)
    expect(anna).to_have_title("● Your phone is ringing. Words show frustration with the bot.")

    anna.get_by_role("button", name="Accept").click()
    expect(anna.get_by_role("status")).to_contain_text("Pick up your phone first")
    phone_is_answered(service, transfer_id)
    expect(stage).to_contain_text("A caller for you")
    anna.keyboard.press("1")
    expect(stage).to_contain_text("You are talking")
    assert [path for _, leg, path in service.services.switchboard.did("redirect") if leg == CALLER] == [
        f"/voice/join/{transfer_id}"
    ]

    service.services.desk.caller_hung_up(CALLER)
    expect(stage).to_contain_text("The call is over")
    assert anna.evaluate("document.documentElement.scrollWidth") <= 375


def test_the_conversation_grows_and_stays_text(context: BrowserContext, service: ServiceInProcess) -> None:
    anna = sign_in(context, service, "Anna")
    caller_asks(service)
    lines = anna.get_by_role("log")
    expect(lines).to_contain_text(HOSTILE)
    records = service.services.records
    records.append(CALLER, Kind.PROMPT_STARTED, prompt_id="say", text="I'm still trying", language="en")
    expect(lines).to_contain_text("I'm still trying")
    records.append(
        CALLER, Kind.PROMPT_ENDED, prompt_id="say", heard_s=1.0, is_complete=False, heard_text="I'm"
    )
    expect(lines).to_contain_text("I'm …")
    expect(lines).not_to_contain_text("still trying")
    assert anna.locator("img").count() == 0
    assert "broken into" not in anna.title()
    viewed = [event for event in records.events(CALLER) if event.kind == Kind.TRANSCRIPT_VIEWED]
    assert len(viewed) == 1  # one page, one view


def test_declining_by_key_moves_the_caller_to_the_other_desk(
    context: BrowserContext, browser: Browser, service: ServiceInProcess
) -> None:
    anna = sign_in(context, service, "Anna")
    beside = browser.new_context(viewport={"width": 1280, "height": 800})
    bo = sign_in(beside, service, "Bo")
    caller_asks(service)
    anna.locator("[data-stage]").wait_for()
    anna.keyboard.press("3")
    expect(anna.get_by_role("button", name="Busy with something else")).to_be_focused()
    anna.keyboard.press("Enter")
    expect(anna.get_by_role("heading", name="No call for you right now")).to_be_visible()
    expect(bo.locator("[data-stage]")).to_contain_text("Your phone is ringing")
    expect(bo.get_by_role("log")).to_contain_text("Anna declined: busy with something else")
    beside.close()


def test_a_second_tab_and_a_reload_show_the_same_call(
    context: BrowserContext, service: ServiceInProcess
) -> None:
    anna = sign_in(context, service, "Anna")
    caller_asks(service)
    anna.locator("[data-stage]").wait_for()
    anna.reload()
    expect(anna.locator("[data-stage]")).to_contain_text("Your phone is ringing")
    second = context.new_page()
    second.goto(f"{service.url}/desk")
    expect(second.locator("[data-stage]")).to_contain_text("Your phone is ringing")
