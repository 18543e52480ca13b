"""The papers a company must have, filled in from this installation's set-up; the guide for its people."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from ivr.config import Settings, is_on_this_machine
from ivr.privacy.retention import Periods
from ivr.speech.piper_voices import read_piper_voices

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
        found.append(
            Processor(
                settings.orders_url, "the order system", "orders, postcodes", _region(settings.orders_url)
            )
        )
    if settings.openid_issuer is not None:
        found.append(Processor(settings.openid_issuer, "signs the staff in", "names of staff", "[yours]"))
    others: list[tuple[str | None, str, str]] = [
        (voice.url, f"speaks sentences in {language}", "what the bot says")
        for language, voice in read_piper_voices(settings.piper_voices).items()
    ]
    others += [(settings.rewriter_url, "words briefings for agents", "the sentences of a briefing")]
    others += [(settings.telemetry_url, "keeps traces of calls", "times and steps; nothing personal")]
    others += [(settings.alert_webhook_url, "is told of alerts", "figures about many calls")]
    if settings.smtp_url is not None:
        server = urlsplit(settings.smtp_url.get_secret_value()).hostname
        others += [(f"smtp://{server}", "sends alerts and the weekly report", "figures, addresses of staff")]
    if settings.routing != "own":
        others += [("Twilio TaskRouter or Flex", "finds a person", "the caller's number, the briefing")]
    return [*found, *(Processor(url, does, sees, _region(url)) for url, does, sees in others if url)]


def _region(url: str) -> str:
    return "this machine" if is_on_this_machine(url) else "[yours]"


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
        "contact": settings.privacy_contact or "[how to write to you about data]",
        "voice_note": _voice_note(settings, periods),
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


def _voice_note(settings: Settings, periods: Periods) -> str:
    if not settings.recording_purposes:
        return "Heard in memory, not stored."
    return f"Heard in memory; stored for {periods.recordings} days only of callers who said yes."


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
        return "consent (Art. 6(1)(a)) would be needed to record calls, which is not done."
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
