"""A person is erased: from everywhere, once nothing is in the way, and for good."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ivr.insights.tally import Scope
from ivr.nlu.studio.inbox import key_of
from ivr.nlu.studio.inbox_records import Decision
from ivr.privacy.eraser import CallsHeld
from ivr.privacy.person import NobodyFound, NumberOfSeveralPeople, chosen
from ivr.records.kinds import Kind
from ivr.records.sql_inbox_records import SqlInboxRecords
from tests.support.privacy_scene import ANNA, BO, SAID, PrivacyScene


@pytest.fixture
def scene(tmp_path: Path) -> PrivacyScene:
    return PrivacyScene(tmp_path)


def erase(scene: PrivacyScene, asked: str = ANNA) -> str | None:
    return scene.eraser.erase(scene.privacy.find(asked), "test").waits_for


def test_nothing_of_the_person_is_left_in_the_file(scene: PrivacyScene) -> None:
    scene.call("CA1", caller_name="Anna Berg", order_number="471192")
    scene.records.book_callback("CA1", ANNA, "asked", [SAID])
    scene.call("CA2", caller=BO)
    scene.tally.catch_up(scene.clock.now())
    assert SAID.encode() in scene.bytes_of_the_database()
    assert erase(scene) is None
    left = scene.bytes_of_the_database()
    for value in (ANNA, "Anna Berg", f"key of {ANNA}"):
        assert value.encode() not in left
    assert [event.facts.get("text") for event in scene.records.events("CA1")].count(SAID) == 0
    assert [event.facts.get("text") for event in scene.records.events("CA2")].count(SAID) == 1
    assert scene.privacy.find(ANNA).calls == ()
    assert scene.records.callbacks() == []


def test_a_label_of_the_persons_words_stays_without_the_words(scene: PrivacyScene, tmp_path: Path) -> None:
    scene.call("CA1")
    labels = SqlInboxRecords(scene.engine)
    decision = Decision(key_of("en", SAID), "en", "added", (("stock", SAID),), "Doris", scene.clock.now())
    labels.decide(decision)
    scene.backup.write(tmp_path / "backup")
    erase(scene)
    assert SAID.encode() not in scene.bytes_of_the_database()
    assert labels.decided() == {decision.key: "added"}
    scene.file.rename(tmp_path / "old.db")
    for rest in scene.folder.glob("ivr.db-*"):
        rest.unlink()
    scene.make_database()
    scene.open()
    scene.backup.restore(tmp_path / "backup")
    assert SqlInboxRecords(scene.engine).decided() == {decision.key: "added"}
    assert SAID.encode() not in scene.bytes_of_the_database()


def test_what_is_no_persons_stays_and_the_proof_knows_nobody(scene: PrivacyScene) -> None:
    scene.call("CA1")
    erase(scene)
    kinds = [event.kind for event in scene.records.events("CA1")]
    assert kinds == ["call_started", "disclosure_played", "utterance_heard", "looked_up", "call_ended"]
    disclosed = scene.records.events("CA1")[1]
    assert disclosed.facts == {"text_version": "v", "language": "en", "is_complete": True}
    proof = scene.privacy.erasures(is_done=True)[0]
    assert proof.counts["calls_erased"] == 1
    assert proof.number is None
    assert "CA1" not in json.dumps([proof.calls, dict(proof.counts)])


def test_a_restored_backup_is_cleared_again(scene: PrivacyScene, tmp_path: Path) -> None:
    scene.call("CA1", caller_name="Anna Berg")
    scene.call("CA2", caller=BO)
    scene.records.book_callback("CA2", ANNA, "asked", ["about Bo's matter"])
    backup = tmp_path / "backup.db"
    with closing(sqlite3.connect(scene.file)) as live, closing(sqlite3.connect(backup)) as copy:
        live.backup(copy)
    erase(scene)
    scene.engine.dispose()
    for file in tmp_path.glob("ivr.db*"):
        file.unlink()
    shutil.copy(backup, scene.file)
    scene.open()
    assert scene.privacy.find(ANNA).calls != (), "the backup did bring the person back"
    assert scene.eraser.sweep() == 1
    assert scene.privacy.find(ANNA).calls == ()
    assert scene.privacy.find(ANNA).mentions == ()
    assert ANNA.encode() not in scene.bytes_of_the_database()
    assert b"Anna Berg" not in scene.bytes_of_the_database()
    assert len(scene.privacy.find(BO).calls) == 1
    assert scene.eraser.sweep() == 0


def test_a_live_call_is_erased_when_it_has_ended(scene: PrivacyScene) -> None:
    scene.call("CA1", is_over=False)
    assert erase(scene) == "the end of a call that goes on"
    scene.records.append("CA1", Kind.UTTERANCE_HEARD, turn=2, text=SAID)
    assert scene.eraser.sweep() == 0
    assert scene.records.call("CA1").caller == ANNA
    scene.records.close_call("CA1", "caller_hung_up")
    assert scene.eraser.sweep() == 1
    assert scene.records.call("CA1").caller is None
    assert scene.privacy.find(ANNA).calls == ()


def test_a_call_that_never_ended_does_not_wait_for_ever(scene: PrivacyScene) -> None:
    scene.call("CA1", is_over=False)
    scene.clock.advance(6 * 3600 + 1)
    assert erase(scene) is None


def test_a_hold_forbids_it_with_its_reason_until_it_is_lifted(scene: PrivacyScene) -> None:
    scene.call("CA1")
    scene.privacy.hold(["CA1"], "dispute 17", "Eva")
    with pytest.raises(CallsHeld, match="dispute 17"):
        erase(scene)
    assert scene.records.call("CA1").caller == ANNA
    assert scene.privacy.lift(["CA1"]) == 1
    assert erase(scene) is None


def test_recordings_go_first_and_must_be_gone(scene: PrivacyScene) -> None:
    scene.call("CA1")
    scene.shelf.there = {"CA1": ["RE1"]}
    scene.shelf.stuck = {"RE1"}
    assert "still has recording RE1" in (erase(scene) or "")
    assert scene.records.call("CA1").caller == ANNA
    scene.shelf.stuck = set()
    assert scene.eraser.sweep() == 1
    assert scene.shelf.there == {"CA1": []}


def test_a_network_that_does_not_answer_is_waited_for(scene: PrivacyScene) -> None:
    scene.call("CA1")
    scene.shelf.is_away = True
    assert "does not say" in (erase(scene) or "")


def test_events_outside_the_database_are_waited_for(scene: PrivacyScene, tmp_path: Path) -> None:
    scene.call("CA1")
    journal = tmp_path / "journal"
    journal.mkdir()
    (journal / "a.journal").write_text("x")
    assert "outside the database" in (erase(scene) or "")
    (journal / "a.journal").unlink()
    assert scene.eraser.sweep() == 1


def test_spoken_personal_words_on_disk_go_too(scene: PrivacyScene, tmp_path: Path) -> None:
    scene.call("CA1")
    personal = tmp_path / "prompts" / "personal"
    personal.mkdir(parents=True)
    (personal / "a.wav").write_bytes(b"RIFF")
    scene.clock.jump(10 * 365 * 86400)  # the file's own time is the machine's
    erase(scene)
    assert list(personal.iterdir()) == []


def test_a_number_left_in_somebody_elses_call_goes_and_the_call_stays(scene: PrivacyScene) -> None:
    scene.call("CA2", caller=BO)
    scene.records.book_callback("CA2", ANNA, "asked", ["call my sister"])
    found = scene.privacy.find(ANNA)
    assert (found.calls, found.mentions) == ((), ("CA2",))
    assert erase(scene) is None
    assert scene.records.call("CA2").caller == BO
    assert scene.records.callbacks()[0]["number"] is None
    assert scene.records.callbacks()[0]["briefing"] == ["call my sister"]


def test_a_number_of_two_people_wants_to_know_which_calls(scene: PrivacyScene) -> None:
    scene.call("CA1", caller_name="Anna Berg")
    scene.call("CA2", caller_name="Olle Berg")
    person = scene.privacy.find(ANNA)
    with pytest.raises(NumberOfSeveralPeople, match="Olle Berg"):
        chosen(person, [], is_for_everybody=False)
    assert chosen(person, ["CA2"], is_for_everybody=False).call_ids == ("CA2",)
    assert chosen(person, [], is_for_everybody=True).call_ids == ("CA1", "CA2")
    with pytest.raises(NobodyFound, match="CA9"):
        chosen(person, ["CA9"], is_for_everybody=False)


def test_a_case_number_stands_for_its_call(scene: PrivacyScene) -> None:
    scene.call("CA1")
    scene.call("CA2")
    case = scene.records.book_callback("CA2", ANNA, "asked", [])
    assert scene.privacy.find(case).call_ids == ("CA2",)
    assert scene.privacy.find("0046 70-111 22 33").call_ids == ("CA1", "CA2")


def test_nobody_is_told_so(scene: PrivacyScene) -> None:
    with pytest.raises(NobodyFound):
        erase(scene)


def test_figures_stay_what_they_were(scene: PrivacyScene) -> None:
    for number in range(6):
        scene.call(f"CA{number}")
    scene.tally.catch_up(scene.clock.now())
    today = scene.clock.now().date().isoformat()
    measures = ("calls", "fates", "turns", "minutes")
    before = scene.tally.amounts(measures, Scope(today, today))
    assert sum(before["calls"].values()) == 6
    erase(scene)
    scene.tally.rebuild(scene.clock.now())
    assert scene.tally.amounts(measures, Scope(today, today)) == before
