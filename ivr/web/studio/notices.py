"""What came of a form, shown once on the next page of the same person."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from flask import request

MOST_KEPT = 500
# Where a refused form leads back to, by the beginning of its address.
_PAGES = (
    ("/studio/intents", "studio.intents"),
    ("/studio/try", "studio.try_page"),
    ("/studio/release", "studio.release_page"),
)


@dataclass(frozen=True)
class Notice:
    """One sentence or more for one person."""

    text: str
    is_bad: bool = False


class Notices:
    """Notices by session, in memory: they are not worth more. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Notice] = OrderedDict()

    def put(self, session_id: str, text: str, is_bad: bool = False) -> None:
        """Keep a notice for the next page."""
        with self._lock:
            self._kept[session_id] = Notice(text, is_bad)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    def take(self, session_id: str) -> Notice | None:
        """Return the notice and forget it."""
        with self._lock:
            return self._kept.pop(session_id, None)

    def back(self) -> str:
        """Return the page a form of this request belongs to."""
        return next((page for start, page in _PAGES if request.path.startswith(start)), "studio.inbox")
