"""Faults on request: what goes wrong on this network, for whom and how often."""

import random
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

WEBHOOK_FAULTS = ("delay", "duplicate", "reorder", "drop")
STREAM_FAULTS = ("cut_stream", "refuse_stream")
LINE_FAULTS = ("packet_loss",)


class FaultInvalid(ValueError):
    """A fault was asked for that this network does not know; the message says what is wrong."""


@dataclass
class Fault:
    """One thing to go wrong.

    `path` is a pattern such as "/voice/*" over the webhook's path; `count` is how many more times it happens;
    `seconds` is the delay, or the age at which a stream is cut; `fraction` of the frames of
    `number`'s line are lost.
    """

    kind: str
    path: str = "*"
    count: int = 1
    seconds: float = 0.0
    number: str = ""
    fraction: float = 0.0
    seed: int = 0
    _random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def is_frame_lost(self) -> bool:
        """Decide by this fault's own dice whether the next frame is lost."""
        return self._random.random() < self.fraction

    def as_json(self) -> dict[str, Any]:
        """Return the fault as `POST /faults` takes it."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}


class FaultPlan:
    """The faults still to happen."""

    def __init__(self, faults: tuple[dict[str, object], ...] = ()) -> None:
        self.faults: list[Fault] = [parse_fault(fault) for fault in faults]

    def add(self, fault: Fault) -> None:
        """Ask for one more fault."""
        self.faults.append(fault)

    def clear(self) -> None:
        """Let everything work from now on."""
        self.faults.clear()

    def take_webhook_faults(self, path: str) -> list[Fault]:
        """Return the faults for a webhook to `path`, each counted as used once."""
        return self._take(lambda fault: fault.kind in WEBHOOK_FAULTS and fnmatchcase(path, fault.path))

    def take_stream_fault(self, kind: str, path: str) -> Fault | None:
        """Return the fault of `kind` for a stream to `path`, counted as used once."""
        taken = self._take(
            lambda fault: fault.kind == kind and fnmatchcase(path, fault.path), is_first_only=True
        )
        return taken[0] if taken else None

    def packet_loss(self, number: str) -> Fault | None:
        """Return the loss on a number's line, which lasts until the faults are cleared."""
        for fault in self.faults:
            if fault.kind == "packet_loss" and fault.number == number:
                return fault
        return None

    def _take(self, is_meant: Any, is_first_only: bool = False) -> list[Fault]:
        taken = [fault for fault in self.faults if is_meant(fault)]
        if is_first_only:
            taken = taken[:1]
        for fault in taken:
            fault.count -= 1
        self.faults = [fault for fault in self.faults if fault.count > 0]
        return taken


def parse_fault(wanted: dict[str, Any]) -> Fault:
    """Read a fault from JSON. Raises FaultInvalid."""
    if wanted.get("kind") not in (*WEBHOOK_FAULTS, *STREAM_FAULTS, *LINE_FAULTS):
        raise FaultInvalid(
            f"kind must be one of {', '.join((*WEBHOOK_FAULTS, *STREAM_FAULTS, *LINE_FAULTS))}"
        )
    known: dict[str, type] = {"kind": str, "path": str, "count": int, "number": str, "seed": int}
    numeric = {"seconds", "fraction"}
    for name, value in wanted.items():
        if name not in known and name not in numeric:
            raise FaultInvalid(f"unknown field {name}")
        if isinstance(value, bool) or not isinstance(value, (int, float) if name in numeric else known[name]):
            raise FaultInvalid(f"{name} has the wrong type")
    fault = Fault(**wanted)
    if fault.count < 1 or fault.seconds < 0 or not 0 <= fault.fraction <= 1:
        raise FaultInvalid("count must be at least 1, seconds not negative, fraction between 0 and 1")
    return fault
