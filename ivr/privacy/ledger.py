"""What outlives a backup: fingerprints of erased calls, so that a restored database is cleared again.

The file must not lie where backups put the database back; `IVR_ERASURE_LEDGER` says where it is.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


def fingerprint(call_id: str) -> str:
    """Return what stands for a call: a call's id is 128 random bits, so nobody finds it by trying."""
    return hashlib.sha256(call_id.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Entry:
    """Fingerprints of calls that were emptied, and of other people's calls that lost a number."""

    calls: frozenset[str]
    mentions: frozenset[str]


class ErasureLedger:
    """An append-only file of fingerprints. Several processes may use it at once. Raises OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def path(self) -> Path:
        """Return where it lies."""
        return self._path

    def add(
        self, erasure_id: str, call_ids: Collection[str], mentions: Collection[str], at: datetime
    ) -> None:
        """Write that these calls are erased, and wait until it is on the disk."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        entry = {
            "erasure": erasure_id,
            "at": at.isoformat(),
            "calls": [fingerprint(one) for one in call_ids],
            "mentions": [fingerprint(one) for one in mentions],
        }
        with self._path.open("a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def entries(self) -> dict[str, Entry]:
        """Return what was erased, by erasure; a line cut short by a crash is left out."""
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return {}
        found: dict[str, Entry] = {}
        for line in lines:
            try:
                entry = json.loads(line)
                found[entry["erasure"]] = Entry(frozenset(entry["calls"]), frozenset(entry["mentions"]))
            except (ValueError, KeyError, TypeError):
                continue
        return found
