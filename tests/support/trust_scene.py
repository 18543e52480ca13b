"""The trust pages over calls in a real database, and people who look at them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from ivr.config import Settings
from ivr.insights.owners import load_owners
from ivr.privacy.command import PrivacyOffice
from ivr.records.kinds import Kind
from ivr.records.sql_records import SqlCallRecords
from ivr.roles import Role
from ivr.trust.listening import Listening
from ivr.trust.sql_tape_records import SqlTapeRecords
from ivr.trust.sql_trust_records import SqlTrustRecords
from ivr.web.about import create_about_blueprint
from ivr.web.sign_in import create_sign_in_blueprint
from ivr.web.staff.sessions import new_link
from ivr.web.trust import create_trust_blueprint
from tests.fakes.steered_clock import SteeredClock
from tests.support.desk_scene import Visitor
from tests.support.privacy_scene import ANNA, BO, PrivacyScene
from tests.support.web_scene import make_settings

ROOT = Path(__file__).parents[2]


@dataclass
class TrustServices:
    """Implements what the trust pages need of the services."""

    settings: Settings
    clock: SteeredClock
    records: SqlCallRecords
    privacy: PrivacyOffice
    trust: SqlTrustRecords
    owners: Mapping[str, str]
    listening: Listening


class TrustScene(PrivacyScene):
    """Calls, and an application with the trust file and the public page."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        super().__init__(folder)
        self.trust = SqlTrustRecords(self.engine, self.clock)
        known = {
            "database_url": f"sqlite:///{self.file}",
            "data_dir": folder,
            "nlu_data_dir": ROOT / "nlu_data",
        }
        self.services = TrustServices(
            make_settings(**{**known, **settings}),
            self.clock,
            self.records,
            self.office,
            self.trust,
            load_owners(ROOT / "nlu_data"),
            Listening(SqlTapeRecords(self.engine), self.privacy.visited, self.shelf.read_recording),
        )
        self.records.enlist_agents([("Erik", "+46850000001")])
        self.app = Flask(__name__)
        self.app.testing = True
        self.app.register_blueprint(create_sign_in_blueprint(self.services))
        self.app.register_blueprint(create_trust_blueprint(self.services))
        self.app.register_blueprint(create_about_blueprint(self.services))

    def some_life(self) -> None:
        """Put calls, a request, a hold, an erasing and a night on record."""
        for number in range(4):
            self.call(f"CA{number}")
            self.records.append(f"CA{number}", Kind.TURN_ANSWERED, turn=1, intent="order_status")
            self.clock.advance(600)
        self.privacy.open_request("471200", "CA1", "copy", None)
        self.privacy.open_request("471201", "CA2", "deletion", None)
        self.call("CB1", caller=BO)
        self.eraser.erase(self.privacy.find(BO), "Eva")
        self.privacy.hold(["CA3"], "dispute 17 about a parcel", "Eva")
        self.retention.run()
        self.is_recorded("CA1")
        self.privacy.visited("RE" + "1" * 32, "CA1", "Eva", "listened")

    def is_recorded(self, call_id: str, purpose: str = "quality") -> None:
        """Put a recording of a call on record and at the network."""
        rows, now = SqlTapeRecords(self.engine), self.clock.now()
        rows.open(call_id, purpose, "key", "1a2b3c4d", now, now + timedelta(seconds=2.4))
        rows.started(call_id, "RE" + "1" * 32)
        self.shelf.there.setdefault(call_id, []).append("RE" + "1" * 32)

    def reader(self, role: Role = Role.SUPERVISOR, name: str = "Eva") -> Visitor:
        """Return the browser of somebody who has signed in."""
        link = new_link(self.services.settings, self.clock.now(), role)
        visitor = Visitor(self.app.test_client())
        visitor.signs_in(link.removeprefix(self.services.settings.public_url), name)
        return visitor


__all__ = ["ANNA", "TrustScene"]
