"""Looks at the figures once an hour, and on Mondays at the week, and writes down what people must be told."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.insights.anomalies import MEASURES, AlertPolicy, Anomaly, anomalies, window
from ivr.insights.notices import NoticeKind, Notices, Way
from ivr.insights.tally import Tally

REPORT_WEEKDAY, REPORT_HOUR = 0, 7  # Monday at seven, the company's time


class FigureWatch:
    """One thread looks. What it writes is sent by `Courier`."""

    def __init__(
        self,
        tally: Tally,
        notices: Notices,
        policy: AlertPolicy,
        zone: ZoneInfo,
        alert_ways: Sequence[Way],
        is_report_wanted: bool,
    ) -> None:
        self._tally = tally
        self._notices = notices
        self._policy = policy
        self._zone = zone
        self._ways = (Way.PAGE, *alert_ways)
        self._is_report_wanted = is_report_wanted
        self._looked_at: str | None = None

    def look(self, now: datetime) -> int:
        """Compare the last full hours, once an hour; return how many alerts were written.

        Raises RecordsUnavailable; then the same hour is looked at again.
        """
        hour = f"{now.astimezone(self._zone):%Y-%m-%dT%H}"
        if hour == self._looked_at:
            return 0
        looked_at = window(now, self._zone, self._policy)
        found = anomalies(self._tally.hours(MEASURES, looked_at.days()), looked_at, self._policy)
        written = sum(self._tell(anomaly, looked_at.now, hour, now) for anomaly in found)
        if self._is_report_wanted:
            self._report(now)
        self._looked_at = hour
        return written

    def _tell(self, anomaly: Anomaly, hours: Sequence[tuple[str, str]], hour: str, now: datetime) -> bool:
        subject = f"alert:{anomaly.signal}:{anomaly.release}:"
        if self._notices.written_since(subject, now - timedelta(hours=self._policy.quiet_hours)):
            return False
        facts = {
            "signal": str(anomaly.signal),
            "release": anomaly.release,
            "now": asdict(anomaly.now),
            "before": asdict(anomaly.before),
            "sureness": round(anomaly.sureness, 2),
            "from": f"{hours[0][0]} {hours[0][1]}:00",
            "until": f"{hour[:10]} {hour[11:]}:00",
            "compared_weeks": self._policy.compare_weeks,
        }
        return self._notices.write(subject + hour, NoticeKind.ALERT, facts, self._ways, now)

    def _report(self, now: datetime) -> None:
        here = now.astimezone(self._zone)
        if here.weekday() != REPORT_WEEKDAY or here.hour < REPORT_HOUR:
            return
        year, number, _ = (here.date() - timedelta(days=7)).isocalendar()
        week = f"{year}-W{number:02}"
        self._notices.write(f"weekly:{week}", NoticeKind.WEEKLY, {"week": week}, (Way.EMAIL,), now)
