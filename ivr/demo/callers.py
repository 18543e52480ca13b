"""Who calls in the demo and what each of them does next. Pure; the same seed makes the same month."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

# Swedish numbers set aside for fiction by the Swedish telecom agency, PTS: first one, how many.
FICTION = ((46701740605, 95), (46313900600, 100), (46406280400, 100), (46846500400, 100), (46980319200, 100))
NUMBERS = tuple(f"+{first + number}" for first, count in FICTION for number in range(count))
CALLS_A_DAY = 60
BUSIEST_HOUR, HOURS_SPREAD = 11.5, 3.2
OPENS, CLOSES = 8, 19
WEEKEND = 0.35  # as busy as a working day
LANGUAGES = {"en": 5, "sv": 5, "nb": 1, "fi": 1}


@dataclass(frozen=True)
class Matter:
    """A reason to call: how often, whether an order must be named, how likely it goes wrong."""

    intent: str
    weight: int
    needs_order: bool
    trouble: float  # chance that an answer does not help
    answers: tuple[str, ...]  # prompts that answer it
    system: str | None = None


MATTERS = (
    Matter("order_status", 30, True, 0.08, ("utter_order_shipped",), "orders"),
    Matter("track_delivery", 16, True, 0.15, ("utter_order_out_for_delivery",), "orders"),
    Matter("return_item", 10, True, 0.2, ("utter_return_label_by_email",), "returns"),
    Matter("return_status", 7, True, 0.15, ("utter_return_received",), "returns"),
    Matter("cancel_order", 6, True, 0.2, ("utter_too_late_to_cancel",), "orders"),
    Matter("invoice", 7, True, 0.1, ("utter_balance_zero",), "invoices"),
    Matter("opening_hours", 12, False, 0.03, ("utter_opening_hours",), None),
    Matter("stock", 6, False, 0.2, ("utter_product_not_found",), "products"),
    Matter("complaint", 8, True, 1.0, (), "orders"),
    Matter("payment_problem", 4, True, 1.0, (), "invoices"),
)
# What some callers ask that the bot knows nothing of.
ASIDES = {
    "en": (
        "do you sell gift cards", "can I buy a gift card for my sister", "how do I use my gift card",
        "what is a gift card worth in the shop", "is there a gift card for the web shop",
        "the chair came with a broken leg", "a leg of my new chair is broken", "my chair has one broken leg",
        "I want to apply for a job in your warehouse", "are there any jobs in the warehouse",
    ),
    "sv": (
        "säljer ni presentkort", "hur länge gäller ett presentkort", "kan man köpa presentkort på nätet",
        "stolen har ett trasigt ben", "benet på min nya stol är trasigt",
        "stolsbenet var trasigt när den kom",
    ),
    "nb": ("selger dere gavekort", "hvor lenge gjelder et gavekort"),
    "fi": ("myyttekö lahjakortteja", "kauanko lahjakortti on voimassa"),
}  # fmt: skip


@dataclass(frozen=True)
class Caller:
    """One synthetic caller."""

    number: str
    language: str
    matter: Matter
    at: datetime
    wants_person_at_once: bool
    misheard: float  # chance that an utterance is not understood
    patience: int  # failures after which they hang up
    is_helped: bool
    answers_survey: bool
    aside: str | None = None  # said first; the bot cannot help with it


def callers(seed: int, first_day: datetime, days: int) -> Iterator[Caller]:
    """Yield the callers in order of time. Who was not helped may call again within three days."""
    chance = random.Random(seed)
    found: list[Caller] = []
    for day in range(days):
        midnight = first_day + timedelta(days=day)
        busy = WEEKEND if midnight.weekday() >= 5 else 1.0
        for _ in range(round(CALLS_A_DAY * busy * chance.uniform(0.8, 1.2))):
            # In turn: with so few numbers drawn ones would seem to call again all the time.
            number = NUMBERS[len(found) % len(NUMBERS)]
            found.append(_caller(chance, _moment(chance, midnight), number))
    last = first_day + timedelta(days=days)
    again = [_again(chance, caller) for caller in found if not caller.is_helped and chance.random() < 0.3]
    yield from sorted(
        [*found, *(caller for caller in again if caller.at < last)], key=lambda caller: caller.at
    )


def _moment(chance: random.Random, midnight: datetime) -> datetime:
    hour = min(max(chance.gauss(BUSIEST_HOUR, HOURS_SPREAD), OPENS), CLOSES)
    return midnight + timedelta(hours=hour)


def _caller(chance: random.Random, at: datetime, number: str) -> Caller:
    language = chance.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
    matter = chance.choices(MATTERS, [matter.weight for matter in MATTERS])[0]
    return Caller(
        number=number,
        language=language,
        matter=matter,
        at=at,
        wants_person_at_once=chance.random() < 0.07,
        misheard=chance.choice((0.03, 0.08, 0.08, 0.3)),
        patience=chance.choice((1, 2, 2, 3, 9)),
        is_helped=chance.random() >= matter.trouble,
        answers_survey=chance.random() < 0.25,
        aside=chance.choice(ASIDES[language]) if chance.random() < 0.06 else None,
    )


def _again(chance: random.Random, caller: Caller) -> Caller:
    at = caller.at + timedelta(hours=chance.uniform(2, 72))
    at = at.replace(hour=min(max(at.hour, OPENS), CLOSES))
    return Caller(**(caller.__dict__ | {"at": at, "wants_person_at_once": chance.random() < 0.5}))
