"""How much of what is planted in calls redaction finds, and how much else it takes.

Values are made by generators whose lists the redaction does not read: names of five other countries, cards
and personal numbers by their check-digit rules. Each is put into sentences of the four languages as people
type them and as speech recognition writes them. Run: `python -m benchmarks.redaction`.
"""

import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from faker import Faker
from num2words import num2words
from stdnum import luhn
from stdnum.fi import hetu
from stdnum.no import fodselsnummer

from benchmarks.report import machine, save
from ivr.nlu.corpus import training_lines
from ivr.privacy.redaction import redact
from ivr.privacy.spans import Sensitive

NLU_DATA = Path(__file__).resolve().parent.parent / "nlu_data"
PER_CELL = 150
LANGUAGES = ("en", "sv", "nb", "fi")
OTHER_COUNTRIES = ("de_DE", "nl_NL", "pl_PL", "tr_TR", "es_ES")
SENTENCES = {
    Sensitive.CARD: {
        "en": ("my card number is {}", "you can take it from {} please", "It's {}."),
        "sv": ("mitt kortnummer är {}", "ta det från {} tack", "Det är {}."),
        "nb": ("kortnummeret mitt er {}", "ta det fra {} takk", "Det er {}."),
        "fi": ("korttini numero on {}", "ota se kortilta {} kiitos", "Se on {}."),
    },
    Sensitive.PERSONAL_NUMBER: {
        "en": ("my personal number is {}", "it's {} if you need it"),
        "sv": ("mitt personnummer är {}", "Det är {}.", "personnummer {} sa jag"),
        "nb": ("fødselsnummeret mitt er {}", "Det er {}."),
        "fi": ("henkilötunnukseni on {}", "Se on {}."),
    },
    Sensitive.PHONE: {
        "en": ("call me on {} after five", "My number is {}."),
        "sv": ("ring mig på {} efter fem", "Mitt nummer är {}."),
        "nb": ("ring meg på {} etter fem", "Nummeret mitt er {}."),
        "fi": ("soita numeroon {} viiden jälkeen", "Numeroni on {}."),
    },
    Sensitive.EMAIL: {
        "en": ("send it to {} please", "My e-mail is {}."),
        "sv": ("skicka det till {} tack", "Min mejl är {}."),
        "nb": ("send det til {} takk", "E-posten min er {}."),
        "fi": ("lähetä se osoitteeseen {} kiitos", "Sähköpostini on {}."),
    },
    Sensitive.NAME: {
        "en": (
            "Hi, my name is {} and my parcel is late.",
            "This is {} calling.",
            "The order is for {}, I think.",
        ),
        "sv": (
            "Hej, jag heter {} och mitt paket är sent.",
            "Det här är {}.",
            "Beställningen är till {}, tror jag.",
        ),
        "nb": (
            "Hei, jeg heter {} og pakken min er sen.",
            "Dette er {}.",
            "Bestillingen er til {}, tror jeg.",
        ),
        "fi": (
            "Hei, nimeni on {} ja pakettini on myöhässä.",
            "Täällä {}.",
            "Tilaus on nimellä {}, luulisin.",
        ),
    },
}
BARS = {
    Sensitive.CARD: 0.99,
    Sensitive.PERSONAL_NUMBER: 0.99,
    Sensitive.PHONE: 0.98,
    Sensitive.EMAIL: 0.98,
    Sensitive.NAME: 0.95,
}
MOST_FALSE_HITS = 0.02
_SPOKEN_SIGNS = {
    "en": (" at ", " dot "),
    "sv": (" snabel-a ", " punkt "),
    "nb": (" krøllalfa ", " punktum "),
    "fi": (" ät ", " piste "),
}


@dataclass(frozen=True)
class Planted:
    """A sentence with something in it that must not be kept; `secrets` are the parts that give it away."""

    kind: Sensitive
    language: str
    form: str
    text: str
    secrets: tuple[str, ...]


