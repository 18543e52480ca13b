"""What a person is handed: all of theirs, nobody else's, in one file; and the commands that do it."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.privacy.command import privacy_command
from ivr.privacy.export import export
from ivr.privacy.kept_facts import without_person
from ivr.records.kinds import Kind
from tests.support.privacy_scene import ANNA, BO, SAID, PrivacyScene


@pytest.fixture
def scene(tmp_path: Path) -> PrivacyScene:
    return PrivacyScene(tmp_path)


def exported(scene: PrivacyScene, asked: str = ANNA) -> zipfile.ZipFile:
    person = scene.privacy.find(asked)
    made = export(person, scene.privacy, scene.shelf.read_recording, scene.clock, "Eva")
    return zipfile.ZipFile(io.BytesIO(made))


def test_it_holds_words_decisions_and_sound(scene: PrivacyScene) -> None:
    scene.call("CA1", caller_name="Anna Berg")
    scene.records.append("CA1", Kind.ESCALATED, reason="asked_for_person", by="Erik")
    scene.records.book_callback("CA1", ANNA, "asked", [SAID])
    file = exported(scene)
    told = json.loads(file.read("data.json"))
    assert f"caller: {SAID}" in file.read("transcripts/CA1.txt").decode()
    call = told["calls"][0]
    assert [one["kind"] for one in call["decisions_about_you"]] == ["call_ended", "escalated"]
    assert call["callbacks"][0]["number"] == ANNA
    assert call["wrap_ups"][0]["agent"] == "one of our agents"
    assert "Erik" not in file.read("data.json").decode()


def test_other_peoples_data_is_masked(scene: PrivacyScene) -> None:
    scene.call("CA1")
    scene.records.book_callback("CA1", BO, "asked", ["call my brother"])
    scene.call("CA2", caller=BO, caller_name="Bo Ek")
    told = exported(scene).read("data.json").decode()
    assert BO not in told
    assert "Bo Ek" not in told
    bos = exported(scene, BO).read("data.json").decode()
    assert json.loads(bos)["your_number_in_calls_of_others"][0]["left_for"] == ["callbacks", "texts"]
    assert ANNA not in bos
    assert "call my brother" not in bos


@pytest.fixture
def shell(scene: PrivacyScene):
    return lambda *words, **more: CliRunner().invoke(privacy_command(lambda: scene.office), [*words], **more)


def test_the_commands(scene: PrivacyScene, shell, tmp_path: Path) -> None:
    scene.call("CA1", caller_name="Anna Berg")
    assert "CA1" in shell("find", ANNA).output
    assert json.loads(shell("find", ANNA, "--json").output)["calls"][0]["names"] == ["Anna Berg"]
    target = tmp_path / "out.zip"
    assert shell("export", ANNA, "--to", str(target)).exit_code == 0
    assert target.stat().st_mode & 0o077 == 0
    assert shell("hold", ANNA).exit_code == 2
    assert shell("hold", ANNA, "--reason", "dispute 17").output == "1 calls held\n"
    assert "dispute 17" in shell("find", ANNA).output
    assert type(shell("erase", ANNA, "--yes").exception).__name__ == "CallsHeld"
    assert shell("hold", ANNA, "--lift").output == "1 holds lifted\n"
    assert shell("erase", ANNA, input="n\n").exit_code == 1
    assert "Proof" in shell("erase", ANNA, "--yes").output
    assert shell("find", ANNA).output == f"Nothing is stored under {ANNA}.\n"
    assert "0 erased, 0 waiting" in shell("sweep").output
    assert "transcripts" in shell("retain", "--dry-run").output
    assert shell("retain").output.endswith("Nothing was too old.\n")


def test_unlisted_facts_are_personal() -> None:
    facts = {
        "step": "request",
        "turn": 2,
        "digits": "471192",
        "something_new": "Anna",
        "counted": [{"signal": "anger", "words": "useless", "points": 2.0}],
        "expects": {"step": "postcode", "note": "Anna"},
    }
    assert without_person(facts) == {
        "step": "request",
        "turn": 2,
        "counted": [{"signal": "anger", "points": 2.0}],
        "expects": {"step": "postcode"},
    }
    assert without_person({"digits": "0"}) == {"digits": "0"}
