"""`ivr call` over a real WebSocket: what it prints, saves and returns."""

import json
import shutil
import wave
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from ivr.audio.levels import rms_dbfs
from ivr.carrier.call_command import call_command
from tests.fakes.wire_exchange import Reply, WireExchange, tone
from tests.fakes.wire_server import WireServer

AGENT = "+46850000001"
pytestmark = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed here")


def speak(text: str, _: str) -> np.ndarray:
    return tone(0.3)


def run(tmp_path: Path, exchange: WireExchange, script: str, *options: str) -> Result:
    path = tmp_path / "call.yml"
    path.write_text("name: A call\nvoice: hibari\n" + script)
    command = call_command(speak, lambda audio: f"a sound of {audio.size / 16000:.0f} seconds")
    with WireServer(exchange) as server:
        return CliRunner().invoke(command, [str(path), "--url", f"ws://127.0.0.1:{server.port}", *options])


SHORT = "steps:\n - hear: hello\n - say: Hi\n - hear: goodbye\n - expect: {ended: completed}\n"


def short() -> WireExchange:
    return WireExchange([Reply("Hello.", "hello", 0.5, 5), Reply("Goodbye.", "bye", 0.3, 5, hangs_up=True)])


def test_a_call_is_shown_saved_and_passes(tmp_path: Path) -> None:
    result = run(tmp_path, short(), SHORT, "--record", str(tmp_path / "call.wav"))
    assert result.exit_code == 0, result.output
    assert "Hello.  [hello]" in result.output
    assert "Time to first audio: p50" in result.output
    with wave.open(str(tmp_path / "call.wav")) as wav:
        assert (wav.getnchannels(), wav.getframerate(), wav.getsampwidth()) == (2, 8000, 2)
        both = np.frombuffer(wav.readframes(wav.getnframes()), "<i2").reshape(-1, 2) / 32768
    assert rms_dbfs(both[:, 0]) > -40
    assert rms_dbfs(both[:, 1]) > -40


def test_machines_get_json_and_nothing_else(tmp_path: Path) -> None:
    result = run(tmp_path, short(), SHORT, "--json", "--number", "+46709999999")
    report = json.loads(result.output)
    assert report["passed"] is True
    assert report["call_sid"] == "CA1"
    assert report["ended"] == "completed"
    assert report["time_to_first_audio_ms"]["n"] == 1
    # 30 quiet frames, 5 frames of delay, and what the machine needs for it.
    assert 680 <= report["turns"][0]["time_to_first_audio_ms"] <= 1500
    assert [moment["text"] for moment in report["transcript"] if moment["who"] == "bot"] == [
        "Hello.",
        "Goodbye.",
    ]


def test_a_failed_expectation_names_its_line_and_status_1(tmp_path: Path) -> None:
    result = run(tmp_path, short(), "steps:\n - hear: {text: a refund, within_s: 1}\n")
    assert result.exit_code == 1
    output = " ".join(result.output.split())
    assert "call.yml:4: caller expected “a refund” within 1 s; heard instead: “Hello.”" in output


def test_a_bad_script_is_status_2_and_nobody_is_called(tmp_path: Path) -> None:
    exchange = short()
    result = run(tmp_path, exchange, "steps:\n - heer: hello\n")
    assert result.exit_code == 2
    assert "call.yml:4: unknown key `heer`; did you mean `hear`?" in result.output
    assert exchange.phones == {}


def test_no_carrier_says_how_to_start_one(tmp_path: Path) -> None:
    (tmp_path / "call.yml").write_text("name: a\nsteps:\n - hang_up: true\n")
    arguments = [str(tmp_path / "call.yml"), "--url", "ws://127.0.0.1:9"]
    result = CliRunner().invoke(call_command(), arguments)
    assert result.exit_code == 3
    assert "make run" in result.output
    assert "Traceback" not in result.output


def test_listening_goes_by_the_sound_and_not_by_captions(tmp_path: Path) -> None:
    exchange = WireExchange([Reply("Hello.", "hello", seconds=1.0, after_frames=5)])
    steps = "steps:\n - hear: {text: sound of 1 seconds, within_s: 5}\n"
    assert run(tmp_path, exchange, steps, "--listen").exit_code == 0
    captions = "steps:\n - hear: {text: hello, within_s: 1}\n"
    assert run(tmp_path, short(), captions, "--listen").exit_code == 1


def transfer(tmp_path: Path, key: str, within_s: int) -> Result:
    script = f"""agents:
 - number: {AGENT}
   after_s: 0.2
   voice: en-gb+f2
   steps:
    - hear: {{sound: true}}
    - press: {key}
    - say: Hello this is Anna
steps:
 - hear: moment
 - expect: {{transferred: true, within_s: {within_s}}}
"""
    exchange = WireExchange([Reply("One moment.", None, 0.3, 5, transfer=True)], agents=(AGENT,))
    return run(tmp_path, exchange, script)


def test_a_transfer_is_proved_by_the_agents_own_words_on_the_callers_line(tmp_path: Path) -> None:
    result = transfer(tmp_path, "1", 15)
    assert result.exit_code == 0, result.output


def test_an_agent_who_speaks_to_nobody_is_no_transfer(tmp_path: Path) -> None:
    result = transfer(tmp_path, "2", 6)
    assert result.exit_code == 1
    assert "joined within 6 s" in " ".join(result.output.split())
