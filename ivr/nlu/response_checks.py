"""What every language's wording must have: each prompt, known braces, no sentence too long."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from yaml.nodes import MappingNode

from ivr.conversation.language_settings import LANGUAGES
from ivr.dialogue.matters import Question
from ivr.dialogue.spoken.saying import aloud
from ivr.dialogue.wording import FIRST_SENTENCE, WITH_LETTERS, placeholders
from ivr.nlu.speakable import unspeakable
from ivr.nlu.yaml_marks import Problem, items, line_of, names, pairs, text, value_at

LONGEST_S = 8.0  # listeners are lost after about 8 s
LONGEST_FIRST_S = 4.0
# hibari's English voice speaks 13 to 16 in sentences over 5 s, digits are slower; the others are medians of
# espeak-ng at 160 words a minute over the shipped responses of 70 characters and more.
CHARACTERS_PER_S: Mapping[str, float] = {"en": 14.0, "sv": 13.7, "nb": 13.5, "fi": 12.8}
SLOWEST = 12.8
_NAME = re.compile(r"\b(?:utter|say|reprompt|no_input|brief|agent|text)_[a-z0-9_]*(?:\{[^}\"]+\}[a-z0-9_]*)*")
WRITTEN = "text_"  # sent as a text message, never spoken
PREFIXES = ("utter_", "say_", "reprompt_", "no_input_", "brief_", "agent_", WRITTEN)
STEPS = ("request", "order_number", "postcode", "anything_else", "general")
LEVELS = (1, 2)
ASKED_AGAIN = ("reprompt", "no_input")
SAID_BY_THE_PHONE_SIDE = (
    FIRST_SENTENCE,
    "say_how_to_reach_a_person",
    "say_still_working",
    "say_card_not_kept",
    "say_personal_number_not_kept",
    "say_please_repeat",
    "say_technical_trouble",
    "say_connecting",
    "say_lines_full",
    "say_agent_joined",
    "say_no_agent",
    "say_goodbye_after_silence",
)
# Braces and a value as long as they get, for measuring.
SAMPLES: Mapping[str, str] = {
    "company": "Nordlys",
    "order_number": "471192",
    "case_number": "471192",
    "digits": "471",
    "delivery_date": "2026-11-24",
    "carrier_name": "PostNord",
    "tracking_code": "PN12345678SE",
    "caller_name": "Maria Lindqvist",
    "answer": "You get your money back within fourteen days.",
    "wanted": "I would like to know where my order is",
    "order_status": "out for delivery",
    "position": "12",
    "key": "2",
    "new_date": "2026-11-24",
    "first_day": "2026-11-24",
    "last_day": "2026-11-30",
    "due_date": "2026-11-24",
    "paid_on": "2026-11-24",
    "back_on": "2026-11-24",
    "amount": "1249.00 SEK",
    "return_code": "RT471192",
    "product": "wool blanket, grey",
    "other_product": "cotton blanket",
    "address": "Storgatan 12, 114 55 Stockholm",
    "about": "changing their details",
    "spoken_language": "Norwegian",
    "times": "12",
    "opens": "on Wednesday at eight forty-five in the morning",
    "from_hour": "8",
    "to_hour": "20",
}


def required_prompts() -> set[str]:
    """Return the names the phone side says, which every language must have."""
    return {*SAID_BY_THE_PHONE_SIDE, *_asked_again(STEPS)}


def _asked_again(steps: Iterable[str]) -> Iterator[str]:
    return (f"{kind}_{step}_{level}" for kind in ASKED_AGAIN for step in steps for level in LEVELS)


def check_use(files: Mapping[Path, MappingNode], taken: set[str], domain: MappingNode) -> Iterator[Problem]:
    """Tell of wording that no rule, form or program says. `taken` are the actions of all rules."""
    asked = {
        f"utter_ask{form}_{slot}"
        for name, _, form_node in pairs(value_at(domain, "forms"))
        for slot in names(value_at(form_node, "required_slots"))
        for form in ("", f"_{name}")
    }
    used = {*taken, *asked, *required_prompts(), *_asked_again(Question)}
    for file, node in files.items():
        for name, key, _ in pairs(value_at(node, "responses")):
            plain = name.removesuffix(WITH_LETTERS)
            if plain not in used and not _named_in_program().fullmatch(plain):
                what = f"nothing ever says `{name}`"
                yield Problem(file, line_of(key), what, "Remove it, or use it in a rule", is_error=False)


@cache
def _named_in_program() -> re.Pattern[str]:
    """Return what matches every wording the program names, whole or with parts filled in when it runs."""
    named: set[str] = set()
    for file in Path(__file__).parents[1].rglob("*.py"):
        if file.parent != Path(__file__).parent:
            named |= set(_NAME.findall(file.read_text(encoding="utf-8")))
    patterns = [re.sub(r"\\{.*?\\}", "[a-z0-9_]+", re.escape(name)) for name in sorted(named)]
    return re.compile("|".join(patterns))


def check_responses(files: Mapping[Path, MappingNode]) -> Iterator[Problem]:
    """Check every language's file by itself and against the others."""
    every_name = required_prompts()
    for node in files.values():
        every_name |= {name for name, _, _ in pairs(value_at(node, "responses"))}
    for file, node in files.items():
        responses = value_at(node, "responses")
        if responses is None:
            yield Problem(file, 1, "there is no `responses:`", "Put all wording under `responses:`")
            continue
        here = {name for name, _, _ in pairs(responses)}
        for name in sorted(every_name - here):
            yield Problem(file, line_of(responses), f"the wording of `{name}` is missing", "Write it here")
        for name, key, value in pairs(responses):
            yield from _check_one(
                file, line_of(key), name, [text(value_at(item, "text")) for item in items(value)]
            )
    yield from _check_levels_differ(files)


