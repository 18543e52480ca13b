"""How calls run from the greeting to their end, laid out as bands between stops. Pure geometry."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.insights.call_summary import GREETING
from ivr.insights.fates import Fate

ENDS = (*(str(fate) for fate in Fate), "alive")
LEAST_SHARE = 0.005  # bands thinner than this share of all calls are gathered under OTHER
OTHER = "other"
GAP = 10.0


@dataclass(frozen=True)
class Stop:
    """A stop of the way, as a box. `column` counts from 0."""

    name: str
    column: int
    y: float
    height: float
    calls: int


@dataclass(frozen=True)
class Band:
    """Calls that go from one stop to another: its vertical places at both."""

    start: Stop
    end: Stop
    y_start: float
    y_end: float
    height: float
    calls: int


@dataclass(frozen=True)
class Flow:
    """The whole picture. Heights are in the units of `height`."""

    stops: tuple[Stop, ...]
    bands: tuple[Band, ...]
    columns: int
    height: float


def flow(edges: Mapping[str, int], height: float = 420.0) -> Flow:
    """Lay out the sums of measure "edge" ("from>to"). Steps back to an earlier stop are not drawn."""
    pairs: dict[tuple[str, str], int] = {}
    for name, calls in edges.items():
        start, _, end = name.partition(">")
        pairs[start, end] = pairs.get((start, end), 0) + calls
    begun = sum(calls for (start, _), calls in pairs.items() if start == GREETING)
    if not begun:
        return Flow((), (), 0, height)
    columns = _columns(pairs)
    drawn = {
        pair: calls
        for pair, calls in pairs.items()
        if columns[pair[1]] > columns[pair[0]] and calls >= LEAST_SHARE * begun
    }
    stops = _stops(drawn, columns, height)
    return Flow(tuple(stops.values()), _bands(drawn, stops), max(columns.values()) + 1, height)


def _columns(pairs: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Return each stop's column: how many steps the longest way to it has; ends stand last.

    Of ways that lead in a circle the one that fewer calls take is left out.
    """
    after: dict[str, set[str]] = defaultdict(set)
    for (start, end), _ in sorted(pairs.items(), key=lambda item: (-item[1], item[0])):
        if start != end and end not in ENDS and not _leads(after, end, start):
            after[start].add(end)
    columns = {GREETING: 0}
    frontier = {GREETING}
    while frontier:
        frontier = {end for start in frontier for end in after[start] if _moved(columns, start, end)}
    last = max(columns.values()) + 1
    return {name: columns.get(name, last) for pair in pairs for name in pair} | {GREETING: 0}


def _moved(columns: dict[str, int], start: str, end: str) -> bool:
    """Put a stop behind the one before it; say whether it moved."""
    wanted = columns[start] + 1
    if columns.get(end, 0) >= wanted:
        return False
    columns[end] = wanted
    return True


def _leads(after: Mapping[str, set[str]], start: str, end: str) -> bool:
    seen, frontier = {start}, [start]
    while frontier:
        here = frontier.pop()
        if here == end:
            return True
        new = after.get(here, set()) - seen
        seen |= new
        frontier += new
    return False


def _stops(
    drawn: Mapping[tuple[str, str], int], columns: Mapping[str, int], height: float
) -> dict[str, Stop]:
    into: dict[str, int] = defaultdict(int)
    out: dict[str, int] = defaultdict(int)
    for (start, end), calls in drawn.items():
        out[start] += calls
        into[end] += calls
    sizes = {name: max(into[name], out[name]) for name in {*into, *out}}
    by_column: dict[int, list[str]] = defaultdict(list)
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        by_column[columns[name]].append(name)
    scale = min(
        (height - GAP * (len(names) - 1)) / sum(sizes[name] for name in names) for names in by_column.values()
    )
    stops = {}
    for column, names in by_column.items():
        y = 0.0
        for name in names:
            tall = sizes[name] * scale
            stops[name] = Stop(name, column, y, tall, sizes[name])
            y += tall + GAP
    return stops


def _bands(drawn: Mapping[tuple[str, str], int], stops: Mapping[str, Stop]) -> tuple[Band, ...]:
    left = {name: stop.y for name, stop in stops.items()}
    right = dict(left)
    bands = []
    ordered = sorted(drawn.items(), key=lambda item: (stops[item[0][0]].y, stops[item[0][1]].y))
    for (start, end), calls in ordered:
        scale = stops[start].height / stops[start].calls
        tall = calls * scale
        bands.append(Band(stops[start], stops[end], left[start], right[end], tall, calls))
        left[start] += tall
        right[end] += tall
    return tuple(bands)
