"""The service's real web application on a real port, without weights and without Rasa."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from ivr.calls.calls import Calls
from ivr.calls.ear import Ear
from ivr.calls.engines import Engines
from ivr.clock import Clock, SystemClock
from ivr.config import Settings
from ivr.conversation.patience import Pace
from ivr.dialogue.actions import Actions
from ivr.dialogue.keyword_dialogue import KeywordDialogue
from ivr.dialogue.wording import Wording
from ivr.handoff.callback_desk import CallbackDesk
from ivr.handoff.desk_actions import DeskActions
from ivr.handoff.desk_policy import DISPOSITIONS
from ivr.handoff.desk_supervision import DeskSupervision
from ivr.handoff.desk_wrap_up import DeskWrapUp
from ivr.handoff.house_switch import PeopleFirst
from ivr.handoff.joined_call import JoinedCall
from ivr.handoff.opening_hours import CallbackTerms, ServicePolicy
from ivr.handoff.transfer_desk import TransferDesk
from ivr.knowledge.library import Library
from ivr.records.database import open_engine, upgrade
from ivr.records.feed import Feed
from ivr.records.sql_desk_records import SqlDeskRecords
from ivr.records.sql_follow_up_records import SqlFollowUpRecords
from ivr.records.sql_records import SqlCallRecords
from ivr.speech.prompt_cache import PromptCache
from ivr.web.app import create_app
from tests.fakes.inline_engines import ScriptedHearing, heard
from tests.fakes.scripted_switchboard import ScriptedSwitchboard
from tests.fakes.steered_line import LoudnessActivity
from tests.fakes.tone_synthesizer import ToneSynthesizer
from tests.support.order_desk import OrderDesk
from tests.support.signing import sign
from tests.support.transfer_scene import ANNA, BO

ROOT = Path(__file__).parents[2]
ACCOUNT, TOKEN = "AC" + "a" * 32, "secret"
ACTIONS_TOKEN = "token-of-the-actions"
PUBLIC_URL = "https://bot.example"
MOST_UTTERANCES = 200


class QuietRequestHandler(WSGIRequestHandler):
    """Writes no line per request."""

    def log(self, type: str, message: str, *arguments: Any) -> None:
        """Say nothing."""


POLICY = ServicePolicy(callbacks=CallbackTerms(0, 24))  # whatever the hour at which the tests run


@dataclass(frozen=True)
class WiredForTest:
    """Implements the web's Services: everything real but ears, voice, Rasa and the phone network."""

    settings: Settings
    clock: Clock
    records: SqlCallRecords
    feed: Feed
    wording: Wording
    prompts: PromptCache
    desk: TransferDesk
    desk_records: SqlDeskRecords
    desk_actions: DeskActions
    desk_wrap_up: DeskWrapUp
    supervision: DeskSupervision
    joined_call: JoinedCall
    follow_ups: SqlFollowUpRecords
    callbacks: CallbackDesk
    switchboard: ScriptedSwitchboard
    calls: Calls
    actions: Actions
    library: Library
    readiness: Mapping[str, Callable[[], bool]] = field(default_factory=dict)

    def release(self) -> str:
        """Return the name of what serves."""
        return "r1"


@dataclass(frozen=True)
class ServiceInProcess:
    """A running service; `post` plays the network."""

    port: int
    services: WiredForTest
    database: Path

    @property
    def url(self) -> str:
        """Return where the service listens."""
        return f"http://127.0.0.1:{self.port}"

    def post(
        self,
        path: str,
        form: Mapping[str, str | list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
        **fields: str,
    ) -> requests.Response:
        """Post a webhook, signed over the public URL as the network signs it."""
        sent = {"AccountSid": ACCOUNT, "CallStatus": "in-progress"} | dict(form or {}) | fields
        listed = {name: value if isinstance(value, list) else [value] for name, value in sent.items()}
        signed = {"X-Twilio-Signature": sign(TOKEN, PUBLIC_URL + path, listed)}
        return requests.post(self.url + path, data=sent, headers=signed | dict(headers or {}), timeout=20)

    def stored_calls(self) -> int:
        """Return how many calls are on record."""
        with closing(sqlite3.connect(self.database)) as connection:
            return int(connection.execute("SELECT count(*) FROM calls").fetchone()[0])


@contextmanager
def service_in_process(folder: Path, **changes: Any) -> Iterator[ServiceInProcess]:
    """Serve until the end of the block; `changes` are settings."""
    executor = ThreadPoolExecutor(8, thread_name_prefix="engine")
    services = _wire(folder, executor, changes)
    server = make_server(
        "127.0.0.1", 0, create_app(services), threaded=True, request_handler=QuietRequestHandler
    )
    serving = threading.Thread(target=server.serve_forever, name="serving")
    serving.start()
    try:
        yield ServiceInProcess(server.server_port, services, folder / "ivr.db")
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
        executor.shutdown()


def _wire(folder: Path, executor: ThreadPoolExecutor, changes: dict[str, Any]) -> WiredForTest:
    known = {
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": TOKEN,
        "actions_token": ACTIONS_TOKEN,
        "public_url": PUBLIC_URL,
        "database_url": f"sqlite:///{folder / 'ivr.db'}",
    }
    settings = Settings(_env_file=None, **(known | changes))
    clock, feed = SystemClock(), Feed()
    upgrade(settings.database_url)
    database = open_engine(settings.database_url)
    records = SqlCallRecords(database, feed, clock, terms=POLICY.callbacks)
    wording = Wording.load(ROOT / "nlu_data", "Nordlys")
    prompts = PromptCache(folder / "prompts", ToneSynthesizer(), "secret", clock)
    switchboard = ScriptedSwitchboard()
    desk = TransferDesk(records, switchboard, wording, (ANNA, BO), clock, 25, executor)
    hearing = ScriptedHearing(*[heard("where is my order")] * MOST_UTTERANCES)
    desk_records = SqlDeskRecords(database, clock)
    people_first = PeopleFirst(desk_records, clock)
    engines = Engines(
        prompts, hearing, KeywordDialogue(wording), desk, records, executor, clock, people_first.is_on
    )
    calls = Calls(
        engines,
        wording,
        lambda: Ear(LoudnessActivity()),
        lambda sid: None,
        Pace(),
        "en",
        settings.max_call_s,
        most_calls=10_000,
    )
    actions = OrderDesk().actions
    desk_actions = DeskActions(records, desk, switchboard)
    follow_ups = SqlFollowUpRecords(database, clock)
    return WiredForTest(
        settings,
        clock,
        records,
        feed,
        wording,
        prompts,
        desk,
        desk_records,
        desk_actions,
        DeskWrapUp(records, desk_records, DISPOSITIONS),
        DeskSupervision(records, desk, people_first),
        JoinedCall(records, desk, switchboard),
        follow_ups,
        CallbackDesk(
            records,
            follow_ups,
            desk_records,
            switchboard,
            desk.roster,
            POLICY,
            executor,
            clock,
            25,
        ),
        switchboard,
        calls,
        actions,
        Library.load(ROOT / "nlu_data"),
    )
