"""One callback per number and day: whether a number was called today already, or is being called."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ivr.clock import Clock
from ivr.handoff.callback_try import OPEN
from ivr.handoff.follow_up_records import FollowUpRecords
from ivr.records.store import CallRecords


class NumberToday:
    """Looks at all cases of a number, so that nobody is pestered by callers who give somebody else's.

    A case has its tries; another case of the same number waits for the next day. Days begin at midnight in
    `zone`. Safe from any thread; raises RecordsUnavailable. A case is a row of `CallRecords.callbacks`.
    """

    def __init__(
        self, records: CallRecords, follow_ups: FollowUpRecords, zone: ZoneInfo, clock: Clock
    ) -> None:
        self._records = records
        self._follow_ups = follow_ups
        self._zone = zone
        self._clock = clock

    def was_called_for_another(self, case: Mapping[str, Any]) -> bool:
        """Say whether the case's number was rung today for another case."""
        others = self._others(case)
        return bool(others) and bool(self._follow_ups.rung_since(others, self._midnight()))

    def is_being_called(self, case: Mapping[str, Any]) -> bool:
        """Say whether somebody makes a callback to the case's number now, for another case."""
        others = self._others(case)
        return any(one.case_number in others for one in self._follow_ups.tries_in(OPEN))

    def _others(self, case: Mapping[str, Any]) -> set[str]:
        if case["number"] is None:
            return set()
        numbers = {row["case_number"] for row in self._records.callbacks_to(case["number"])}
        return numbers - {case["case_number"]}

    def _midnight(self) -> datetime:
        local = self._clock.now().astimezone(self._zone)
        return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
