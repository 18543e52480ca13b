"""The file that holds what the database could not take: how a record is written so that damage is noticed."""

import errno
import fcntl
import json
import os
import uuid
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

SUFFIX = ".journal"
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """What was read of a journal. `damaged` counts lines that were not what had been written."""

    records: tuple[Record, ...]
    end: int
    damaged: int


class Journal:
    """One append-only file of one process, which holds a lock on it. Not for two threads at once.

    A line is the CRC-32 of the rest, a space, and a record as JSON.
    """

    def __init__(self, path: Path, file: FileIO) -> None:
        self._path = path
        self._file = file

    @classmethod
    def begin(cls, folder: Path) -> "Journal":
        """Make a new file in the folder. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            journal = cls._lock(folder / f"{uuid.uuid4().hex}{SUFFIX}", "x+")
            if journal is not None:
                return journal

    @classmethod
    def left_behind(cls, folder: Path) -> Iterator["Journal"]:
        """Yield the journals of processes that have died, oldest first; each is now this process's."""
        for path in sorted(folder.glob(f"*{SUFFIX}"), key=_age):
            journal = cls._lock(path, "r+")
            if journal is not None:
                yield journal

    def write(self, record: Record) -> None:
        """Append one record and wait until it is on the disk. Raises OSError; then nothing was appended."""
        end = self._file.seek(0, os.SEEK_END)
        line = _line(record)
        try:
            if self._file.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._file.fileno())
        except OSError:
            self._file.truncate(end)
            raise

    def read(self, start: int = 0) -> Page:
        """Return what was written from an offset on. Damaged lines are left out and counted."""
        self._file.seek(start)
        content = self._file.read()
        lines = content.split(b"\n")
        records = [record for line in lines if (record := _record(line)) is not None]
        damaged = sum(1 for line in lines if line) - len(records)
        return Page(tuple(records), start + len(content), damaged)

    def size(self) -> int:
        """Return the length in bytes."""
        return self._file.seek(0, os.SEEK_END)

    def remove(self) -> None:
        """Delete the file and let go of it."""
        self._path.unlink(missing_ok=True)
        self._file.close()

    def close(self) -> None:
        """Let go of the file; whoever looks next takes it over."""
        self._file.close()

    @classmethod
    def _lock(cls, path: Path, mode: str) -> "Journal | None":
        try:
            file = FileIO(path, mode)
        except FileNotFoundError:
            return None  # its owner has just removed it
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_mine = path.stat().st_ino == os.fstat(file.fileno()).st_ino
        except (BlockingIOError, FileNotFoundError):
            is_mine = False  # another process holds it, or was faster and removed it
        if is_mine:
            return cls(path, file)
        file.close()
        return None


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _line(record: Record) -> bytes:
    body = json.dumps(dict(record), separators=(",", ":")).encode()  # ASCII: a line break cannot occur
    return b"%08x %s\n" % (zlib.crc32(body), body)


def _record(line: bytes) -> Record | None:
    seal, _, body = line.partition(b" ")
    if not body or seal != b"%08x" % zlib.crc32(body):
        return None
    record: Record = json.loads(body)
    return record
