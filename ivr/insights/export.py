"""One row for each call, as a file that other programs read; nothing in it is personal."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ivr.errors import IvrError
from ivr.insights.tally import CallOnList

COLUMNS = (
    "call_id", "started_at", "language", "release", "is_synthetic", "intent", "fate", "outcome",
    "escalation_reason", "is_escalated", "has_reached_person", "turns", "barge_ins", "key_turns", "failures",
    "said_solved", "rating", "disclosure_complete", "total_ms", "bot_ms", "wait_ms", "person_ms",
)  # fmt: skip
WORDS = frozenset({"call_id", "language", "release", "intent", "fate", "outcome", "escalation_reason"})
TRUTHS = frozenset(
    {"is_synthetic", "is_escalated", "has_reached_person", "said_solved", "disclosure_complete"}
)
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class ParquetMissing(IvrError):
    """Parquet needs a package that is not installed."""


def rows(calls: Iterable[CallOnList]) -> Iterator[dict[str, Any]]:
    """Yield what is exported of each call."""
    for call in calls:
        known = {**call.summary, "fate": call.fate, "started_at": call.started_at}
        yield {name: known.get(name) for name in COLUMNS}


def write_csv(found: Iterable[Mapping[str, Any]], file: Path) -> int:
    """Write the rows; return how many. What a spreadsheet would take for a formula gets a quote before it.

    A moment is written as ISO 8601, UTC.
    """
    count = 0
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for row in found:
            writer.writerow({name: _harmless(value) for name, value in row.items()})
            count += 1
    return count


def write_parquet(found: Iterable[Mapping[str, Any]], file: Path) -> int:
    """Write the rows; return how many. Each column has one type, whatever is in it. Raises ParquetMissing."""
    try:
        import pyarrow  # an extra: 40 MB that most houses never need
        from pyarrow import parquet
    except ImportError:
        raise ParquetMissing(
            "Parquet needs the extra `parquet`: .venv/bin/pip install '.[parquet]'"
        ) from None
    types = {"started_at": pyarrow.timestamp("us", tz="UTC")}
    types |= dict.fromkeys(WORDS, pyarrow.string()) | dict.fromkeys(TRUTHS, pyarrow.bool_())
    schema = pyarrow.schema([(name, types.get(name, pyarrow.int64())) for name in COLUMNS])
    listed = list(found)
    parquet.write_table(pyarrow.Table.from_pylist(listed, schema=schema), file)
    return len(listed)


def _harmless(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    is_formula = isinstance(value, str) and value.startswith(FORMULA_SIGNS)
    return f"'{value}" if is_formula else value
