"""Sends what is written down, on its way, again after a pause when that fails."""

from collections.abc import Callable, Mapping
from datetime import datetime

from ivr import log
from ivr.insights.notices import Notice, Notices, NotSent, Way

Send = Callable[[Notice], None]
_log = log.get("insights.courier")


class Courier:
    """One thread sends. Each way raises NotSent when it could not hand a notice over."""

    def __init__(self, notices: Notices, ways: Mapping[Way, Send]) -> None:
        self._notices = notices
        self._ways = ways

    def deliver(self, now: datetime) -> int:
        """Try everything that is due; return how many were handed over. Raises RecordsUnavailable.

        A crash between handing over and noting it sends once more: the key on the notice tells it apart.
        """
        handed_over = 0
        for notice in self._notices.due(now):
            send = self._ways.get(notice.way)
            try:
                if send is None:
                    raise NotSent("no address is set for this way any more")
                send(notice)
            except NotSent as problem:
                _log.warning("notice_not_sent", key=notice.key, way=notice.way, why=str(problem))
                self._notices.failed(notice, str(problem), now)
                continue
            self._notices.sent(notice, now)
            handed_over += 1
        return handed_over
