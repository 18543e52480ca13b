"""A key for every call, which backups are sealed with: who destroys it has erased the call from all of them.

The file must not lie in what is backed up, nor be copied beside the backups.
"""

import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ivr.privacy.ledger import fingerprint

HOUSE = "house"  # the key of what belongs to no call
_TABLE = "CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, secret BLOB NOT NULL) WITHOUT ROWID"


class CallKeys:
    """Random keys of 256 bits in a file that only the service's user may read. Raises sqlite3.Error, OSError.

    Several processes may use it at once. Nothing happens to the file before the first backup.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def ensure(self, call_ids: Collection[str]) -> dict[str, bytes]:
        """Return the calls' keys, by call; makes those that are not there."""
        names = {call_id: fingerprint(call_id) for call_id in call_ids}
        found = self._ensure(names.values())
        return {call_id: found[name] for call_id, name in names.items()}

    def house(self) -> bytes:
        """Return the key of what belongs to no call."""
        return self._ensure([HOUSE])[HOUSE]

    def known(self) -> Mapping[str, bytes]:
        """Return all keys, by fingerprint of their call."""
        if not self._path.is_file():
            return {}
        with self._opened() as file:
            return dict(file.execute("SELECT name, secret FROM keys").fetchall())

    def destroy(self, call_ids: Collection[str]) -> int:
        """Destroy the calls' keys and wait until the disk has it; return how many there were."""
        if not self._path.is_file():
            return 0
        with self._opened() as file:
            gone = sum(
                file.execute("DELETE FROM keys WHERE name = ?", [fingerprint(one)]).rowcount
                for one in call_ids
            )
            file.commit()
        return gone

    def _ensure(self, names: Collection[str]) -> dict[str, bytes]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch(mode=0o600)
        with self._opened() as file:
            file.execute("BEGIN IMMEDIATE")
            fresh = [(name, AESGCM.generate_key(256)) for name in names]
            file.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?)", fresh)
            asked = [file.execute("SELECT name, secret FROM keys WHERE name = ?", [one]) for one in names]
            found = dict(row for one in asked for row in one.fetchall())
            file.commit()
        return found

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=30)) as file:
            file.execute("PRAGMA journal_mode = TRUNCATE")
            file.execute("PRAGMA synchronous = FULL")
            file.execute("PRAGMA secure_delete = ON")  # a destroyed key leaves no bytes in the file
            file.execute(_TABLE)
            yield file


def seal(key: bytes, name: str, content: bytes) -> bytes:
    """Return the content readable only with the key; `name` is sealed along with it."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, content, name.encode())


def unseal(key: bytes, name: str, sealed: bytes) -> bytes:
    """Return the content. Raises InvalidTag when the key is another one or something was changed."""
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], name.encode())
