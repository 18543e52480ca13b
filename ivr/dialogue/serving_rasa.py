"""Which Rasa a call talks to: the one that serves when it begins, to its end."""

import json
import threading
from collections import OrderedDict
from pathlib import Path

REMEMBERED_CALLS = 4096


class ServingRasa:
    """Reads the address new calls are led to; another model takes over by changing that file.

    A conversation lives in the memory of one Rasa and follows the rules of its model, so a call that
    began there stays there. Any thread.
    """

    def __init__(self, first_url: str, serving_file: Path | None = None) -> None:
        """`first_url` serves while the file does not exist."""
        self._first_url = first_url.rstrip("/")
        self._file = serving_file
        self._lock = threading.Lock()
        self._seen: tuple[int, str] = (0, self._first_url)
        self._calls: OrderedDict[str, str] = OrderedDict()

    def url(self) -> str:
        """Return where new calls go."""
        if self._file is None:
            return self._first_url
        try:
            changed_ns = self._file.stat().st_mtime_ns
        except OSError:
            return self._first_url
        with self._lock:
            if changed_ns != self._seen[0]:
                self._seen = (changed_ns, self._read() or self._first_url)
            return self._seen[1]

    def url_of(self, call_id: str) -> str:
        """Return where a call stays, choosing when it is asked for the first time."""
        now = self.url()
        with self._lock:
            url = self._calls.setdefault(call_id, now)
            self._calls.move_to_end(call_id)
            while len(self._calls) > REMEMBERED_CALLS:
                self._calls.popitem(last=False)
            return url

    def move(self, call_id: str) -> bool:
        """Lead a call whose Rasa is gone to the one that serves; False when it is there already."""
        now = self.url()
        with self._lock:
            is_moved = self._calls.get(call_id) != now
            self._calls[call_id] = now
            return is_moved

    def forget(self, call_id: str) -> None:
        """Drop a call that is over."""
        with self._lock:
            self._calls.pop(call_id, None)

    def _read(self) -> str | None:
        assert self._file is not None
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        url = found.get("url") if isinstance(found, dict) else None
        return url.rstrip("/") if isinstance(url, str) else None
