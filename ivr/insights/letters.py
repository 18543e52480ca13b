"""What a mail about the calls says: subject, plain text and HTML. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ivr.insights.definitions import definitions

_PAPER = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("mail")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Letter:
    """A mail without its addresses; `pdfs` are pairs of file name and content."""

    subject: str
    text: str
    html: str
    pdfs: tuple[tuple[str, bytes], ...] = ()

    def name_of(self, key: str) -> str:
        """Return a name for the mail that stays the same when it is sent again."""
        return hashlib.sha256(key.encode()).hexdigest()[:32]


def percent(value: float | None) -> str:
    """Write a share: "4.2 %" below ten, "0 %" for nothing, "43 %" above, a dash for none."""
    if value is None:
        return "–"
    return f"{100 * value:.1f} %" if 0 < value < 0.1 else f"{100 * value:.0f} %"


def amount(value: float | None, digits: int = 0) -> str:
    """Write a number with spaces between thousands, a dash for none."""
    return "–" if value is None else f"{value:,.{digits}f}".replace(",", "\u00a0")


def money(value: float | None, currency: str, digits: int = 0) -> str:
    """Write money with the currency after it, a dash for none."""
    return "–" if value is None else f"{amount(value, digits)}\u00a0{currency}"


def plain_name(name: str) -> str:
    """Write a name of the code's as words."""
    return name.replace("_", " ")


_PAPER.filters |= {"percent": percent, "amount": amount, "money": money, "plain_name": plain_name}


def alert_says(facts: Mapping[str, Any]) -> str:
    """Return one sentence that tells of an alert; the page and the mail say the same."""
    words = definitions("alerts")[facts["signal"]]
    now, before = facts["now"], facts["before"]
    return (
        f"{words.title}: {percent(now['value'])} of {now['n']} ({percent(now['low'])} to "
        f"{percent(now['high'])}), usually {percent(before['value'])} of {before['n']}. "
        f"{facts['from']} to {facts['until']}, {facts['release']}."
    )


def alert_letter(facts: Mapping[str, Any], company: str, address: str) -> Letter:
    """Return the mail about an alert; `address` is where the pages are."""
    words = definitions("alerts")[facts["signal"]]
    title = f"{words.title}: {percent(facts['now']['value'])}, usually {percent(facts['before']['value'])}"
    told = {"says": alert_says(facts), "means": words.says, "address": f"{address}/insights"}
    text = f"{told['says']}\n\nWhat that means: {words.says}\n\n{told['address']}\n"
    return Letter(f"{company}'s phone bot: {title}", text, written("alert.html", title=title, **told))


def written(template: str, **told: Any) -> str:
    """Return one of the mails in HTML."""
    return _PAPER.get_template(template).render(**told)
