"""How scores are drawn: a confusion matrix and a reliability diagram, as SVG that any browser shows."""

from collections.abc import Mapping, Sequence
from html import escape

from ivr.nlu.scoring import Bin

_CELL = 22
_INK, _PAPER, _RIGHT, _WRONG = "#1b2733", "#ffffff", "#1f6f54", "#b3372b"


def confusion_svg(confusion: Mapping[str, Mapping[str, int]], title: str) -> str:
    """Draw wanted intents as rows and taken ones as columns; darker is more, red is wrong."""
    names = sorted({*confusion, *(got for row in confusion.values() for got in row)})
    margin = 12 + 7 * max((len(name) for name in names), default=4)
    width = margin + _CELL * len(names) + 12
    height = margin + _CELL * len(names) + 44
    parts = [_text(12, 20, title, 15, "start")]
    top = margin + 30
    for column, name in enumerate(names):
        x = margin + _CELL * column + _CELL / 2 + 4
        parts.append(_text(x, top - 6, name, 11, "start", f"rotate(-90 {x:.0f} {top - 6})"))
    for row, wanted in enumerate(names):
        y = top + _CELL * row
        parts.append(_text(margin - 6, y + _CELL * 0.68, wanted, 11, "end"))
        total = sum(confusion.get(wanted, {}).values())
        for column, got in enumerate(names):
            count = confusion.get(wanted, {}).get(got, 0)
            parts.append(_cell(margin + _CELL * column, y, count, total, wanted == got, f"{wanted} as {got}"))
    return _page(width, height, title, parts)


def reliability_svg(bins: Sequence[Bin], title: str) -> str:
    """Draw how often the model was right against how sure it was; on the diagonal it knows itself."""
    side, left, top = 300, 56, 40
    parts = [_text(12, 22, title, 15, "start")]
    parts.append(f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="none" stroke="{_INK}"/>')
    parts.append(
        f'<line x1="{left}" y1="{top + side}" x2="{left + side}" y2="{top}" stroke="#8a949e" '
        'stroke-dasharray="4 4"/>'
    )
    largest = max((one.sentences for one in bins), default=1)
    for one in bins:
        x, y = left + side * one.confidence, top + side * (1 - one.accuracy)
        radius = 3 + 9 * (one.sentences / largest) ** 0.5
        what = f"sure {one.confidence:.0%}, right {one.accuracy:.0%}, {one.sentences} sentences"
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{_RIGHT}" fill-opacity="0.75">'
            f"<title>{what}</title></circle>"
        )
    for tick in range(0, 101, 20):
        parts.append(_text(left + side * tick / 100, top + side + 16, str(tick), 11, "middle"))
        parts.append(_text(left - 6, top + side * (1 - tick / 100) + 4, str(tick), 11, "end"))
    parts.append(_text(left + side / 2, top + side + 34, "sure, per cent", 12, "middle"))
    middle = top + side / 2
    parts.append(_text(16, middle, "right, per cent", 12, "middle", f"rotate(-90 16 {middle})"))
    return _page(left + side + 20, top + side + 46, title, parts)


def _cell(x: float, y: float, count: int, total: int, is_right: bool, what: str) -> str:
    share = count / total if total else 0.0
    colour = _RIGHT if is_right else _WRONG
    fill = f'fill="{colour}" fill-opacity="{0.15 + 0.85 * share:.2f}"' if count else 'fill="#f2f4f5"'
    number = ""
    if count:
        ink = _PAPER if share > 0.5 else _INK
        number = (
            f'<text x="{x + _CELL / 2:.1f}" y="{y + _CELL * 0.68:.1f}" font-size="10" '
            f'text-anchor="middle" fill="{ink}">{count}</text>'
        )
    size = _CELL - 1
    title = f"<title>{escape(what)}: {count}</title>"
    return f'<g><rect x="{x}" y="{y}" width="{size}" height="{size}" {fill}>{title}</rect>{number}</g>'


def _text(x: float, y: float, words: str, size: int, anchor: str, transform: str = "") -> str:
    turned = f' transform="{transform}"' if transform else ""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" text-anchor="{anchor}" fill="{_INK}"{turned}>'
        f"{escape(words)}</text>"
    )


def _page(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" font-family="system-ui, sans-serif" role="img">'
        f'<title>{escape(title)}</title><rect width="100%" height="100%" fill="{_PAPER}"/>'
        f"{''.join(parts)}</svg>\n"
    )