def main() -> int:
    """Print and write the table; exit with 1 when a bar is missed."""
    planted = list(plant(random.Random(20260801)))
    found: dict[tuple[Sensitive, str, str], list[bool]] = defaultdict(list)
    for one in planted:
        kept = redact(one.text, one.language).text
        found[one.kind, one.language, one.form].append(not any(part in kept for part in one.secrets))
    rows = []
    for (kind, language, form), hits in sorted(found.items()):
        recall = sum(hits) / len(hits)
        print(f"{kind:16} {language} {form:8} n={len(hits):<4} {recall:.3f}")
        rows.append({"kind": str(kind), "language": language, "form": form, "n": len(hits), "recall": recall})
    recalls = {kind: _recall(found, kind) for kind in BARS}
    false_hits = {language: false_hit_share(language) for language in LANGUAGES}
    for kind, recall in recalls.items():
        print(f"{kind:16} all        {recall:.3f}   bar {BARS[kind]}")
    for language, share in false_hits.items():
        print(f"false hits {language}: {share:.4f} of words   bar {MOST_FALSE_HITS}")
    told = {str(kind): recall for kind, recall in recalls.items()}
    save("redaction", {"machine": machine(), "rows": rows, "recall": told, "false_hits": false_hits})
    is_met = all(recalls[kind] >= bar for kind, bar in BARS.items())
    return 0 if is_met and all(share <= MOST_FALSE_HITS for share in false_hits.values()) else 1


def plant(chance: random.Random) -> Iterator[Planted]:
    """Yield the sentences, the same ones for the same seed."""
    for kind, by_language in SENTENCES.items():
        for language, sentences in by_language.items():
            for _ in range(PER_CELL):
                yield from _planted(kind, language, chance.choice(sentences), chance)


def _planted(kind: Sensitive, language: str, sentence: str, chance: random.Random) -> Iterator[Planted]:
    for form, value, secrets in _FORMS[kind](language, chance):
        yield Planted(kind, language, form, sentence.format(value), secrets)


def _cards(language: str, chance: random.Random) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    start = chance.choice(("4", "51", "55", "2221", "6011", "37"))
    length = 15 if start == "37" else 16
    body = start + "".join(chance.choice("0123456789") for _ in range(length - 1 - len(start)))
    yield from _numbers(body + luhn.calc_check_digit(body), language, (4, 4, 4, 4))


def _personal_numbers(language: str, chance: random.Random) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(1940, 2009)
    country = chance.choice(("sv", "nb", "fi", "da")) if language == "en" else language
    short = f"{day:02}{month:02}{year % 100:02}"
    if country == "sv":
        body = f"{year % 100:02}{month:02}{day:02}{chance.randint(0, 999):03}"
        number = body + luhn.calc_check_digit(body)
        yield "dashed", f"{number[:6]}-{number[6:]}", (number[6:], number[:6])
        yield from _numbers(f"{year // 100}{number}", language, (4, 2, 2, 4))
    elif country == "nb":
        yield from _numbers(_norwegian(short, year, chance), language, (2, 2, 2, 3, 2))
    elif country == "fi":
        mark = "-" if year < 2000 else "A"
        number = f"{short}{mark}{chance.randint(2, 899):03}"
        number += hetu._calc_checksum(number.replace(mark, ""))
        yield "typed", number, (number[7:], short)
        yield "spaced", f"{short} {mark.lower()} {number[7:10]} {number[10].lower()}", (number[7:10], short)
    else:
        yield from _numbers(f"{short}{chance.randint(0, 9999):04}", language, (6, 4))


def _norwegian(short: str, year: int, chance: random.Random) -> str:
    while True:  # one individual number in six has no check digits
        individual = chance.randint(500, 899) if year >= 2000 else chance.randint(0, 499)
        body = f"{short}{individual:03}"
        for control in range(100):
            if fodselsnummer.is_valid(f"{body}{control:02}"):
                return f"{body}{control:02}"


def _phones(language: str, chance: random.Random) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    rest = "".join(chance.choice("0123456789") for _ in range(7))
    number = {
        "en": f"0044{chance.randint(7000, 7999)}{rest[:6]}",
        "sv": f"070{rest}",
        "nb": f"9{rest}",
        "fi": f"040{rest}",
    }
    yield from _numbers(number[language], language, (3, 3, 2, 2, 4))
    code = {"en": "+44 20", "sv": "+46 70", "nb": "+47 92", "fi": "+358 40"}[language]
    yield "plus", f"{code} {rest[:3]} {rest[3:5]} {rest[5:]}", (rest[:3], rest[5:])


