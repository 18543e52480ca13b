"""Each class of data goes when its time is over: every night, counted, with an alarm when it fails."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from ivr.privacy.retention import Periods, RecordingStays, RetentionUnreadable, load_periods
from ivr.records.kinds import Kind
from ivr.records.trust_tables import call_recordings
from tests.support.privacy_scene import ANNA, SAID, PrivacyScene

ROOT = Path(__file__).parents[3]
DAY = 86_400


@pytest.fixture
def scene(tmp_path: Path) -> PrivacyScene:
    return PrivacyScene(tmp_path)


def words(scene: PrivacyScene, call_id: str = "CA1") -> list[str]:
    return [event.facts["text"] for event in scene.records.events(call_id) if "text" in event.facts]


def test_words_go_first_then_numbers_then_the_call(scene: PrivacyScene) -> None:
    scene.call("CA1")
    scene.clock.advance(89 * DAY)
    assert not scene.retention.run()["transcripts.call_events"]
    assert words(scene) == [SAID]
    scene.clock.advance(2 * DAY)
    assert scene.retention.run()["transcripts.call_events"] == 2
    assert words(scene) == []
    assert scene.records.call("CA1").caller == ANNA
    scene.clock.advance(305 * DAY)
    assert scene.retention.run()["numbers.calls"] == 1
    assert scene.records.call("CA1").caller is None
    assert Kind.DISCLOSURE_PLAYED in [event.kind for event in scene.records.events("CA1")]
    scene.clock.advance(700 * DAY)
    scene.retention.run()
    assert scene.records.call("CA1") is None
    assert scene.records.events("CA1") == []


def test_a_dry_run_counts_and_leaves_everything(scene: PrivacyScene) -> None:
    scene.call("CA1")
    scene.clock.advance(100 * DAY)
    assert scene.retention.preview()["transcripts"] == {"calls": 1}
    assert words(scene) == [SAID]
    scene.retention.run()
    assert scene.retention.preview()["transcripts"] == {"calls": 0}


def test_held_calls_stay_and_go_once_the_hold_is_lifted(scene: PrivacyScene) -> None:
    scene.call("CA1")
    scene.privacy.hold(["CA1"], "dispute", "Eva")
    scene.clock.advance(100 * DAY)
    scene.retention.run()
    assert words(scene) == [SAID]
    scene.clock.advance(DAY)
    scene.privacy.lift(["CA1"])
    scene.retention.run()
    assert words(scene) == []


def test_it_is_due_once_a_night_by_the_companys_clock(scene: PrivacyScene) -> None:
    assert scene.retention.is_due(), "the first night it has ever been asked"
    scene.retention.run()
    assert not scene.retention.is_due()
    scene.clock.advance(DAY - 1)
    assert scene.retention.is_due()
    scene.clock.jump((datetime(2030, 3, 5, 1, 59) - datetime(2030, 3, 5, 8, 59, 59)).total_seconds())
    assert not scene.retention.is_due(), "02:59 in Stockholm"
    scene.clock.advance(61)
    assert scene.retention.is_due()
    scene.retention.run()
    scene.clock.jump(-3 * 3600)
    assert not scene.retention.is_due(), "a clock set back does not clear twice"


def test_two_failed_nights_raise_the_alarm_and_a_good_one_ends_it(scene: PrivacyScene) -> None:
    scene.call("CA1")
    row = {
        "recording_id": "r1",
        "call_id": "CA1",
        "recording_sid": "RE1",
        "purpose": "quality",
        "notice_version": "v",
        "notice_ended_at": scene.clock.now(),
        "agreed_by": "key",
        "started_at": scene.clock.now() + timedelta(seconds=1),
    }
    with scene.engine.begin() as connection:
        connection.execute(insert(call_recordings).values(**row))
    scene.shelf.there, scene.shelf.stuck = {"CA1": ["RE1"]}, {"RE1"}
    scene.clock.advance(31 * DAY)
    for nights in (1, 2):
        with pytest.raises(RecordingStays):
            scene.retention.run()
        assert scene.retention.failures() == nights
        scene.clock.advance(DAY)
    assert scene.clearing.runs()[0].problem == "RecordingStays: RE1"
    scene.shelf.stuck = set()
    assert scene.retention.run()["recordings.deleted"] == 1
    assert scene.retention.failures() == 0
    assert scene.shelf.there == {"CA1": []}


def test_a_run_that_broke_off_counts_as_failed(scene: PrivacyScene) -> None:
    scene.clearing.begin_run()
    assert scene.retention.failures() == 1


def test_what_ships_is_what_the_code_falls_back_to() -> None:
    assert load_periods(ROOT / "nlu_data") == Periods()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("transcripts: ninety", "whole number"),
        ("transcripts: -1", "whole number"),
        ("transcripts: true", "whole number"),
        ("voices: 3", "knows only"),
        ("- 3", "knows only"),
        ("a: [", "cannot be read"),
        ("transcripts: 400", "must not outlive"),
    ],
)
def test_a_wrong_table_is_told(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "retention.yml").write_text(text)
    with pytest.raises(RetentionUnreadable, match=says):
        load_periods(tmp_path)
