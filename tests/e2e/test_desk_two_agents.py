"""The desk in a real Chromium, by two agents and a supervisor: the race, a dropped line, the work after."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ivr.handoff.case import Case
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.transfer import TransferState
from ivr.roles import Role
from ivr.web.staff.sessions import new_link
from tests.support.service_in_process import ServiceInProcess, service_in_process

pytestmark = pytest.mark.browser

CALLER = "CA" + "c" * 32
NUMBER = "+46701234567"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[ServiceInProcess]:
    with service_in_process(tmp_path, public_url="http://127.0.0.1:8080") as running:
        running.services.desk.sweep()
        yield running


@pytest.fixture
def desk(browser: Browser, service: ServiceInProcess) -> Iterator["Desk"]:
    desk = Desk(browser, service)
    yield desk
    for context in desk.contexts:
        context.close()


class Desk:
    """Browsers at the desk, and a caller."""

    def __init__(self, browser: Browser, service: ServiceInProcess) -> None:
        self.browser, self.service = browser, service
        self.services = service.services
        self.contexts: list[BrowserContext] = []

    def opens(self, name: str, role: Role = Role.AGENT, width: int = 1280) -> Page:
        """Sign somebody in and return their page."""
        context = self.browser.new_context(viewport={"width": width, "height": 860})
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        link = new_link(self.services.settings, self.services.clock.now(), role)
        page.goto(link.replace(self.services.settings.public_url, self.service.url))
        if role is Role.AGENT:
            page.get_by_role("button", name=name).click()
        else:
            page.get_by_label("Somebody else").fill(name)
            page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/desk")
        return page

    def caller_asks(self, call_id: str = CALLER) -> str:
        """Let a caller ask for a person."""
        self.services.switchboard.live(call_id)
        self.services.records.open_call(call_id, NUMBER, "+46850000000", "en")
        case = Case(call_id, "en", EscalationReason.ASKED_FOR_PERSON, NUMBER, wanted="where is my parcel")
        return self.services.desk.request(case)

    def phone_is_answered(self, transfer_id: str) -> None:
        """Let the agent who is asked pick up."""
        row = self.services.records.transfer(transfer_id)
        assert row is not None
        assert row.agent_call_id is not None
        self.services.switchboard.legs[row.agent_call_id] = "in-progress"
        self.services.desk.agent_answered(transfer_id, len(row.tried), row.agent_call_id)

    def state(self, transfer_id: str) -> str:
        """Return how the transfer stands."""
        row = self.services.records.transfer(transfer_id)
        assert row is not None
        return row.state


def no_serious_findings(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    serious = [
        (one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}
    ]
    assert serious == []


def test_one_call_from_the_ring_to_the_notes(desk: Desk) -> None:
    anna = desk.opens("Anna", width=390)
    transfer_id = desk.caller_asks()
    stage = anna.locator("[data-stage]")
    expect(stage).to_contain_text("Your phone is ringing")
    no_serious_findings(anna)
    desk.phone_is_answered(transfer_id)
    expect(stage).to_contain_text("A caller for you")
    anna.keyboard.press("1")
    expect(stage).to_contain_text("You are talking")
    anna.keyboard.press("n")
    anna.keyboard.type("Wants it on Friday")
    anna.keyboard.press("Escape")
    anna.keyboard.press("h")
    expect(anna.get_by_role("button", name="Take off hold")).to_be_visible()
    anna.keyboard.press("h")
    expect(anna.get_by_role("button", name="Hold", exact=False)).to_be_visible()
    no_serious_findings(anna)
    anna.reload()
    expect(anna.get_by_label("What was agreed")).to_have_value("Wants it on Friday")
    anna.get_by_label("What was agreed").press("Control+End")
    anna.keyboard.type(" or Monday")
    desk.services.desk.caller_hung_up(CALLER)  # while the agent types
    expect(anna.get_by_role("button", name="Save and be available")).to_be_visible()
    expect(anna.get_by_label("What was agreed")).to_have_value("Wants it on Friday or Monday")
    no_serious_findings(anna)
    anna.get_by_label("Solved").check()
    anna.get_by_label("What was agreed").press("Control+Enter")
    expect(anna.get_by_role("heading", name="No call for you right now")).to_be_visible()
    wrap_up = desk.services.desk_records.wrap_up(transfer_id)
    assert wrap_up is not None
    assert (wrap_up.disposition, wrap_up.notes) == ("solved", "Wants it on Friday or Monday")
    assert anna.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_article_back_to_the_bot_and_a_callback_with_one_click(desk: Desk) -> None:
    anna = desk.opens("Anna")
    transfer_id = desk.caller_asks()
    anna.locator("[data-stage]").wait_for()
    desk.phone_is_answered(transfer_id)
    expect(anna.locator("[data-stage]")).to_contain_text("A caller for you")
    anna.keyboard.press("1")
    expect(anna.locator("[data-stage]")).to_contain_text("You are talking")
    anna.keyboard.press("k")
    anna.keyboard.type("do you sell gift cards")
    article = desk.services.library.article("gift-cards", "en")
    assert article is not None
    found = anna.locator("#found details").first
    expect(found.locator("summary")).to_have_text(article.title)
    found.locator("summary").click()
    expect(found.locator(".says")).to_contain_text(article.spoken)
    no_serious_findings(anna)
    anna.keyboard.press("b")
    expect(anna.locator("[data-stage]")).to_contain_text("Back with the assistant")
    assert desk.state(transfer_id) == TransferState.RETURNED
    anna.get_by_label("Solved").check()
    anna.get_by_role("button", name="Save and be available").click()
    expect(anna.get_by_role("heading", name="No call for you right now")).to_be_visible()
    case = desk.services.records.book_callback("CA" + "e" * 32, "+46709999999", "no_input", ["A caller."])
    anna.get_by_role("button", name=f"Call case {case} back").click()
    expect(anna.locator("#callbacks .chip")).to_contain_text("Anna")
    assert desk.services.switchboard.did("dial")[-1][2] == "+46850000001"


def test_two_accept_at_once_and_the_other_is_told_within_a_second(desk: Desk) -> None:
    """Both desks accept in the same moment; who is not asked is told so at once."""
    anna, bo = desk.opens("Anna"), desk.opens("Bo")
    transfer_id = desk.caller_asks()
    anna.locator("[data-stage]").wait_for()
    desk.phone_is_answered(transfer_id)
    expect(anna.locator("[data-stage]")).to_contain_text("A caller for you")
    answers = {}
    token = {name: page.evaluate("document.body.dataset.csrf") for name, page in (("Anna", anna), ("Bo", bo))}
    began_s = time.monotonic()
    for name, page in (("Anna", anna), ("Bo", bo)):
        page.evaluate(
            """([url, csrf]) => { window.said = fetch(url, {method: "POST", headers: {"X-Staff": "1"},
                body: new URLSearchParams({csrf})}).then((answer) => answer.json()); }""",
            [f"/desk/transfers/{transfer_id}/accept", token[name]],
        )
    for name, page in (("Anna", anna), ("Bo", bo)):
        answers[name] = page.evaluate("window.said")["code"]
    assert time.monotonic() - began_s < 1.0
    assert answers == {"Anna": "joining", "Bo": "taken"}
    assert desk.state(transfer_id) == TransferState.BRIDGED


def test_the_desk_and_the_supervisor_race_for_one_caller(desk: Desk) -> None:
    """A caller whose phone rings is answered and given away in the same moment: one of both wins."""
    for number in range(10):
        call_id = f"CA{number:032x}"
        transfer_id = desk.caller_asks(call_id)
        while desk.state(transfer_id) != TransferState.DIALING or not _leg(desk, transfer_id):
            threading.Event().wait(0.01)
        together, leg = threading.Barrier(2), _leg(desk, transfer_id)

        def answers(
            transfer_id: str = transfer_id, leg: str = leg, together: threading.Barrier = together
        ) -> None:
            together.wait()
            desk.services.desk.agent_answered(transfer_id, 1, leg)

        def assigns(transfer_id: str = transfer_id, together: threading.Barrier = together) -> None:
            together.wait()
            desk.services.supervision.assign(transfer_id, "Bo", "Greta")

        racers = [threading.Thread(target=one) for one in (answers, assigns)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()
        row = desk.services.records.transfer(transfer_id)
        assert row is not None
        assert (row.state, row.agent) in {("briefing", "Anna"), ("dialing", "Bo")}
        desk.services.desk.caller_hung_up(call_id)
        desk.services.records.set_presence("Anna", "available")


def _leg(desk: Desk, transfer_id: str) -> str:
    row = desk.services.records.transfer(transfer_id)
    return (row.agent_call_id or "") if row is not None else ""


def test_a_line_that_drops_goes_to_the_next_desk_and_keeps_the_notes(desk: Desk) -> None:
    anna, bo = desk.opens("Anna"), desk.opens("Bo")
    transfer_id = desk.caller_asks()
    anna.locator("[data-stage]").wait_for()
    desk.phone_is_answered(transfer_id)
    expect(anna.locator("[data-stage]")).to_contain_text("A caller for you")
    anna.get_by_role("button", name="Accept").click()
    expect(anna.locator("[data-stage]")).to_contain_text("You are talking")
    anna.get_by_label("What was agreed").fill("was cut off")
    anna.wait_for_timeout(900)  # the draft is sent after a pause
    desk.services.desk.agent_leg_ended(transfer_id, 1)
    expect(bo.locator("[data-stage]")).to_contain_text("Your phone is ringing")
    expect(anna.get_by_role("button", name="Save and be available")).to_be_visible()
    expect(anna.get_by_label("What was agreed")).to_have_value("was cut off")


def test_a_supervisor_sends_all_calls_to_people(desk: Desk) -> None:
    greta = desk.opens("Greta", Role.SUPERVISOR)
    no_serious_findings(greta)
    switch = greta.get_by_role("switch", name="All calls to people")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(greta.locator("#house")).to_contain_text("by Greta")
    assert desk.services.supervision.people_first.is_on()
    transfer_id = desk.caller_asks()
    greta.get_by_text("Give to…").click()
    greta.get_by_role("button", name="Bo", exact=True).click()
    expect(greta.get_by_role("status")).to_contain_text("their phone rings now")
    row = desk.services.records.transfer(transfer_id)
    assert row is not None
    assert row.agent == "Bo"
    no_serious_findings(greta)
