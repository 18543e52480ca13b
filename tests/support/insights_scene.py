"""Calls on record, what is counted of them, and people who look at the pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select

from ivr.config import Settings
from ivr.handoff.opening_hours import ServicePolicy
from ivr.insights.command import InsightsDesk, Post
from ivr.insights.sql_notices import SqlNotices
from ivr.insights.sql_tally import SqlTally
from ivr.records.database import open_engine
from ivr.records.feed import Feed
from ivr.records.insight_tables import figure_sums
from ivr.records.kinds import Kind
from ivr.records.models import metadata
from ivr.records.sql_records import SqlCallRecords
from ivr.roles import Role
from ivr.web.insights import create_insights_blueprint
from ivr.web.sign_in import create_sign_in_blueprint
from ivr.web.staff.sessions import new_link
from tests.fakes.steered_clock import START, SteeredClock
from tests.support.desk_scene import Visitor
from tests.support.web_scene import make_settings

DISCLOSED = (Kind.DISCLOSURE_PLAYED, {"text_version": "v", "language": "en", "is_complete": True})
ANSWER = {
    "turn": 1,
    "intent": "order_status",
    "verdict": "answered",
    "expects": {"step": "anything_else"},
    "timings": {"time_to_first_audio_s": 0.62},
}
ANSWERED = (Kind.TURN_ANSWERED, ANSWER)
HEARD = (Kind.UTTERANCE_HEARD, {"turn": 1, "text": "where is it <b>now</b>", "asr_confidence": 0.9})


@dataclass
class InsightsServices:
    """Implements what the insights pages need of the services."""

    settings: Settings
    clock: SteeredClock
    records: SqlCallRecords
    feed: Feed
    tally: SqlTally
    notices: SqlNotices
    owners: Mapping[str, str]
    policy: ServicePolicy


class InsightsScene:
    """Records and their tally on one steered clock, and the pages over them."""

    def __init__(self, folder: Path, url: str | None = None, now: datetime = START, **changed: Any) -> None:
        url = url or f"sqlite:///{folder}/ivr.db"
        self.clock, self.feed = SteeredClock(now), Feed()
        self.engine = open_engine(url)
        metadata.create_all(self.engine)
        self.records = SqlCallRecords(self.engine, self.feed, self.clock)
        self.tally = self.another_tally()
        self.notices = SqlNotices(self.engine)
        owners = {"order_status": "Logistics"}
        settings = make_settings(database_url=url, **changed)
        self.services = InsightsServices(
            settings, self.clock, self.records, self.feed, self.tally, self.notices, owners, ServicePolicy()
        )
        self.app = Flask(__name__)
        self.app.testing = True
        self.app.register_blueprint(create_sign_in_blueprint(self.services))
        self.app.register_blueprint(create_insights_blueprint(self.services))

    def another_tally(self) -> SqlTally:
        """Return another process's way to count the same calls."""
        return SqlTally(self.engine, ZoneInfo("Europe/Stockholm"), lambda number: f"key of {number}")

    def all_sums(self) -> set[tuple[object, ...]]:
        """Return everything that is summed up, as it is stored."""
        with self.engine.begin() as connection:
            return {tuple(row) for row in connection.execute(select(figure_sums))}

    def call(self, call_id: str, *kinds: tuple[Kind, dict[str, Any]], caller: str | None = "+46701") -> None:
        """Put a call on record, a second between its events."""
        self.records.open_call(call_id, caller, "+468", "en")
        self.records.append(call_id, Kind.CALL_STARTED, caller_known=True, release="r1")
        for kind, facts in kinds:
            self.clock.advance(1)
            self.records.append(call_id, kind, **facts)

    def solved_call(self, call_id: str, caller: str | None = "+46701") -> None:
        """Put a call on record that the bot answered and ended."""
        self.call(
            call_id,
            DISCLOSED,
            HEARD,
            ANSWERED,
            (Kind.CALL_ENDED, {"outcome": "solved_by_bot"}),
            caller=caller,
        )

    def desk(self, post: Post | None = None) -> InsightsDesk:
        """Return what `ivr insights` works with."""
        owners, zone = self.services.owners, ZoneInfo("Europe/Stockholm")
        return InsightsDesk(self.tally, owners, zone, "Nordlys", "SEK", "http://127.0.0.1:8080", post)

    def catch_up(self) -> None:
        """Count everything there is to count."""
        while self.tally.catch_up(self.clock.now()):
            pass

    def reader(self, role: Role = Role.ANALYST) -> Visitor:
        """Return the browser of somebody who has signed in."""
        link = new_link(self.services.settings, self.clock.now(), role)
        visitor = Visitor(self.app.test_client())
        assert (
            visitor.signs_in(link.removeprefix(self.services.settings.public_url), "Erik").status_code == 303
        )
        return visitor
