"""The phone in the browser, in a real Chromium with a fake microphone: sound, captions, keys, hang-up."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ivr.audio import g711
from ivr.audio.levels import rms_dbfs
from ivr.audio.wav import write_wav
from tests.fakes.wire_exchange import Reply, WireExchange, tone
from tests.fakes.wire_server import WireServer
from tests.support.chromium import MICROPHONE, chromium

pytestmark = pytest.mark.browser

HANDSET = Path(__file__).resolve().parents[2] / "ivr" / "carrier" / "handset"
CALLER, AGENT = "+46701234567", "+46850000001"
# Said over and over into the microphone: 1 kHz for a second, then a second and a half of silence. The line
# carries 1 kHz; the 6 kHz on top would fold to 2 kHz if nothing held it back.

# What the loudspeaker plays, measured where it leaves the page.
TAP = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioDestinationNode && this instanceof AudioWorkletNode) {
    const tap = (window.taps ??= []);
    const analyser = new AnalyserNode(this.context, { fftSize: 8192 });
    connect.call(this, analyser);
    tap.push(analyser);
  }
  return connect.call(this, to, ...rest);
};
window.loudest = () => {
  const levels = (window.taps ?? []).map((tap) => {
    const spectrum = new Float32Array(tap.frequencyBinCount);
    tap.getFloatFrequencyData(spectrum);
    const bin = spectrum.indexOf(Math.max(...spectrum));
    return { level: spectrum[bin], hz: (bin * tap.context.sampleRate) / tap.fftSize };
  });
  return levels.sort((one, other) => other.level - one.level)[0];
};
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    microphone = tmp_path_factory.mktemp("microphone") / "caller.wav"
    time_s = np.arange(48000) / 48000
    sound = 0.3 * np.sin(2 * np.pi * 1000 * time_s) + 0.3 * np.sin(2 * np.pi * 6000 * time_s)
    write_wav(microphone, np.concatenate([sound, np.zeros(72000)]).astype(np.float32), 48000)
    with chromium(*MICROPHONE, f"--use-file-for-fake-audio-capture={microphone}") as started:
        yield started


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context()
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


def visit(context: BrowserContext, server: WireServer, path: str = "/phone") -> Page:
    page = context.new_page()
    page.add_init_script(TAP)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"http://127.0.0.1:{server.port}{path}")
    expect(page.locator("body")).to_have_attribute("data-state", "idle")
    assert wrong == []
    return page


def strength(audio: np.ndarray, hz: float) -> float:
    """Return the level of one frequency in dB, in the second where it is strongest."""
    seconds = audio[: audio.size // 8000 * 8000].reshape(-1, 8000)
    wave = np.exp(-2j * np.pi * hz * np.arange(8000) / 8000)
    return float(20 * np.log10(np.max(np.abs(seconds @ wave)) / 4000 + 1e-9))


def test_a_call_with_sound_both_ways_captions_keys_and_hang_up(context: BrowserContext) -> None:
    hello = Reply(
        "Hi, this is the AI assistant.", "hello", 12.0, can_be_interrupted=False, audio=tone(12, 600)
    )
    exchange = WireExchange([hello])
    with WireServer(exchange, HANDSET) as server:
        page = visit(context, server)
        page.get_by_role("button", name="Call").click()
        expect(page.locator("#state")).to_have_text("Connected")
        expect(page.get_by_role("log")).to_contain_text("Hi, this is the AI assistant.")
        page.wait_for_function("() => { const heard = loudest(); return heard && heard.level > -40; }")
        assert page.evaluate("loudest().hz") == pytest.approx(600, abs=15)

        page.keyboard.press("4")
        page.get_by_role("button", name="7", exact=True).click()
        expect(page.locator("#digits")).to_have_text("47")
        page.wait_for_timeout(1000 * 3.5)
        page.get_by_role("button", name="Hang up").click()
        expect(page.locator("#state")).to_have_text("Call ended")
        expect(page.get_by_role("log")).to_contain_text("Call ended")

    assert exchange.keys == "47"
    heard = np.concatenate([g711.decode(frame) for frame in exchange.heard])
    assert strength(heard, 1000) > -30
    assert strength(heard, 2000) < strength(heard, 1000) - 40  # 6 kHz folded back


def test_frames_come_at_the_pace_of_a_phone(context: BrowserContext) -> None:
    exchange = WireExchange([Reply("Hi", seconds=1.0)])
    with WireServer(exchange, HANDSET) as server:
        page = visit(context, server)
        page.get_by_role("button", name="Call").click()
        expect(page.locator("#state")).to_have_text("Connected")
        page.wait_for_timeout(3000)
        frames = exchange.phones[CALLER].received
        page.wait_for_timeout(4000)
        assert exchange.phones[CALLER].received - frames == pytest.approx(200, abs=20)


def test_without_a_microphone_listening_and_keys_still_work(context: BrowserContext) -> None:
    exchange = WireExchange([Reply("Hi, press a key.", seconds=2.0)])
    with WireServer(exchange, HANDSET) as server:
        page = context.new_page()
        refusal = "Promise.reject(new DOMException('no', 'NotAllowedError'))"
        page.add_init_script(f"navigator.mediaDevices.getUserMedia = () => {refusal}")
        page.goto(f"http://127.0.0.1:{server.port}/phone")
        page.get_by_role("button", name="Call").click()
        expect(page.get_by_role("alert")).to_contain_text("The microphone is blocked")
        expect(page.get_by_role("log")).to_contain_text("press a key")
        page.keyboard.press("5")
        page.wait_for_timeout(1500)
        page.keyboard.press("Escape")
        expect(page.locator("#state")).to_have_text("Call ended")
    assert exchange.keys == "5"
    silence = np.concatenate([g711.decode(frame) for frame in exchange.heard])
    assert rms_dbfs(silence) < -80


def test_the_agents_phone_rings_answers_and_takes_the_call(context: BrowserContext) -> None:
    exchange = WireExchange([Reply("One moment.", seconds=0.5, transfer=True)], agents=(AGENT,))
    with WireServer(exchange, HANDSET) as server:
        agent = visit(context, server, "/phone/agent")
        caller = visit(context, server, "/phone?number=%2B46709998877")
        caller.get_by_role("button", name="Call").click()
        expect(agent.locator("#state")).to_have_text("Incoming call", timeout=15_000)
        expect(agent.get_by_role("button", name="Decline").first).to_be_visible()
        agent.get_by_role("button", name="Answer").click()
        expect(agent.get_by_role("button", name="1 Take the call")).to_be_visible()
        expect(agent.get_by_role("log")).to_contain_text("Press 1 to take the call.")
        agent.get_by_role("button", name="1 Take the call").click()
        expect(agent.locator("#choices")).to_be_hidden()
        agent.wait_for_timeout(500)
        assert exchange.is_joined
        agent.get_by_role("button", name="Hang up").click()
        expect(caller.locator("#state")).to_have_text("Call ended")
        expect(agent.locator("#state")).to_have_text("Waiting for calls")


def test_the_agent_can_decline(context: BrowserContext) -> None:
    bye = Reply("Nobody is free.", seconds=0.3, hangs_up=True)
    exchange = WireExchange([Reply("One moment.", seconds=0.3, transfer=True), bye], agents=(AGENT,))
    with WireServer(exchange, HANDSET) as server:
        agent = visit(context, server, "/phone/agent")
        caller = visit(context, server)
        caller.get_by_role("button", name="Call").click()
        agent.get_by_role("button", name="Decline").first.click(timeout=15_000)
        expect(caller.get_by_role("log")).to_contain_text("Nobody is free.")
        expect(agent.locator("#state")).to_have_text("Waiting for calls")


def test_no_phone_network_is_told_and_the_phone_comes_back_by_itself(context: BrowserContext) -> None:
    exchange = WireExchange([])
    with WireServer(exchange, HANDSET) as server:
        page = visit(context, server)
        server.hang_up_on_everybody()
        expect(page.locator("body")).to_have_attribute("data-state", "plugging")
        expect(page.get_by_role("alert")).to_contain_text("make run")
        expect(page.locator("body")).to_have_attribute("data-state", "idle")


@pytest.mark.parametrize(("width", "height"), [(375, 667), (1280, 800), (1024, 600)])
def test_everything_fits_without_scrolling_the_page(context: BrowserContext, width: int, height: int) -> None:
    exchange = WireExchange([Reply("Hi. " * 60, seconds=3.0)])
    with WireServer(exchange, HANDSET) as server:
        page = visit(context, server)
        page.set_viewport_size({"width": width, "height": height})
        page.get_by_role("button", name="Call").click()
        expect(page.get_by_role("log")).to_contain_text("Hi.")
        size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert size == [width, height]
        for name in ("1", "Hang up", "Mute"):
            expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
