"""How long each class of data is kept, when it is cleared, and when somebody must be told that it was not."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import yaml

from ivr import log
from ivr.clock import Clock
from ivr.errors import IvrError
from ivr.privacy.privacy_records import Run
from ivr.records.store import RecordsUnavailable

FILE = "retention.yml"
NIGHT_HOUR = 3
ALARM_AFTER = 2  # nights without success
_log = log.get("privacy.retention")


class RetentionUnreadable(IvrError):
    """The table of days is wrong; the message says where."""


class RecordingStays(Exception):
    """The phone network still has a recording that was to be deleted."""


@dataclass(frozen=True)
class Periods:
    """Days each class of data is kept. Their meaning is told in `nlu_data/retention.yml`."""

    recordings: int = 30
    transcripts: int = 90
    numbers: int = 395
    calls: int = 1095
    requests: int = 1095
    listeners: int = 365
    webhook_answers: int = 1
    backups: int = 35


def load_periods(folder: Path) -> Periods:
    """Read `retention.yml` in the folder; what is not in it keeps its default. Raises RetentionUnreadable."""
    file = folder / FILE
    if not file.is_file():
        return Periods()
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise RetentionUnreadable(f"{file}: cannot be read ({problem})") from None
    known = {field.name for field in fields(Periods)}
    if not isinstance(found, dict) or set(found) - known:
        raise RetentionUnreadable(f"{file}: knows only {', '.join(sorted(known))}")
    for name, days in found.items():
        if type(days) is not int or not 1 <= days <= 36_500:
            raise RetentionUnreadable(f"{file}: {name} must be a whole number of days, 1 to 36500")
    periods = Periods(**found)
    if not periods.transcripts <= periods.numbers <= periods.calls:
        raise RetentionUnreadable(f"{file}: transcripts must not outlive numbers, nor numbers calls")
    return periods


class ClearingRecords(Protocol):
    """What clearing out asks of the records. Raises RecordsUnavailable."""

    def clear(self, name: str, since: datetime | None, before: datetime, is_dry: bool) -> Counter[str]:
        """Clear one class of data from calls that began in this time; return rows by table."""
        ...

    def clear_lifted(self, name: str, since: datetime | None, before: datetime) -> Counter[str]:
        """Clear calls whose hold was lifted after `since` and that began before `before`."""
        ...

    def old_recordings(self, before: datetime) -> Sequence[tuple[str | None, str]]:
        """Return (recording, call) of those that began before a moment and are not deleted."""
        ...

    def begin_run(self) -> int:
        """Keep that clearing out began; return its number."""
        ...

    def end_run(self, run: int, counts: Mapping[str, int], reached: Mapping[str, str]) -> None:
        """Keep that a run came to its end."""
        ...

    def fail_run(self, run: int, problem: str) -> None:
        """Keep why a run did not come to its end."""
        ...

    def runs(self, limit: int = 30) -> Sequence[Run]:
        """Return the last runs, the newest first."""
        ...


CLASSES = ("webhook_answers", "transcripts", "numbers", "calls", "requests", "listeners")


class Retention:
    """Clears out once a night. `delete_recording` deletes at the network and raises RecordingStays.

    It gets a recording's name and its call, and deletes all of the call's where no name was stored.
    """

    def __init__(
        self,
        records: ClearingRecords,
        periods: Periods,
        zone: ZoneInfo,
        clock: Clock,
        delete_recording: Callable[[str | None, str], None],
    ) -> None:
        self._records = records
        self._periods = periods
        self._zone = zone
        self._clock = clock
        self._delete_recording = delete_recording

    @property
    def periods(self) -> Periods:
        """Return how long each class is kept."""
        return self._periods

    def runs(self) -> Sequence[Run]:
        """Return the last runs, the newest first."""
        return self._records.runs()

    def is_due(self) -> bool:
        """Say whether the night's hour has come and nothing was tried since."""
        now = self._clock.now().astimezone(self._zone)
        due = now.replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
        if now < due:
            due -= timedelta(days=1)
        runs = self._records.runs(1)
        return not runs or runs[0].began_at < due

    def run(self) -> Counter[str]:
        """Clear what is too old and keep the counts. What goes wrong is kept too, and raised."""
        last = next((run for run in self._records.runs() if run.is_ok), None)
        number = self._records.begin_run()
        try:
            counts = self._clear(last)
            self._records.end_run(number, counts, self._reached())
        except (RecordsUnavailable, RecordingStays, OSError) as problem:
            self._records.fail_run(number, f"{type(problem).__name__}: {problem}")
            if self.failures() >= ALARM_AFTER:
                _log.error("retention_failed_again", nights=self.failures(), why=str(problem))
            raise
        _log.info("retention_done", counts=dict(counts))
        return counts

    def preview(self) -> dict[str, Counter[str]]:
        """Return what a run would clear now, by class."""
        last = next((run for run in self._records.runs() if run.is_ok), None)
        found = {
            name: self._records.clear(name, _since(last, name), self._before(name), is_dry=True)
            for name in CLASSES
        }
        found["recordings"] = Counter(
            call_recordings=len(self._records.old_recordings(self._before("recordings")))
        )
        return found

    def failures(self) -> int:
        """Return how many runs in a row, up to now, did not come to their end."""
        count = 0
        for run in self._records.runs():
            if run.is_ok:
                break
            count += run.problem is not None
        return count

    def _clear(self, last: Run | None) -> Counter[str]:
        counts: Counter[str] = Counter()
        for name in CLASSES:
            since, before = _since(last, name), self._before(name)
            cleared = self._records.clear(name, since, before, is_dry=False)
            if last is not None and since is not None:
                cleared += self._records.clear_lifted(name, last.began_at, before)
            for table, rows in cleared.items():
                counts[f"{name}.{table}"] += rows
        for recording_sid, call_id in self._records.old_recordings(self._before("recordings")):
            self._delete_recording(recording_sid, call_id)
            counts["recordings.deleted"] += 1
        return counts

    def _before(self, name: str) -> datetime:
        return self._clock.now() - timedelta(days=getattr(self._periods, name))

    def _reached(self) -> dict[str, str]:
        return {name: self._before(name).isoformat() for name in CLASSES}


def _since(last: Run | None, name: str) -> datetime | None:
    reached = last.reached.get(name) if last is not None else None
    return None if reached is None else datetime.fromisoformat(reached)
