"""Every TwiML document against its golden file; changing one is a reviewed diff.

`IVR_WRITE_GOLDEN=1 pytest tests/unit/telephony/test_twiml.py` writes them anew.
"""

import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ivr.telephony import twiml
from ivr.telephony.twiml import SpokenLine

GOLDEN = Path(__file__).parents[2] / "golden" / "twiml"
HELLO = SpokenLine("Hello.", "en", "https://bot.example/audio/0a1b.wav")
UNSPOKEN = SpokenLine('Tom & "Jerry" <tag>', "en", None)
MUSIC = "https://bot.example/audio/hold-music.wav"
ROOM = "handoff-4f2a"

DOCUMENTS = {
    "connect_stream": twiml.connect_stream("wss://bot.example/voice/media", "/voice/after-stream"),
    "hang_up": twiml.hang_up(),
    "say_and_hang_up": twiml.say_and_hang_up([HELLO, UNSPOKEN]),
    "say_and_go_on": twiml.say_and_go_on([HELLO], "/voice/no-agent/4f2a"),
    "pause_and_go_on": twiml.pause_and_go_on(1, "/voice/stayed/4f2a"),
    "hear_caller": twiml.hear_caller([HELLO], "/voice/turn?turn=2"),
    "hear_keys": twiml.hear_keys([HELLO], "/voice/turn?turn=2", 6),
    "hear_keys_any_number": twiml.hear_keys([], "/voice/turn?turn=2", None),
    "wait_in_queue": twiml.wait_in_queue([], ROOM, "/voice/wait", "/voice/after-queue"),
    "hold": twiml.hold([], MUSIC, "/voice/wait/key?offered=0"),
    "hold_again": twiml.hold([HELLO], MUSIC, "/voice/wait/key?offered=1"),
    "ask_on_hold": twiml.ask_on_hold([HELLO], MUSIC, "/voice/wait/choice", "/voice/wait", 1),
    "ask_on_hold_for_a_number": twiml.ask_on_hold([], MUSIC, "/voice/wait/number?try=1", "/voice/wait", None),
    "leave_queue": twiml.leave_queue(),
    "join_conference": twiml.join_conference([HELLO], ROOM, "/voice/after-conference"),
    "brief_agent": twiml.brief_agent(
        [HELLO, UNSPOKEN],
        "/voice/agent/4f2a/key?attempt=1&round=2",
        "/voice/agent/4f2a/no-key?attempt=1&round=2",
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_is_the_golden_one(name: str) -> None:
    element = ElementTree.fromstring(DOCUMENTS[name])
    ElementTree.indent(element)
    shown = ElementTree.tostring(element, encoding="unicode") + "\n"
    file = GOLDEN / f"{name}.xml"
    if os.environ.get("IVR_WRITE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(shown)
    assert shown == file.read_text()


def test_every_golden_file_has_its_document() -> None:
    assert {file.stem for file in GOLDEN.glob("*.xml")} == set(DOCUMENTS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_is_within_the_networks_limit(name: str) -> None:
    assert len(DOCUMENTS[name].encode()) < 64 * 1024


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_follows_a_verb_that_never_falls_through(name: str) -> None:
    verbs = [verb.tag for verb in ElementTree.fromstring(DOCUMENTS[name])]
    for never_left in ("Redirect", "Hangup", "Leave"):
        assert never_left not in verbs[:-1]
