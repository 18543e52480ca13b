"""The trust file and the public page in a real Chromium: readable by everybody, at both widths."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext
from werkzeug.serving import make_server

from ivr.roles import Role
from ivr.web.staff.sessions import new_link
from tests.support.trust_scene import TrustScene

pytestmark = pytest.mark.browser

PATHS = ("/trust", "/trust/systems", "/trust/documents", "/trust/guide", "/about-this-bot/sv")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Serve the pages; return the address and a link that signs a supervisor in."""
    scene = TrustScene(tmp_path_factory.mktemp("trust"), public_url="http://127.0.0.1:1")
    scene.some_life()
    server = make_server("127.0.0.1", 0, scene.app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, name="serving")
    serving.start()
    address = f"http://127.0.0.1:{server.server_port}"
    link = new_link(scene.services.settings, scene.clock.now(), Role.SUPERVISOR)
    yield address, link.replace("http://127.0.0.1:1", address)
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture(scope="module")
def context(site: tuple[str, str], browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context()
    page = opened.new_page()
    page.goto(site[1])
    page.get_by_label("Your name").or_(page.get_by_label("Somebody else")).fill("Eva Lind")
    page.get_by_role("button", name="Sign in").click()
    yield opened
    opened.close()


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_readable_at_both_widths(
    context: BrowserContext, site: tuple[str, str], path: str, tmp_path: Path
) -> None:
    page = context.new_page()
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(site[0] + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page).response["violations"]
        serious = [one["id"] for one in found if one["impact"] in {"serious", "critical"}]
        assert serious == []
        page.screenshot(path=str(tmp_path / f"{width}.png"), full_page=True)
    page.close()
