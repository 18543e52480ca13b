"""Backups: whole, sealed call by call, and silent about whoever was erased after they were made."""

import gzip
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from ivr.privacy.backup import BackupUnusable
from ivr.privacy.command import privacy_command
from ivr.records.columns import metadata
from ivr.records.models import webhook_answers
from tests.support.privacy_scene import ANNA, BO, SAID, PrivacyScene, _empty_database


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[PrivacyScene]:
    scene = PrivacyScene(tmp_path)
    scene.call("CA1", ANNA, caller_name="Anna")
    scene.call("CA2", BO)
    scene.records.append("CA9", "call_ended", outcome="caller_hung_up")  # events of a call never opened
    scene.office.records.hold(["CA2"], "a dispute", "Sam")
    scene.office.retention.run()
    yield scene
    scene.engine.dispose()


def everything(scene: PrivacyScene) -> dict[str, list[tuple]]:
    with scene.engine.connect() as connection:
        return {
            table.name: sorted(map(str, connection.execute(select(table)).all()))
            for table in metadata.sorted_tables
            if table is not webhook_answers
        }


def into_a_new_database(scene: PrivacyScene) -> None:
    scene.engine.dispose()
    for file in scene.folder.glob("ivr.db*"):
        file.unlink()
    scene.file.write_bytes(_empty_database())
    scene.open()


def test_everything_comes_back_as_it_was(scene: PrivacyScene, tmp_path: Path) -> None:
    before = everything(scene)
    assert scene.backup.write(tmp_path / "one")["calls"] == 3
    into_a_new_database(scene)
    counts = scene.backup.restore(tmp_path / "one")
    assert (counts["calls"], counts["calls erased since"]) == (3, 0)
    assert everything(scene) == before
    scene.records.append("CA1", "call_ended", outcome="late")
    assert [event.seq for event in scene.records.events("CA1")][-2:] == [5, 6]


def test_nothing_can_be_read_in_the_file(scene: PrivacyScene, tmp_path: Path) -> None:
    scene.backup.write(tmp_path / "one")
    content = gzip.decompress((tmp_path / "one").read_bytes())
    # The call's id in quotes, as JSON has it: three letters alone stand in sealed rows by chance.
    assert not [word for word in (ANNA, BO, SAID, '"CA1"', "Anna") if word.encode() in content]
    assert oct((tmp_path / "one").stat().st_mode)[-3:] == "600"


def test_who_is_erased_is_erased_from_backups_made_before(scene: PrivacyScene, tmp_path: Path) -> None:
    scene.backup.write(tmp_path / "one")
    (key,) = scene.keys.ensure(["CA1"]).values()
    erased = scene.eraser.erase(scene.privacy.find(ANNA), "Sam")
    assert erased.counts["keys_destroyed"] == 1
    assert key not in (scene.folder / "elsewhere" / "keys.db").read_bytes()
    scene.backup.write(tmp_path / "two")  # makes the emptied call a new key, which does not open the old seal
    into_a_new_database(scene)
    (scene.folder / "elsewhere" / "erased.jsonl").unlink()  # the keys alone keep the promise
    counts = scene.backup.restore(tmp_path / "one")
    assert (counts["calls"], counts["calls erased since"]) == (2, 1)
    assert scene.privacy.find(ANNA).calls == ()
    assert SAID.encode() in scene.bytes_of_the_database(), "Bo's call is there"
    assert ANNA.encode() not in scene.bytes_of_the_database()


def test_with_the_keys_gone_or_a_byte_changed_nothing_is_taken_for_something(
    scene: PrivacyScene, tmp_path: Path
) -> None:
    scene.backup.write(tmp_path / "one")
    whole = gzip.decompress((tmp_path / "one").read_bytes())
    (tmp_path / "cut").write_bytes(gzip.compress(whole)[:-20])
    (tmp_path / "other").write_bytes(gzip.compress(b'{"format": 9}\n'))
    with pytest.raises(BackupUnusable, match="there already"):
        scene.backup.write(tmp_path / "one")
    with pytest.raises(BackupUnusable, match="has calls already"):
        scene.backup.restore(tmp_path / "one")
    into_a_new_database(scene)
    for name in ("cut", "other"):
        with pytest.raises(BackupUnusable):
            scene.backup.restore(tmp_path / name)
    into_a_new_database(scene)
    (scene.folder / "elsewhere" / "keys.db").unlink()
    with pytest.raises(BackupUnusable, match="key"):
        scene.backup.restore(tmp_path / "one")


def test_the_commands(scene: PrivacyScene, tmp_path: Path) -> None:
    command, run = privacy_command(lambda: scene.office), CliRunner()
    done = run.invoke(command, ["backup", str(tmp_path / "one")])
    assert "3 calls" in done.output, done.output
    into_a_new_database(scene)
    done = run.invoke(command, ["restore", str(tmp_path / "one")])
    assert "3 calls restored, 0 stay erased" in done.output, done.output
    with closing(sqlite3.connect(scene.file)) as connection:
        assert connection.execute("SELECT count(*) FROM calls").fetchone() == (2,)
