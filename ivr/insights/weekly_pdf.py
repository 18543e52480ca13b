"""The weekly report on paper: two pages at most, for people who print or file it."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from ivr.insights.figures import FEWEST_SHOWN
from ivr.insights.friction import NO_OWNER, Matter
from ivr.insights.letters import amount, money, percent, plain_name
from ivr.insights.weekly import Week

if TYPE_CHECKING:
    from ivr.insights.weekly_letter import Line

INK, SOFT, LINE, RAISED = HexColor("#16211c"), HexColor("#55635c"), HexColor("#d8dedb"), HexColor("#f2f4f3")
RED = "#b93434"
COLOURS = {
    "solved": HexColor("#1b7f5c"),
    "unknown": HexColor("#8bb8a6"),
    "passed_in_time": HexColor("#4f7cc4"),
    "passed_too_late": HexColor("#d99a2b"),
    "gave_up": HexColor("#b93434"),
}
MARGIN = 18 * mm
WIDE = A4[0] - 2 * MARGIN - 12  # the frame pads six points at each side

_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9.5, leading=13, textColor=INK)
_SMALL = ParagraphStyle("small", _BODY, fontSize=8, leading=10.5, textColor=SOFT)
_RIGHT = ParagraphStyle("right", _BODY, alignment=TA_RIGHT)
_SOFT_RIGHT = ParagraphStyle("soft right", _RIGHT, textColor=SOFT)
_TITLE = ParagraphStyle("title", _BODY, fontName="Helvetica-Bold", fontSize=22, leading=26)
_HEADING = ParagraphStyle(
    "heading", _BODY, fontName="Helvetica-Bold", fontSize=13, leading=17, spaceBefore=12, spaceAfter=5
)
_BIG = ParagraphStyle("big", _BODY, fontName="Helvetica-Bold", fontSize=19, leading=23)


def weekly_pdf(
    week: Week,
    title: str,
    company: str,
    leads: Sequence[tuple[str, str]],
    tables: Sequence[tuple[str, Sequence["Line"]]],
) -> bytes:
    """Return the report as a PDF file. The same week gives the same bytes."""
    scope = week.this.scope
    story: list[Flowable] = [
        Paragraph(escape(f"{company}'s phone bot, {scope.first_day} to {scope.last_day}"), _SMALL),
        Paragraph(title, _TITLE),
    ]
    if scope.is_synthetic:
        story.append(Paragraph("These calls are synthetic: not made by callers.", _SMALL))
    if week.is_empty:
        story += [Spacer(0, 12), Paragraph("Nobody called this week.", _BODY)]
    else:
        story += [Spacer(0, 10), _leads(leads), Spacer(0, 8), _fate_bar(week)]
        story += _mends(week.mend, week.currency)
        for heading, lines in tables:
            story.append(KeepTogether([Paragraph(heading, _HEADING), _figures(lines)]))
        told = (
            f"Intervals hold 95 of 100 times. Fewer than {FEWEST_SHOWN} calls are not shown. “Higher” and "
            "“lower” say that the intervals of the two weeks lie apart. Calls of the last 7 days may "
            "still turn from unknown to solved. Money is reckoned with the assumptions that come with "
            "the product."
        )
        story += [Spacer(0, 10), Paragraph(told, _SMALL)]
    file = io.BytesIO()
    paper = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=16 * mm,
        bottomMargin=16 * mm,
        title=f"{company}: {title}",
        author=company,
        lang="en",
        invariant=1,
    )
    paper.build(story, onFirstPage=_page_number, onLaterPages=_page_number)
    return file.getvalue()


def _page_number(canvas: Any, paper: Any) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.setFillColor(SOFT)
    canvas.drawRightString(A4[0] - MARGIN, 9 * mm, f"{paper.page}")


def _leads(leads: Sequence[tuple[str, str]]) -> Table:
    cells = [[Paragraph(value, _BIG), Paragraph(name, _SMALL)] for name, value in leads]
    table = Table([cells], colWidths=[WIDE / len(cells)] * len(cells))
    table.setStyle(TableStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _fate_bar(week: Week) -> Drawing:
    drawing = Drawing(WIDE, 16)
    x = 0.0
    for fate, colour in COLOURS.items():
        wide = (week.this.containment[fate].value or 0.0) * WIDE
        drawing.add(Rect(x, 0, wide, 14, fillColor=colour, strokeColor=None, strokeWidth=0))
        x += wide
    return drawing


def _mends(mend: Sequence[Matter], currency: str) -> list[Flowable]:
    story: list[Flowable] = [Paragraph("Mend these first", _HEADING)]
    if not mend:
        story.append(Paragraph("Too few calls about any one matter to tell.", _BODY))
    for number, matter in enumerate(mend, 1):
        fails = (
            f"Fails most at “{plain_name(matter.fails_at)}”, {amount(matter.failures)} times. "
            if matter.fails_at
            else ""
        )
        owner = escape(matter.owner)
        owned = f'<font color="{RED}">{owner}</font>' if matter.owner == NO_OWNER else owner
        words = [
            Paragraph(f"<b>{escape(plain_name(matter.intent).capitalize())}</b>", _BODY),
            Paragraph(
                f"{amount(matter.calls)} calls, {percent(matter.contained.value)} contained. {fails}"
                f"Owner: {owned}.",
                _SMALL,
            ),
        ]
        worth = [
            Paragraph(f"<b>{amount(matter.lost_minutes)} min</b>", _RIGHT),
            Paragraph(money(matter.lost_money, currency), _SOFT_RIGHT),
        ]
        card = Table([[Paragraph(str(number), _BIG), words, worth]], colWidths=[12 * mm, None, 32 * mm])
        card.setStyle(
            TableStyle(
                [
                    ("BACKGROUND", (0, 0), (-1, -1), RAISED),
                    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                    ("ROUNDEDCORNERS", [6, 6, 6, 6]),
                    ("TOPPADDING", (0, 0), (-1, -1), 7),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
                ]
            )
        )
        story += [card, Spacer(0, 5)]
    return story


def _figures(lines: Sequence["Line"]) -> Table:
    head = ["Figure", "This week", "95 %", "n", "Before", ""]
    rows = [[Paragraph(name, _SMALL) for name in head]]
    rows += [
        [
            [Paragraph(escape(line.title), _BODY), Paragraph(escape(line.says), _SMALL)],
            Paragraph(f"<b>{line.now}</b>", _BODY),
            Paragraph(line.interval, _SMALL),
            Paragraph(line.n, _SMALL),
            Paragraph(line.before, _SMALL),
            Paragraph(line.change, _SMALL),
        ]
        for line in lines
    ]
    table = Table(rows, colWidths=[None, 26 * mm, 27 * mm, 13 * mm, 22 * mm, 19 * mm], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ]
        )
    )
    return table
