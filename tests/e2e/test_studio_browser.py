"""The studio in a real Chromium: the inbox by keyboard alone, all pages at both widths, nothing axe minds."""

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from ivr.roles import Role
from ivr.web.staff.sessions import new_link
from tests.support.service_in_process import QuietRequestHandler
from tests.support.studio_scene import RETURNS, StudioScene

pytestmark = pytest.mark.browser

PAGES = ("/studio", "/studio/intents", "/studio/intents/return_item", "/studio/try", "/studio/release")


@dataclass
class Open:
    """A studio that is served, and a designer's browser."""

    scene: StudioScene
    page: Page
    url: str

    def goes_to(self, path: str) -> None:
        self.page.goto(self.url + path)


@pytest.fixture
def studio(tmp_path: Path, browser: Browser) -> Iterator[Open]:
    scene = StudioScene(tmp_path, public_url="http://127.0.0.1:8080")
    scene.some_calls()
    server = make_server("127.0.0.1", 0, scene.app, threaded=True, request_handler=QuietRequestHandler)
    serving = threading.Thread(target=server.serve_forever, name="studio")
    serving.start()
    url = f"http://127.0.0.1:{server.server_port}"
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    link = new_link(scene.services.settings, scene.clock.now(), Role.DESIGNER)
    page.goto(link.replace(scene.services.settings.public_url, url))
    page.get_by_label("name").fill("Doris Ek")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/studio")
    yield Open(scene, page, url)
    context.close()
    server.shutdown()
    serving.join()
    server.server_close()


def expect_selected(page: Page, words: str) -> None:
    """Wait until the page's script runs and has selected this item; keys before that go nowhere."""
    expect(page.locator("[data-item]:focus h2")).to_contain_text(words)


def test_the_inbox_by_keyboard_alone(studio: Open) -> None:
    page, scene = studio.page, studio.scene
    expect_selected(page, "“is it in the post”")
    page.keyboard.press("j")
    expect_selected(page, "lamp came broken")
    page.keyboard.press("k")
    page.keyboard.press("s")
    expect(page.get_by_role("status")).to_have_text("Skipped.")
    expect_selected(page, "lamp came broken")  # the next one moved up
    scene.clock.advance(5)  # undo goes by time
    page.keyboard.press("1")
    expect(page.get_by_role("status")).to_contain_text("Added to")
    expect(page.locator("[data-item]:focus")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_role("status")).to_contain_text("Taken back")
    expect_selected(page, "lamp came broken")
    assert scene.file("nlu/en/returns.yml") == RETURNS
    page.keyboard.press("i")
    page.keyboard.type("return_item")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Added to return item.")
    assert "amp came broken" in scene.file("nlu/en/returns.yml")
    assert scene.git("log", "-1", "--format=%an") == "Doris Ek"


def test_two_wishes_are_split_by_keyboard(studio: Open) -> None:
    page, scene = studio.page, studio.scene
    expect(page.locator("[data-item]:focus")).to_be_visible()
    while "send a lamp back" not in page.locator("[data-item]:focus h2").inner_text():
        page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.type("return_item")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Added to")
    assert "    - I want to send a lamp back\n" in scene.file("nlu/en/returns.yml")


def test_speaking_sends_what_the_microphone_heard(studio: Open) -> None:
    page = studio.page
    studio.goes_to("/studio/try")
    page.get_by_role("button", name="Speak").click()
    expect(page.get_by_role("button", name="Stop and send")).to_be_visible()
    page.wait_for_timeout(700)
    page.get_by_role("button", name="Stop and send").click()
    expect(page.locator(".bubble.bot")).to_contain_text("What is your order number?")
    expect(page.locator(".small-text")).to_contain_text("over an 8 kHz line")


def test_every_page_at_both_widths(studio: Open) -> None:
    page, scene = studio.page, studio.scene
    scene.studio.releases.prepare("Doris Ek")
    scene.finish_job()
    studio.goes_to("/studio/try")
    page.get_by_label("What the caller says").fill("where is my order")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble.bot")).to_be_visible()
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        for path in PAGES:
            studio.goes_to(path)
            if width == 390:
                found = Axe().run(page).response["violations"]
                assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
            folder = os.environ.get("STUDIO_PICTURES")
            if folder:
                name = path.strip("/").replace("/", "-")
                page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