def _check_one(file: Path, line: int, name: str, texts: list[str | None]) -> Iterator[Problem]:
    if not name.startswith(PREFIXES):
        yield Problem(file, line, f"`{name}` starts with none of {', '.join(PREFIXES)}", "Rename it")
    wording = texts[0] if len(texts) == 1 else None
    if not wording:
        yield Problem(file, line, f"`{name}` needs exactly one `- text:`", 'Write it as `- text: "..."`')
        return
    try:
        wanted = placeholders(wording)
    except ValueError:
        yield Problem(
            file, line, f"`{name}` has a brace without its partner", "Write {name} with both braces"
        )
        return
    if name.startswith(WRITTEN):
        return
    unknown = sorted(wanted - SAMPLES.keys())
    if unknown:
        known = ", ".join(SAMPLES)
        yield Problem(file, line, f"nothing fills {{{unknown[0]}}} in `{name}`", f"Known are: {known}")
        return
    for what, todo in unspeakable(wording, file.stem):
        yield Problem(file, line, f"`{name}` {what}", todo)
    limit_s = LONGEST_FIRST_S if name == FIRST_SENTENCE else LONGEST_S
    spoken_s = estimated_s(wording, file.stem)
    if spoken_s > limit_s:
        todo = f"Shorten it to {limit_s:.0f} s or split it"
        yield Problem(file, line, f"`{name}` takes about {spoken_s:.1f} s to say", todo)


def estimated_s(wording: str, language: str = "en") -> float:
    """Return about how long a sentence takes to say, its braces filled with samples.

    Samples of a language that is only being written yet are said in English.
    """
    spoken = language if language in LANGUAGES else "en"
    values = {name: aloud(name, value, spoken) for name, value in SAMPLES.items()}
    return len(wording.format_map(values)) / CHARACTERS_PER_S.get(language, SLOWEST)


def _check_levels_differ(files: Mapping[Path, MappingNode]) -> Iterator[Problem]:
    for file, node in files.items():
        first_said: dict[str, str] = {}
        for name, key, value in pairs(value_at(node, "responses")):
            if not name.startswith(("reprompt_", "no_input_")):
                continue
            wording = next((text(value_at(item, "text")) for item in items(value)), None) or ""
            step = name.rpartition("_")[0].removeprefix("reprompt_").removeprefix("no_input_")
            other = first_said.setdefault(f"{step}:{wording}", name)
            if other != name:
                yield Problem(
                    file,
                    line_of(key),
                    f"`{name}` says the same as `{other}`",
                    "Say it another way the second time",
                )
