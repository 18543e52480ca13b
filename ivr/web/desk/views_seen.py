"""Which page has shown which call's words already, so that one look is written down once."""

import threading

PAGES_REMEMBERED = 2000


class ViewsSeen:
    """Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str, str], None] = {}

    def is_first(self, session_id: str, page: str, call_id: str) -> bool:
        """Say whether this page of this session shows the call for the first time."""
        key = (session_id, page, call_id)
        with self._lock:
            if key in self._seen:
                return False
            self._seen[key] = None
            if len(self._seen) > PAGES_REMEMBERED:
                del self._seen[next(iter(self._seen))]
            return True
