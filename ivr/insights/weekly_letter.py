"""The weekly report as a mail: the same figures in plain text, in HTML, and as the PDF attached. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.insights.definitions import Definition, definitions
from ivr.insights.figures import Figure
from ivr.insights.friction import Matter
from ivr.insights.letters import Letter, amount, money, percent, plain_name, written
from ivr.insights.weekly import Week, change
from ivr.insights.weekly_pdf import weekly_pdf


@dataclass(frozen=True)
class Line:
    """A figure of this week beside the one before, in words."""

    title: str
    says: str
    now: str
    interval: str
    n: str
    before: str
    change: str


def weekly_letter(week: Week, company: str, address: str) -> Letter:
    """Return the mail; `address` is where the pages are."""
    title = f"Week {week.name[-2:].lstrip('0')} of {week.name[:4]}"
    tables = (("How calls ended", list(fate_lines(week))), ("HEART", list(heart_lines(week))))
    told = {"title": title, "company": company, "week": week, "leads": leads(week), "tables": tables}
    mends = [f"{number}. {mend_says(matter, week.currency)}" for number, matter in enumerate(week.mend, 1)]
    figures = [
        f"{line.title}: {line.now} ({line.interval}; n {line.n}), before {line.before}"
        for _, lines in tables
        for line in lines
    ]
    text = ["Nobody called this week."] if week.is_empty else ["Mend these first:", *mends, "", *figures]
    if week.this.scope.is_synthetic:
        text.insert(0, "These calls are synthetic.\n")
    html = written("weekly.html", address=f"{address}/insights", **told)
    pdf = weekly_pdf(week, title, company, leads(week), tables)
    return Letter(
        f"{company}'s phone bot: {title}",
        "\n".join([*text, "", f"{address}/insights"]),
        html,
        ((f"calls-{week.name}.pdf", pdf),),
    )


def leads(week: Week) -> list[tuple[str, str]]:
    """Return the figures that stand at the top: what each one is, and its value."""
    contained = [week.this.containment[fate].value or 0.0 for fate in ("solved", "unknown")]
    return [
        ("calls", amount(week.this.calls)),
        ("contained", percent(sum(contained))),
        ("gave up", percent(week.this.containment["gave_up"].value)),
        ("saved", money(week.saved, week.currency)),
    ]


def mend_says(matter: Matter, currency: str) -> str:
    """Return what is to be mended, in one paragraph."""
    fails = (
        f" Fails most at “{plain_name(matter.fails_at)}”, {matter.failures} times." if matter.fails_at else ""
    )
    return (
        f"{plain_name(matter.intent).capitalize()}: {amount(matter.lost_minutes)} minutes and "
        f"{money(matter.lost_money, currency)} that mending could save; {amount(matter.calls)} calls, "
        f"{percent(matter.contained.value)} contained.{fails} Owner: {matter.owner}."
    )


def fate_lines(week: Week) -> Iterator[Line]:
    """Yield how calls ended."""
    for name, words in definitions("fates").items():
        yield _line(words, "share", week.this.containment[name], week.before.containment[name])


def heart_lines(week: Week) -> Iterator[Line]:
    """Yield the figures of HEART."""
    for name, words in definitions("heart").items():
        yield _line(words, words.unit, week.this.heart[name], week.before.heart[name])


def _line(words: Definition, unit: str, now: Figure, before: Figure) -> Line:
    return Line(
        title=words.title,
        says=words.says,
        now=_value(now, unit),
        interval=_interval(now, unit),
        n=amount(now.n),
        before=_value(before, unit),
        change=change(now, before),
    )


def _value(figure: Figure, unit: str) -> str:
    if not figure.is_shown:
        return "too few" if figure.n else "–"
    return percent(figure.value) if unit == "share" else f"{amount(figure.value, 1)} {unit}"


def _interval(figure: Figure, unit: str) -> str:
    if not figure.is_shown or figure.low is None or figure.high is None:
        return "–"
    if unit == "share":
        return f"{percent(figure.low)} – {percent(figure.high)}"
    return f"{amount(figure.low, 1)} – {amount(figure.high, 1)}"
