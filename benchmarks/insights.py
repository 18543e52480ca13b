"""How long the insights pages take over a million stored calls, and how soon a new call is on them.

Every page is asked for as a browser does, through the service's own views, templates and statement limits.
Run: `python -m benchmarks.insights [--calls 1000000] [--database URL] [--check]`. A database that was filled
before is asked again; on PostgreSQL give an empty one: `postgresql+pg8000://user@127.0.0.1:5432/empty`.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select

from benchmarks.insights_calls import COPIES, DAYS, LAST_DAY, copy_all, events_of, fill, release_at, write
from benchmarks.report import machine, save, spread, table
from ivr.bootstrap.background import COUNT_S
from ivr.insights.sql_tally import SqlTally
from ivr.records.database import beginning, open_engine, upgrade
from ivr.records.insight_tables import figure_sums, unmet_words
from ivr.records.models import call_events, call_summaries, calls
from tests.support.insights_scene import InsightsScene

ASKED_EACH = 20
NEW_CALLS = 20
NOW = LAST_DAY + timedelta(hours=20)
PATIENT_MS = 3_600_000  # for filling
BAR_PAGE_S, BAR_NEW_CALL_S = 1.0, 5.0
PAGES = {
    "overview": "",
    "HEART by matter": "/heart?by=intent",
    "HEART by language": "/heart?by=language",
    "HEART by hour": "/heart?by=hour",
    "HEART by release": "/heart?by=release",
    "friction": "/friction",
    "flow": "/flow",
    "value": "/value",
    "calls": "/calls",
    "calls that gave up": "/calls?fate=gave_up",
    "calls by a step": "/calls?step=waiting",
    "calls by a rare step": "/calls?step=emergency",
}


def main() -> int:
    """Fill, count, ask, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument(
        "--database", help="an empty database, or one filled before; a file of its own by default"
    )
    parser.add_argument("--check", action="store_true", help="count everything anew and compare")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ivr-insights-") as folder:
        url = given.database or f"sqlite:///{folder}/ivr.db"
        upgrade(url)
        engine = open_engine(url, PATIENT_MS)
        _fill(engine, given.calls)
        result: dict[str, Any] = {
            "machine": machine(),
            "calls": given.calls,
            "database": url.partition(":")[0].partition("+")[0],
        }
        result |= _measure(engine, InsightsScene(Path(folder), url, NOW))
        if given.check:
            result["recomputed_is_identical"] = _is_identical(engine)
        save(f"insights_{result['database']}", result)
    is_quick = all(row["p95"] <= BAR_PAGE_S for row in result["pages"])
    return 0 if is_quick and result["new_call_s"]["p95"] <= BAR_NEW_CALL_S else 1


def _fill(engine: Engine, count: int) -> None:
    with beginning(engine) as connection:
        if connection.execute(select(calls.c.call_id).limit(1)).first() is not None:
            return
    began = time.perf_counter()
    fill(engine, max(1, count // (COPIES + 1)))
    _tell("filled", began)
    _tally(engine).rebuild(NOW)
    _tell("counted", began)
    copy_all(engine)
    _tell("copied", began)


def _tell(what: str, began: float) -> None:
    print(f"{what} after {time.perf_counter() - began:.0f} s", file=sys.stderr)


def _measure(engine: Engine, scene: InsightsScene) -> dict[str, Any]:
    reader = scene.reader()
    for path in PAGES.values():  # the service has been running: templates and word lists are read
        reader.sees(f"/insights{path}")
    pages: list[dict[str, Any]] = []
    for name, scope in _scopes().items():
        for page, path in PAGES.items():
            path += ("&" if "?" in path else "?") + urlencode(scope)
            measured = [_asked(lambda path=path: reader.sees(f"/insights{path}")) for _ in range(ASKED_EACH)]
            seconds, worked = zip(*measured, strict=True)
            pages.append({"page": f"{page}, {name}", **spread(seconds), "cpu_p50": spread(worked)["p50"]})
    head = ("page", "n", "p50 s", "p95 s", "CPU p50 s")
    print(table(head, [(p["page"], p["n"], p["p50"], p["p95"], p["cpu_p50"]) for p in pages]))
    worst = max(pages, key=lambda row: row["p95"])
    print(f"the slowest: {worst['page']}, p95 {worst['p95']} s")
    new = list(_new_calls(engine, scene))
    waited = spread([COUNT_S + seconds for seconds, _ in new])
    new_cpu_s = spread([cpu for _, cpu in new])["p50"]
    print(f"a new call is on the pages after {waited['p95']} s at p95, {COUNT_S} s of it until its turn")
    return {"stored": _rows(engine), "pages": pages, "new_call_s": waited, "new_call_cpu_p50": new_cpu_s}


def _asked(ask: Any) -> tuple[float, float]:
    began, worked = time.perf_counter(), time.process_time()
    answer = ask()
    if answer.status_code != 200:
        raise SystemExit(f"a page failed: {answer.status}")
    return time.perf_counter() - began, time.process_time() - worked


def _new_calls(engine: Engine, scene: InsightsScene) -> Iterator[tuple[float, float]]:
    """Yield how long the counting of one more call takes, wall and processor seconds."""
    chance = random.Random(1)
    for number in range(NEW_CALLS):
        at = LAST_DAY + timedelta(hours=12, seconds=number)
        write(engine, [(f"new {time.time_ns()} {number}", at, events_of(chance, "sv", "stock", at))])
        began, worked = time.perf_counter(), time.process_time()
        if scene.tally.catch_up(NOW) != 1:
            raise SystemExit("the new call was not counted")
        yield time.perf_counter() - began, time.process_time() - worked


def _scopes() -> dict[str, dict[str, str]]:
    """Return what pages are asked about; a year begins and ends within a month."""
    last = LAST_DAY.date()
    weeks = {"from": (last - timedelta(days=27)).isoformat(), "to": last.isoformat()}
    year = {"from": (last - timedelta(days=DAYS - 1)).isoformat(), "to": last.isoformat()}
    return {
        "four weeks": weeks,
        "four weeks, one matter": weeks | {"intent": "invoice"},
        "a year": year,
        "a year, one matter": year | {"intent": "invoice"},
        "a year, a rare matter": year | {"intent": "emergency"},
        "a year, one language": year | {"language": "fi"},
        "a year, one release": year | {"release": release_at(LAST_DAY - timedelta(days=90))},
        "a year, matter, language": year | {"intent": "complaint", "language": "nb"},
        "all there is": {"from": "2020-01-01", "to": last.isoformat()},
    }


def _is_identical(engine: Engine) -> bool:
    """Count every call anew and compare each sum."""
    before = _all_sums(engine)
    _tally(engine).rebuild(NOW)
    return before == _all_sums(engine)


def _all_sums(engine: Engine) -> set[tuple[Any, ...]]:
    with beginning(engine) as connection:
        return {tuple(row) for row in connection.execute(select(figure_sums))}


def _tally(engine: Engine) -> SqlTally:
    return SqlTally(engine, ZoneInfo("Europe/Stockholm"), lambda number: f"key of {number}")


def _rows(engine: Engine) -> dict[str, int]:
    tables = (calls, call_events, call_summaries, figure_sums, unmet_words)
    with beginning(engine) as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables
        }


if __name__ == "__main__":
    sys.exit(main())
