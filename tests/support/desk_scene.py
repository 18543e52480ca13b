"""The desk with real records and a phone network in the test's hands, in the test's own time."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ivr.config import Settings
from ivr.handoff.callback_desk import CallbackDesk
from ivr.handoff.case import Case
from ivr.handoff.desk_actions import DeskActions
from ivr.handoff.desk_policy import DISPOSITIONS
from ivr.handoff.desk_supervision import DeskSupervision
from ivr.handoff.desk_wrap_up import DeskWrapUp
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.house_switch import PeopleFirst
from ivr.handoff.joined_call import JoinedCall
from ivr.handoff.opening_hours import ServicePolicy
from ivr.handoff.transfer_desk import TransferDesk
from ivr.knowledge.library import Library
from ivr.records.database import open_engine
from ivr.records.feed import Feed
from ivr.records.kinds import Kind
from ivr.records.models import metadata
from ivr.records.sql_desk_records import SqlDeskRecords
from ivr.records.sql_follow_up_records import SqlFollowUpRecords
from ivr.records.sql_records import SqlCallRecords
from ivr.records.store import TransferRow
from ivr.roles import Role
from ivr.web.desk import create_desk_blueprint
from ivr.web.sign_in import create_sign_in_blueprint
from ivr.web.staff.sessions import new_link
from tests.fakes.plain_wording import PlainWording
from tests.fakes.queued_executor import QueuedExecutor
from tests.fakes.scripted_switchboard import ScriptedSwitchboard
from tests.fakes.steered_clock import SteeredClock
from tests.support.running_system import ROOT
from tests.support.transfer_scene import ANNA, BO, CALLER, RING_S
from tests.support.web_scene import make_settings

NUMBER = "+46701234567"


@dataclass
class DeskServices:
    """Implements what the desk needs of the services."""

    settings: Settings
    clock: SteeredClock
    records: SqlCallRecords
    feed: Feed
    desk: TransferDesk
    desk_records: SqlDeskRecords
    desk_actions: DeskActions
    desk_wrap_up: DeskWrapUp
    supervision: DeskSupervision
    joined_call: JoinedCall
    follow_ups: SqlFollowUpRecords
    callbacks: CallbackDesk
    library: Library


class DeskScene:
    """Callers who ask for a person, two agents, and browsers that visit the desk."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.clock, feed = SteeredClock(), Feed()
        database_url = f"sqlite:///{folder / 'ivr.db'}"
        self.engine = engine = open_engine(database_url)
        metadata.create_all(engine)
        self.records = SqlCallRecords(engine, feed, self.clock)
        self.switchboard, self.executor = ScriptedSwitchboard(), QueuedExecutor()
        self.desk = TransferDesk(
            self.records, self.switchboard, PlainWording(), (ANNA, BO), self.clock, RING_S, self.executor
        )
        self.desk.sweep()  # as once a second: the agents are on record from the start
        self.settings = make_settings(database_url=database_url, **settings)
        self.desk_records = SqlDeskRecords(engine, self.clock)
        self.actions = DeskActions(self.records, self.desk, self.switchboard)
        self.app = Flask(__name__)
        self.app.testing = True
        follow_ups = SqlFollowUpRecords(engine, self.clock)
        self.services = DeskServices(
            self.settings,
            self.clock,
            self.records,
            feed,
            self.desk,
            self.desk_records,
            self.actions,
            DeskWrapUp(self.records, self.desk_records, DISPOSITIONS),
            DeskSupervision(self.records, self.desk, PeopleFirst(self.desk_records, self.clock)),
            JoinedCall(self.records, self.desk, self.switchboard),
            follow_ups,
            CallbackDesk(
                self.records,
                follow_ups,
                self.desk_records,
                self.switchboard,
                self.desk.roster,
                ServicePolicy(),
                self.executor,
                self.clock,
                RING_S,
            ),
            Library.load(ROOT / "nlu_data"),
        )
        self.app.register_blueprint(create_sign_in_blueprint(self.services))
        self.app.register_blueprint(create_desk_blueprint(self.services))

    def caller_asks(self, call_id: str = CALLER, **case: Any) -> TransferRow:
        """Put a caller on the line who asks for a person, and let the first agent's phone ring."""
        known: dict[str, Any] = {
            "reason": EscalationReason.ASKED_FOR_PERSON,
            "caller_number": NUMBER,
            "wanted": "where is my parcel",
        }
        self.records.open_call(call_id, NUMBER, "+46850000000", "en")
        self.switchboard.live(call_id)
        wanted = (known | case)["wanted"]
        self.records.append(call_id, Kind.UTTERANCE_HEARD, turn=1, text=wanted, asr_confidence=0.9)
        transfer_id = self.desk.request(Case(call_id, "en", **(known | case)))
        self.executor.run()
        return self.row(transfer_id)

    def row(self, transfer_id: str) -> TransferRow:
        """Return how the transfer stands."""
        row = self.records.transfer(transfer_id)
        assert row is not None
        return row

    def answer_phone(self, row: TransferRow) -> None:
        """Let the agent who is asked pick up."""
        assert row.agent_call_id is not None
        self.switchboard.legs[row.agent_call_id] = "in-progress"
        self.desk.agent_answered(row.transfer_id, len(row.tried), row.agent_call_id)

    def link(self, role: Role = Role.AGENT) -> str:
        """Return the path of a new sign-in link."""
        return new_link(self.settings, self.clock.now(), role).removeprefix(self.settings.public_url)

    def visitor(self) -> "Visitor":
        """Return a browser nobody is signed in with."""
        return Visitor(self.app.test_client())

    def agent(self, name: str, role: Role = Role.AGENT) -> "Visitor":
        """Return a browser somebody is signed in with, as an agent if nothing else is said."""
        visitor = self.visitor()
        assert visitor.signs_in(self.link(role), name).status_code == 303
        return visitor

    def kinds(self, call_id: str = CALLER) -> list[str]:
        """Return what happened in a call."""
        return [event.kind for event in self.records.events(call_id)]


class Visitor:
    """A browser at the desk, over https."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def sees(self, path: str = "/desk") -> TestResponse:
        """Open a page."""
        return self.client.get(path, base_url="https://bot.example")

    def signs_in(self, link: str, name: str) -> TestResponse:
        """Use a link."""
        form = {"link": link.partition("link=")[2], "name": name}
        return self.client.post("/staff/sign-in", data=form, base_url="https://bot.example")

    def does(self, path: str, **fields: str) -> TestResponse:
        """Post a form as the page's script does, with the page's CSRF token."""
        token = re.search(r'data-csrf="([^"]+)"', self.sees().text)
        fields = {"csrf": token.group(1) if token else ""} | fields
        return self.posts(path, **fields)

    def posts(self, path: str, **fields: str) -> TestResponse:
        """Post a form as it is."""
        return self.client.post(path, data=fields, headers={"X-Staff": "1"}, base_url="https://bot.example")
