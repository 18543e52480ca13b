"""The switch "all calls to people": thrown at the desk, seen by every call within a second."""

import threading

from ivr import log
from ivr.clock import Clock
from ivr.handoff.desk_records import DeskRecords, SwitchThrow
from ivr.records.store import RecordsUnavailable

PEOPLE_FIRST = "people_first"
FRESH_S = 1.0  # the bar is 5 s, for every process of the service

_log = log.get("handoff.house_switch")


class PeopleFirst:
    """Safe from any thread. Reads the records at most once per FRESH_S; stands still while they are away."""

    def __init__(self, desk_records: DeskRecords, clock: Clock) -> None:
        self._desk_records = desk_records
        self._clock = clock
        self._lock = threading.Lock()
        self._throw: SwitchThrow | None = None
        self._read_at_s: float | None = None

    def is_on(self) -> bool:
        """Say whether all calls go to people."""
        throw = self.throw()
        return throw is not None and throw.is_on

    def throw(self) -> SwitchThrow | None:
        """Return how the switch stands and who threw it; None when nobody ever did."""
        with self._lock:
            now_s = self._clock.monotonic()
            if self._read_at_s is not None and now_s - self._read_at_s < FRESH_S:
                return self._throw
            self._read_at_s = now_s
            try:
                self._throw = self._desk_records.switch(PEOPLE_FIRST)
            except RecordsUnavailable:
                _log.warning("switch_not_read")
            return self._throw

    def turn(self, is_on: bool, by: str) -> None:
        """Throw the switch; the record keeps who and when. Raises RecordsUnavailable."""
        self._desk_records.throw_switch(PEOPLE_FIRST, is_on, by)
        _log.info("switch_thrown", switch=PEOPLE_FIRST, is_on=is_on, pii_by=by)
        with self._lock:
            self._read_at_s = None
