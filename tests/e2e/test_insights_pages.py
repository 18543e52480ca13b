"""The insights pages in a real Chromium, over calls that went every way: readable at both widths."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext
from werkzeug.serving import make_server

from ivr.records.kinds import Kind
from ivr.roles import Role
from ivr.web.staff.sessions import new_link
from tests.support.insights_scene import ANSWERED, HEARD, InsightsScene

pytestmark = pytest.mark.browser

PATHS = ("/insights", "/insights/heart", "/insights/friction", "/insights/flow", "/insights/value")
# Parts of a page that are wider than the place they have, and are cut off until somebody scrolls there.
TOO_WIDE = """[...document.querySelectorAll(".scroll")].filter(one => one.scrollWidth > one.clientWidth)
    .map(one => one.getAttribute("aria-label"))"""
ENDED = (Kind.CALL_ENDED, {"outcome": "connected_to_person"})
BRIDGED = (Kind.TRANSFER_MOVED, {"transfer_id": "t", "state": "bridged"})


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[BrowserContext]:
    scene = InsightsScene(tmp_path_factory.mktemp("insights"))
    for number in range(8):
        scene.solved_call(f"CA{number}", caller=f"+4670{number}")
        scene.call(f"CB{number}", HEARD, (Kind.NO_MATCH, {"step": "request", "level": 1}), caller=None)
        scene.call(f"CC{number}", ANSWERED, (Kind.ESCALATED, {"reason": "frustrated"}), BRIDGED, ENDED)
    scene.clock.advance(timedelta(days=8).total_seconds())
    scene.catch_up()
    server = make_server("127.0.0.1", 0, scene.app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, name="serving")
    serving.start()
    address = f"http://127.0.0.1:{server.server_port}"
    link = new_link(scene.services.settings, scene.clock.now(), Role.SUPERVISOR)
    opened = browser.new_context(base_url=address)
    page = opened.new_page()
    page.goto(link.removeprefix(scene.services.settings.public_url))
    page.get_by_label("Your name").or_(page.get_by_label("Somebody else")).fill("Eva Lind")
    page.get_by_role("button", name="Sign in").click()
    yield opened
    opened.close()
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_readable_at_both_widths(context: BrowserContext, path: str) -> None:
    page = context.new_page()
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(path)
        assert page.get_by_text("24 calls").first.is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert width < 1280 or page.evaluate(TOO_WIDE) == []
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
    page.close()