def _numbers(
    digits: str, language: str, groups: tuple[int, ...]
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    parts, at = [], 0
    for size in groups:
        parts.append(digits[at : at + size])
        at += size
    parts = [part for part in [*parts, digits[at:]] if part]
    secrets = tuple(part for part in parts if len(part) > 1)
    yield "typed", digits, (digits, *secrets)
    yield "spaced", " ".join(parts), secrets
    yield "commas", ", ".join(parts), secrets
    for form, aloud in (("digits", _digit_by_digit), ("pairs", _in_pairs)):
        spoken = ", ".join(aloud(part, language) for part in parts)
        yield form, spoken, tuple(aloud(part, language) for part in parts if len(part) > 1)


def _digit_by_digit(digits: str, language: str) -> str:
    return " ".join(_in_words(digit, language) for digit in digits)


def _in_pairs(digits: str, language: str) -> str:
    pairs = [digits[at : at + 2] for at in range(0, len(digits), 2)]
    return " ".join(
        _in_words(pair, language) if pair[0] != "0" else _digit_by_digit(pair, language) for pair in pairs
    )


def _in_words(digits: str, language: str) -> str:
    return str(num2words(int(digits), lang={"nb": "no"}.get(language, language)))


def _emails(language: str, chance: random.Random) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    first, last = _foreign(chance)
    host = chance.choice(("example.com", "post.example.se", "mail.example.no", "example.fi"))
    user = f"{_ascii(first)}{chance.choice(('.', '_', ''))}{_ascii(last)}".lower()
    yield "typed", f"{user}@{host}", (user,)
    at, dot = _SPOKEN_SIGNS[language]
    spoken = f"{_ascii(first).lower()}{dot}{_ascii(last).lower()}{at}{host.replace('.', dot)}"
    yield "aloud", spoken, (_ascii(last).lower(),)


def _names(language: str, chance: random.Random) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    first, last = _foreign(chance)
    yield "written", f"{first} {last}", (first, last)


def _foreign(chance: random.Random) -> tuple[str, str]:
    people = _PEOPLE[chance.choice(OTHER_COUNTRIES)]
    people.seed_instance(chance.random())
    return people.first_name().split()[0], people.last_name().split()[-1]


def _ascii(name: str) -> str:
    return re.sub(r"[^a-zA-Z]", "", name) or "x"


def _recall(found: dict[tuple[Sensitive, str, str], list[bool]], kind: Sensitive) -> float:
    hits = [hit for (each, _, _), row in found.items() if each is kind for hit in row]
    return sum(hits) / len(hits)


def false_hit_share(language: str) -> float:
    """Return which share of words is taken from sentences that hold nothing personal.

    They are the training sentences, in small letters, and the bot's own sentences, with capitals and points.
    """
    lines = [line.said for line in training_lines(NLU_DATA) if line.language == language]
    responses = NLU_DATA / "responses" / f"{language}.yml"
    if responses.exists():
        wordings = yaml.safe_load(responses.read_text(encoding="utf-8"))["responses"].values()
        lines += [wording[0]["text"].replace("{", "").replace("}", "") for wording in wordings]
    words = [re.findall(r"\w+", line) for line in lines]
    kept = [re.findall(r"\w+", re.sub(r"\[[^\]]+\]", "", redact(line, language).text)) for line in lines]
    said = sum(map(len, words))
    return (said - sum(map(len, kept))) / said if said else 0.0


_PEOPLE = {country: Faker(country) for country in OTHER_COUNTRIES}
_FORMS: dict[Sensitive, Callable[[str, random.Random], Iterator[tuple[str, str, tuple[str, ...]]]]] = {
    Sensitive.CARD: _cards,
    Sensitive.PERSONAL_NUMBER: _personal_numbers,
    Sensitive.PHONE: _phones,
    Sensitive.EMAIL: _emails,
    Sensitive.NAME: _names,
}


if __name__ == "__main__":
    sys.exit(main())
