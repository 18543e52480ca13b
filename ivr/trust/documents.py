"""The papers a company must have, filled in from this installation's set-up; the guide for its people."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from ivr.config import Settings
from ivr.privacy.retention import Periods

FOLDER = Path(__file__).parent / "documents"
TEMPLATES = ("records", "dpia")
_NAMES = {"en": "English", "sv": "Swedish", "nb": "Norwegian", "fi": "Finnish"}


@dataclass(frozen=True)
class Processor:
    """Who handles personal data for the company."""

    name: str
    does: str
    sees: str
    region: str


@dataclass(frozen=True)
class Section:
    """A heading of the guide and what stands under it."""

    title: str
    text: str


@dataclass(frozen=True)
class Guide:
    """The guide for agents and supervisors; its version follows from its words."""

    version: str
    sections: tuple[Section, ...]


def processors(settings: Settings) -> list[Processor]:
    """Return the processors that the settings name."""
    if settings.carrier_address() is not None:
        line = Processor(
            "Local carrier", "the phone line, for trying out", "everything on the line", "this machine"
        )
    else:
        line = Processor(
            "Twilio",
            "the phone line, text messages, recordings callers agreed to",
            "numbers, the sound of calls, texts",
            settings.twilio_region or "us1 (United States)",
        )
    found = [line]
    if settings.orders_url is not None:
        found.append(Processor(settings.orders_url, "the order system", "orders, postcodes", "[yours]"))
    if settings.openid_issuer is not None:
        found.append(Processor(settings.openid_issuer, "signs the staff in", "names of staff", "[yours]"))
    for part in filter(None, settings.piper_voices.split(",")):
        address = part.partition("=")[2].partition("#")[0]
        found.append(Processor(address, "speaks sentences", "what the bot says", "[yours]"))
    return found


def filled_in(name: str, settings: Settings, periods: Periods, today: date) -> str:
    """Return a template as Markdown with everything filled in that this installation knows.

    Raises KeyError for a name that is no template.
    """
    if name not in TEMPLATES:
        raise KeyError(name)
    parts = processors(settings)
    is_local = settings.carrier_address() is not None
    words = {
        "today": today.isoformat(),
        "company": settings.company_name,
        "number": settings.twilio_number,
        "languages": ", ".join(_NAMES.get(one, one) for one in settings.languages_in_use()),
        "orders": settings.orders_url or "the demo shop",
        "whisper_model": settings.whisper_model,
        "carrier": parts[0].name,
        "recording_note": _recording_note(settings, periods),
        "recording_basis": _recording_basis(settings),
        "region_note": _region_note(settings, is_local),
        "processors": _table(parts),
        **{field: str(days) for field, days in asdict(periods).items()},
    }
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8").format_map(words)


def guide() -> Guide:
    """Return the guide."""
    text = (FOLDER / "guide.md").read_text(encoding="utf-8")
    parts = [part.partition("\n") for part in text.split("\n## ")[1:]]
    sections = tuple(Section(title.strip(), body.strip()) for title, _, body in parts)
    return Guide(hashlib.sha256(text.encode()).hexdigest()[:8], sections)


def _recording_note(settings: Settings, periods: Periods) -> str:
    if not settings.recording_purposes:
        return "No sound of calls is kept: recording is off."
    return (
        "Callers are asked, before anything is recorded, whether the part with the bot may be "
        f"({_for(settings)}); everything but a yes is a no, with the same service. Silence is recorded while "
        "digits are asked for; a card or personal number told deletes the recording. "
        f"Kept {periods.recordings} days; who listens is noted."
    )


def _recording_basis(settings: Settings) -> str:
    if not settings.recording_purposes:
        return (
            "consent (Art. 6(1)(a)) would be needed to record calls, which is not done. No training on calls."
        )
    return f"consent (Art. 6(1)(a)) for each purpose of recording ({_for(settings)}), by word or key."


def _for(settings: Settings) -> str:
    return ", ".join(part.strip() for part in settings.recording_purposes.split(","))


def _region_note(settings: Settings, is_local: bool) -> str:
    if is_local:
        return "None: the phone line is emulated on this machine."
    if settings.twilio_region == "ie1":
        return "Twilio's region ie1 (Ireland); its support may look in from outside [check the agreement]."
    return (
        "Twilio's default region is in the United States: [agreement, standard clauses]. "
        "Set IVR_TWILIO_REGION=ie1 to keep processing in Ireland."
    )


def _table(parts: Sequence[Processor]) -> str:
    rows = [f"| {one.name} | {one.does} | {one.sees} | {one.region} |" for one in parts]
    return "\n".join(["| who | does | sees | region |", "|---|---|---|---|", *rows])
