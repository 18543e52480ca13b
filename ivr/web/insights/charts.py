"""Figures as shapes: where each rectangle, line and dot of a chart stands. Drawn by the templates as SVG."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import floor

from ivr.insights.fates import Fate
from ivr.insights.figures import Figure, count_shown
from ivr.insights.flow import Flow

WIDTH = 960.0
BAR_HEIGHT = 36.0
COLUMN_HEIGHT = 140.0
FLOW_LABEL = 160.0
BOX = 12.0
ROOM_FOR_TWO = 16.0  # lines of a stop's label; a lower one has its number beside its name
DOT_PLOT = 300.0
LETTER, LINE = 7.4, 14.0  # of names in the automation picture, about

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Piece:
    """A rectangle with what it stands for."""

    name: str
    x: float
    y: float
    width: float
    height: float
    says: str = ""
    column: int = 0


@dataclass(frozen=True)
class Curve:
    """A band of the flow picture, as the SVG path of its outline."""

    path: str
    end: str
    says: str


@dataclass(frozen=True)
class Dot:
    """A matter in the automation picture; its name stands around (label_x, label_y)."""

    name: str
    x: float
    y: float
    radius: float
    says: str
    label_x: float = 0.0
    label_y: float = 0.0


def fate_bar(containment: Mapping[str, Figure]) -> list[Piece]:
    """Return the stacked bar of how calls ended, WIDTH wide; nothing while too few calls stand behind it."""
    if not all(containment[fate].is_shown for fate in Fate):
        return []
    pieces, x = [], 0.0
    for fate in Fate:
        share = containment[fate].value or 0.0
        width = share * WIDTH
        pieces.append(Piece(fate, x, 0.0, width, BAR_HEIGHT, f"{100 * share:.0f} %"))
        x += width
    return pieces


def day_columns(fates_by_day: Mapping[str, Mapping[str, int]]) -> list[Piece]:
    """Return stacked columns, one a day, as tall as the day had calls."""
    most = max((sum(fates.values()) for fates in fates_by_day.values()), default=0)
    if not most:
        return []
    step = WIDTH / len(fates_by_day)
    pieces = []
    for number, (day, fates) in enumerate(fates_by_day.items()):
        y = COLUMN_HEIGHT
        for fate in Fate:
            count = fates.get(fate, 0)
            height = COLUMN_HEIGHT * count / most
            y -= height
            if count:
                pieces.append(
                    Piece(
                        fate,
                        number * step,
                        y,
                        max(1.0, min(step - 2.0, 24.0)),
                        height,
                        f"{day}: {count_shown(count)}",
                    )
                )
    return pieces


def day_names(fates_by_day: Mapping[str, Mapping[str, int]]) -> list[Piece]:
    """Return the days that are named under the columns: the first and at most six more."""
    days = list(fates_by_day)
    step, every = WIDTH / len(days), -(-len(days) // 7)
    return [Piece(days[at], at * step, COLUMN_HEIGHT, step, 0.0) for at in range(0, len(days), every)]


def hour_columns(calls_by_hour: Mapping[str, int]) -> list[Piece]:
    """Return a column for each hour of the day."""
    most = max(calls_by_hour.values(), default=0)
    if not most:
        return []
    step = WIDTH / 24
    return [
        Piece(
            f"{hour:02}",
            hour * step,
            COLUMN_HEIGHT * (1 - calls_by_hour.get(f"{hour:02}", 0) / most),
            step - 6.0,
            COLUMN_HEIGHT * calls_by_hour.get(f"{hour:02}", 0) / most,
            f"{hour:02}-{hour + 1:02}: {count_shown(calls_by_hour.get(f'{hour:02}', 0))}",
        )
        for hour in range(24)
    ]


def flow_boxes(picture: Flow) -> list[Piece]:
    """Return the stops as boxes."""
    return [
        Piece(
            stop.name,
            _column_x(picture, stop.column),
            stop.y,
            BOX,
            max(stop.height, 1.0),
            count_shown(stop.calls),
            stop.column,
        )
        for stop in picture.stops
    ]


def flow_curves(picture: Flow) -> list[Curve]:
    """Return the bands as areas between two curves from stop to stop."""
    curves = []
    for band in picture.bands:
        x_from = _column_x(picture, band.start.column) + BOX
        x_to = _column_x(picture, band.end.column)
        middle, tall = (x_from + x_to) / 2, max(band.height, 0.75)
        upper = (
            f"M{x_from:.1f} {band.y_start:.1f}C{middle:.1f} {band.y_start:.1f} {middle:.1f} {band.y_end:.1f} "
        )
        upper += f"{x_to:.1f} {band.y_end:.1f}"
        start, end = band.y_start + tall, band.y_end + tall
        lower = f"V{end:.1f}C{middle:.1f} {end:.1f} {middle:.1f} {start:.1f} {x_from:.1f} {start:.1f}Z"
        curves.append(Curve(upper + lower, band.end.name, count_shown(band.calls)))
    return curves


def _column_x(picture: Flow, column: int) -> float:
    return column * (WIDTH - FLOW_LABEL - BOX) / max(1, picture.columns - 1)


@dataclass(frozen=True)
class Plot:
    """The automation picture: its dots, and the shares at which both axes begin."""

    dots: tuple[Dot, ...]
    least_contained: float
    least_solved: float


def automation_plot(found: Sequence[tuple[str, float, float, int]]) -> Plot:
    """Return the matters by what share is contained (across) and what share of it solved (up).

    Both axes end at 1 and begin at the tenth below the least, so that dots do not crowd in a corner.
    """
    least_x = _axis_begin([contained for _, contained, _, _ in found])
    least_y = _axis_begin([solved for _, _, solved, _ in found])
    most = max(calls for *_, calls in found)
    dots = [
        Dot(
            name,
            (contained - least_x) / (1 - least_x) * WIDTH,
            DOT_PLOT * (1 - (solved - least_y) / (1 - least_y)),
            5.0 + 17.0 * (calls / most) ** 0.5,
            f"{100 * contained:.0f} % contained, {100 * solved:.0f} % solved, {calls} calls",
        )
        for name, contained, solved, calls in found
    ]
    return Plot(tuple(_named(dots)), least_x, least_y)


def _named(dots: Sequence[Dot]) -> Iterator[Dot]:
    """Yield the dots with a place for each name: the nearest that covers no dot and no other name."""
    taken = [(dot.x - dot.radius, dot.y - dot.radius, dot.x + dot.radius, dot.y + dot.radius) for dot in dots]
    for dot in sorted(dots, key=lambda dot: -dot.radius):
        half = LETTER * len(dot.name) / 2
        reach = dot.radius + 6.0
        places = [(dot.x, dot.y - reach), (dot.x, dot.y + reach + LINE)]
        places += [(dot.x + reach + half, dot.y + 5.0), (dot.x - reach - half, dot.y + 5.0)]
        places += [(dot.x, dot.y + way * (reach + lines * LINE)) for lines in range(2, 9) for way in (-1, 1)]
        boxes = [(x - half, y - LINE, x + half, y + 3.0) for x, y in places]
        free = (number for number, box in enumerate(boxes) if not any(_meet(box, other) for other in taken))
        chosen = next(free, 0)
        taken.append(boxes[chosen])
        yield replace(dot, label_x=places[chosen][0], label_y=places[chosen][1])


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _axis_begin(shares: Sequence[float]) -> float:
    return min(0.9, max(0.0, floor(10 * min(shares) - 0.5) / 10))
