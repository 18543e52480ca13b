"""Parts of the service that commands use on their own, without the whole house."""

import secrets
import time
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from flask import Flask

from ivr.clock import SystemClock
from ivr.config import Settings
from ivr.dialogue.actions import Actions
from ivr.dialogue.composite_dialogue import CompositeDialogue
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.order_check import OrderCheck
from ivr.dialogue.rasa_dialogue import RasaDialogue
from ivr.dialogue.recorded_privacy import RecordedPrivacyDesk
from ivr.dialogue.spoken.codes import LETTER
from ivr.dialogue.try_limits import MemoryTryLimits
from ivr.dialogue.wording import Wording
from ivr.nlu.trial import trial
from ivr.orders.demo_shop import seed
from ivr.orders.sql_order_book import SqlOrderBook
from ivr.orders.sql_shop import SqlShop
from ivr.records.database import open_engine, upgrade
from ivr.records.earlier_contacts import ids_since
from ivr.records.feed import Feed
from ivr.records.sql_records import SqlCallRecords
from ivr.running.model_watch import free_port
from ivr.running.run_command import RASA_PYTHON
from ivr.triage.command import StoredCalls
from ivr.web.rasa_actions import create_rasa_actions_blueprint


def open_trial(settings: Settings, model: Path) -> AbstractContextManager[Dialogue]:
    """Start a Rasa of its own with a model, over a fresh demo shop, for trying the model out."""
    wording = Wording.load(
        settings.nlu_data_dir, settings.company_name, LETTER in settings.order_number_shape
    )

    def dialogue(url: str, token: str) -> CompositeDialogue:
        return CompositeDialogue(RasaDialogue(url, token, wording, timeout_s=10.0), wording)

    return trial(model, RASA_PYTHON.parent.parent, settings.data_dir, _trial_actions, dialogue, free_port)


def _trial_actions(folder: Path) -> tuple[Flask, str]:
    """Return the actions over a demo shop whose database lies in a folder, and the token they ask for."""
    clock = SystemClock()
    address = f"sqlite:///{folder / 'trial.db'}"
    upgrade(address)
    seed(address, clock.now().date())
    database = open_engine(address)
    limits = MemoryTryLimits(clock, per_order=10_000)  # many conversations share the shop's few orders
    pause = time.sleep  # noqa: TID251  the order check's adapter to real time
    check = OrderCheck(SqlOrderBook(database), limits, clock, pause, lambda _: None)
    privacy = RecordedPrivacyDesk(SqlCallRecords(database, Feed(), clock))
    actions = Actions(check, SqlShop(database, clock), privacy, lambda: clock.now().date())
    app, token = Flask("trial"), secrets.token_urlsafe(16)
    app.register_blueprint(create_rasa_actions_blueprint(actions, token))
    return app, token


def open_stored_calls(settings: Settings) -> StoredCalls:
    """Return the calls in the database, for `ivr policy`."""
    database = open_engine(settings.database_url)
    return StoredCalls(SqlCallRecords(database, Feed(), SystemClock()), partial(ids_since, database))
