"""What the privacy office and the trust file promise on SQLite, tried on PostgreSQL where there is one."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.records.columns import metadata
from ivr.records.database import open_engine, upgrade
from ivr.records.models import webhook_answers
from ivr.trust.sql_tape_records import SqlTapeRecords
from ivr.trust.sql_trust_records import SqlTrustRecords
from tests.support.privacy_scene import ANNA, BO, PrivacyScene

POSTGRESQL_URL = os.environ.get("IVR_TEST_DATABASE_URL", "")
pytestmark = pytest.mark.skipif(
    not POSTGRESQL_URL, reason="IVR_TEST_DATABASE_URL names no PostgreSQL database that may be emptied"
)


class PostgresqlScene(PrivacyScene):
    """The same calls and the same office over PostgreSQL."""

    def make_database(self) -> None:
        self.url = POSTGRESQL_URL
        engine = open_engine(self.url, 30_000)
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        engine.dispose()
        upgrade(self.url)


@pytest.fixture
def scene(tmp_path: Path) -> PostgresqlScene:
    scene = PostgresqlScene(tmp_path)
    scene.call("CA1", ANNA, caller_name="Anna")
    scene.call("CA2", BO)
    return scene


def everything(scene: PrivacyScene) -> dict[str, list[str]]:
    with scene.engine.connect() as connection:
        return {
            table.name: sorted(map(str, connection.execute(select(table)).all()))
            for table in metadata.sorted_tables
            if table is not webhook_answers
        }


def test_a_sealed_backup_comes_back_and_counting_goes_on(scene: PostgresqlScene, tmp_path: Path) -> None:
    scene.privacy.visited("RE1", "CA1", "Eva", "listened")
    scene.retention.run()
    before = everything(scene)
    scene.backup.write(tmp_path / "one")
    scene.engine.dispose()
    scene.make_database()
    scene.open()
    assert scene.backup.restore(tmp_path / "one")["calls"] == 2
    assert everything(scene) == before
    scene.privacy.visited("RE2", "CA1", "Eva", "listened")
    scene.retention.run()
    scene.records.append("CA1", "call_ended", outcome="late")


def test_who_is_erased_stays_erased_after_a_restore(scene: PostgresqlScene, tmp_path: Path) -> None:
    scene.backup.write(tmp_path / "one")
    erased = scene.eraser.erase(scene.privacy.find(ANNA), "Eva")
    assert (erased.done_at is not None, erased.counts["keys_destroyed"]) == (True, 1)
    scene.engine.dispose()
    scene.make_database()
    scene.open()
    counts = scene.backup.restore(tmp_path / "one")
    assert (counts["calls"], counts["calls erased since"]) == (1, 1)
    assert scene.privacy.find(ANNA).calls == ()
    assert len(scene.privacy.find(BO).calls) == 1


def test_recordings_and_evidence(scene: PostgresqlScene) -> None:
    rows, trust, now = (
        SqlTapeRecords(scene.engine),
        SqlTrustRecords(scene.engine, scene.clock),
        scene.clock.now(),
    )
    rows.open("CA1", "quality", "key", "v1", now, now + timedelta(seconds=1))
    assert rows.running("CA1") is None
    rows.started("CA1", "RE1")
    assert rows.running("CA1") == "RE1"
    rows.open("CA2", "quality", "word", "v1", now, now)
    assert [one.call_id for one in rows.agreed("quality")] == ["CA1"]
    rows.ended("CA1", now, is_dropped=True)
    assert rows.agreed("quality") == []
    assert scene.clearing.old_recordings(now - timedelta(days=9)) == [("RE1", "CA1")]
    assert set(scene.clearing.old_recordings(now)) == {("RE1", "CA1"), (None, "CA2")}
    scene.privacy.recording_gone(None, "CA2", now)
    assert scene.clearing.old_recordings(now) == [("RE1", "CA1")]
    scene.records.append("CA1", "turn_answered", turn=1)
    scene.records.append("CA1", "sent_back", transfer_id="T1", agent="Erik")
    scene.records.append("CA1", "turn_answered", turn=2)
    first, last = now - timedelta(days=1), now + timedelta(days=1)
    assert trust.share_without(first, last) == (1, 1)
