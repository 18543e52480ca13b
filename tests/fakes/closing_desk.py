"""The one thing callbacks ask of the desk's records, over records in memory."""

from tests.fakes.memory_records import MemoryCallRecords


class ClosingDesk:
    """Closes callbacks as `DeskRecords` does."""

    def __init__(self, records: MemoryCallRecords) -> None:
        self._records = records
        self.closed: list[str] = []

    def close_callback(self, case_number: str) -> str | None:
        """Close an open callback once and return its call's id."""
        call_id = self._records.drop_callback(case_number)
        if call_id is not None:
            self.closed.append(case_number)
        return call_id
