"""Whose data is asked for: which calls are one person's, and when a number does not say whose. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ivr.errors import IvrError

_CASE_NUMBER = re.compile(r"\d{6}")


class NobodyFound(IvrError):
    """Nothing is stored under this number."""


class NumberOfSeveralPeople(IvrError):
    """The calls of a number name more than one person; the message says which call names whom."""


@dataclass(frozen=True)
class FoundCall:
    """A call that somebody's data is in. `names` are what the caller was called once checked."""

    call_id: str
    started_at: datetime
    language: str
    outcome: str | None
    names: tuple[str, ...]
    matter: str | None
    holds: tuple[str, ...]  # reasons why it must not be erased now


@dataclass(frozen=True)
class Person:
    """Somebody's calls; `number` also stands in `mentions` calls of other people (to call back, to text)."""

    asked: str
    number: str | None
    calls: tuple[FoundCall, ...]
    mentions: tuple[str, ...] = ()

    @property
    def call_ids(self) -> tuple[str, ...]:
        """Return the calls' ids, oldest first."""
        return tuple(call.call_id for call in self.calls)


def is_case_number(asked: str) -> bool:
    """Say whether this is a case number and no phone number."""
    return _CASE_NUMBER.fullmatch(asked.strip()) is not None


def as_number(asked: str) -> str:
    """Return a phone number as the network writes it: + and digits."""
    bare = re.sub(r"[\s()./-]", "", asked)
    return f"+{bare[2:]}" if bare.startswith("00") else bare


def chosen(person: Person, call_ids: Sequence[str], is_for_everybody: bool) -> Person:
    """Return the person with these calls only; all of them when there is no doubt whose they are.

    A phone can belong to two people. When its calls name several, somebody must say which calls are meant,
    or that everybody who is named has asked. Raises NumberOfSeveralPeople, NobodyFound.
    """
    if call_ids:
        unknown = sorted(set(call_ids) - set(person.call_ids))
        if unknown:
            raise NobodyFound(f"These are no calls of {person.asked}: {', '.join(unknown)}")
        kept = tuple(call for call in person.calls if call.call_id in set(call_ids))
        return Person(person.asked, person.number, kept)
    names = sorted({name for call in person.calls for name in call.names})
    if len(names) > 1 and not is_for_everybody:
        lines = [f"  {call.call_id}  {', '.join(call.names) or 'no name'}" for call in person.calls]
        raise NumberOfSeveralPeople(
            f"{person.asked} is the number of {len(names)} people. Say which calls are meant with --call, or "
            "--everybody when all of them have asked:\n" + "\n".join(lines)
        )
    return person
