"""The one place where everything is wired: settings in, a running service out."""

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flask import Flask
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from ivr import log
from ivr.audio.voice_activity import VoiceActivity, open_session
from ivr.calls.calls import Calls, MakeWatch
from ivr.calls.ear import Ear
from ivr.calls.engines import Engines
from ivr.calls.recorded_speech import RecordedSpeech
from ivr.clock import Clock, SystemClock
from ivr.config import Settings, load
from ivr.conversation.conversation import Pace
from ivr.conversation.language_choice import Languages
from ivr.conversation.language_settings import read_languages
from ivr.dialogue.actions import Actions
from ivr.dialogue.composite_dialogue import CompositeDialogue
from ivr.dialogue.dialogue import Dialogue
from ivr.dialogue.keyword_dialogue import KeywordDialogue
from ivr.dialogue.order_check import OrderCheck
from ivr.dialogue.rasa_dialogue import RasaDialogue
from ivr.dialogue.recorded_privacy import RecordedPrivacyDesk
from ivr.dialogue.resilient_dialogue import ResilientDialogue
from ivr.dialogue.serving_rasa import ServingRasa
from ivr.dialogue.try_limits import MemoryTryLimits
from ivr.dialogue.wording import Wording
from ivr.handoff.callback_desk import CallbackDesk
from ivr.handoff.desk_actions import DeskActions
from ivr.handoff.desk_policy import load_dispositions
from ivr.handoff.desk_records import DeskRecords
from ivr.handoff.desk_supervision import DeskSupervision
from ivr.handoff.desk_wrap_up import DeskWrapUp
from ivr.handoff.elsewhere import OwnRouting, Routing, TaskRouterRouting
from ivr.handoff.follow_up_records import FollowUpRecords
from ivr.handoff.house_switch import PeopleFirst
from ivr.handoff.joined_call import JoinedCall
from ivr.handoff.messages import Messages
from ivr.handoff.opening_hours import ServicePolicy, load_policy
from ivr.handoff.routing import read_agents, read_workflow
from ivr.handoff.texts import Texts
from ivr.handoff.transfer_desk import TransferDesk
from ivr.insights.owners import load_owners
from ivr.insights.sql_tally import SqlTally
from ivr.insights.tally import Tally
from ivr.metrics import ServiceFigures, make_registry
from ivr.nlu.trial import trial
from ivr.orders.demo_shop import seed
from ivr.orders.http_order_book import HttpOrderBook
from ivr.orders.http_shop import HttpShop
from ivr.orders.order_book import OrderBook
from ivr.orders.shop import Shop
from ivr.orders.sql_order_book import SqlOrderBook
from ivr.orders.sql_shop import SqlShop
from ivr.records.database import open_engine, upgrade
from ivr.records.earlier_contacts import SqlEarlierContacts, ids_since
from ivr.records.feed import Feed
from ivr.records.journaled_records import JournaledRecords
from ivr.records.sql_desk_records import SqlDeskRecords
from ivr.records.sql_follow_up_records import SqlFollowUpRecords
from ivr.records.sql_records import SqlCallRecords
from ivr.records.store import CallRecords, RecordsUnavailable
from ivr.running.model_watch import free_port
from ivr.running.run_command import RASA_PYTHON
from ivr.speech.first_that_speaks import FirstThatSpeaks
from ivr.speech.hibari_synthesizer import HibariSynthesizer
from ivr.speech.piper_synthesizer import PiperSynthesizer
from ivr.speech.piper_voices import read_piper_voices
from ivr.speech.prompt_cache import PromptCache
from ivr.speech.pyttsx3_synthesizer import Pyttsx3Synthesizer
from ivr.speech.synthesizer import Synthesizer
from ivr.speech.transcriber import Transcriber
from ivr.speech.transcription_pool import TranscriptionPool
from ivr.speech.weights import ModelFolder
from ivr.telephony.twilio_http import PatientHttpClient
from ivr.telephony.twilio_recordings import TwilioRecordings, api_base
from ivr.telephony.twilio_switchboard import TwilioSwitchboard
from ivr.triage.call_watch import open_watches
from ivr.triage.command import StoredCalls
from ivr.web.app import create_app
from ivr.web.rasa_actions import create_rasa_actions_blueprint

EXECUTOR_THREADS = 32
SWEEP_S = 1.0
COUNT_S = 2.0
PURGE_S = 600.0

_log = log.get("bootstrap")


@dataclass(frozen=True)
class WiredServices:
    """Everything the web application is built around."""

    settings: Settings
    clock: Clock
    records: CallRecords
    feed: Feed
    wording: Wording
    prompts: PromptCache
    desk: TransferDesk
    desk_records: DeskRecords
    follow_ups: FollowUpRecords
    desk_actions: DeskActions
    desk_wrap_up: DeskWrapUp
    supervision: DeskSupervision
    joined_call: JoinedCall
    messages: Messages
    texts: Texts
    callbacks: CallbackDesk
    recorded_speech: RecordedSpeech
    policy: ServicePolicy
    tally: Tally
    owners: Mapping[str, str]
    calls: Calls
    metrics: CollectorRegistry
    actions: Actions
    readiness: Mapping[str, Callable[[], bool]]


def create_service() -> Flask:
    """Read the settings, wire the service, start its background work and return the application."""
    settings = load()
    log.configure(settings.log_level, settings.log_personal_data)
    services = wire(settings)
    services.prompts.warm(
        (prompt.text, prompt.language)
        for language in settings.languages_in_use()
        for prompt in services.wording.fixed_prompts(language)
    )
    threading.Thread(target=_sweep, args=(services,), name="sweep", daemon=True).start()
    threading.Thread(target=_count, args=(services,), name="tally", daemon=True).start()
    return create_app(services)


def wire(settings: Settings) -> WiredServices:
    """Build every part. Starts the speech recognition processes."""
    clock = SystemClock()
    executor = ThreadPoolExecutor(EXECUTOR_THREADS, thread_name_prefix="engine")
    database = open_engine(settings.database_url)
    feed = Feed()
    records = JournaledRecords(SqlCallRecords(database, feed, clock), settings.data_dir / "journal", clock)
    wording = Wording.load(settings.nlu_data_dir, settings.company_name)
    prompts = PromptCache(
        settings.data_dir / "prompts", make_voice(settings), _prompt_secret(settings), clock
    )
    orders = make_order_book(settings, database)
    dialogue = make_dialogue(settings, wording, clock)
    switchboard = make_switchboard(settings, clock)
    policy = load_policy(settings.nlu_data_dir)
    desk = TransferDesk(
        records,
        switchboard,
        wording,
        read_agents(settings.agents),
        clock,
        settings.agent_ring_s,
        executor,
        policy.hours,
        make_routing(settings),
    )
    hearing = TranscriptionPool(transcriber_factory(settings), settings.transcriber_workers)
    desk_records = SqlDeskRecords(database, clock)
    follow_ups = SqlFollowUpRecords(database, clock)
    callbacks = CallbackDesk(
        records,
        follow_ups,
        desk_records,
        switchboard,
        desk.roster,
        policy,
        executor,
        clock,
        settings.agent_ring_s,
    )
    desk.roster.also_busy = callbacks.busy_agents
    recorded_speech = RecordedSpeech(make_shelf(settings, clock), hearing)
    people_first = PeopleFirst(desk_records, clock)
    engines = Engines(
        prompts, hearing, dialogue, desk, records, executor, clock, is_people_first=people_first.is_on
    )
    contacts = SqlEarlierContacts(database)
    watches = open_watches(settings.nlu_data_dir, settings.data_dir, records, contacts, policy.hours, clock)
    calls = make_calls(settings, engines, wording, watches)
    metrics = make_registry(ServiceFigures(calls, hearing))
    caller_of = partial(_caller_of, records)
    pause = time.sleep  # noqa: TID251  the order check's adapter to real time
    order_check = OrderCheck(orders, MemoryTryLimits(clock), clock, pause, caller_of)
    readiness = {
        "records": records.is_ready,
        "orders": orders.is_ready,
        "dialogue": dialogue.is_ready,
        "transcription": hearing.is_ready,
    }
    return WiredServices(
        settings=settings,
        clock=clock,
        records=records,
        feed=feed,
        wording=wording,
        prompts=prompts,
        desk=desk,
        desk_records=desk_records,
        follow_ups=follow_ups,
        messages=Messages(records, follow_ups, desk, recorded_speech, executor, clock.monotonic),
        callbacks=callbacks,
        texts=Texts(records, follow_ups, switchboard, executor, clock),
        recorded_speech=recorded_speech,
        policy=policy,
        tally=SqlTally(database, policy.hours.zone, _number_key(settings)),
        owners=load_owners(settings.nlu_data_dir),
        desk_actions=DeskActions(records, desk, switchboard),
        desk_wrap_up=DeskWrapUp(records, desk_records, load_dispositions(settings.nlu_data_dir)),
        supervision=DeskSupervision(records, desk, people_first),
        joined_call=JoinedCall(records, desk, switchboard),
        calls=calls,
        metrics=metrics,
        actions=Actions(
            order_check,
            make_shop(settings, database, clock),
            RecordedPrivacyDesk(records),
            lambda: clock.now().date(),
        ),
        readiness=readiness,
    )


def make_routing(settings: Settings) -> Routing:
    """Return who finds people: our desk, or a company's contact centre."""
    workflow_sid = read_workflow(settings.routing)
    return OwnRouting() if workflow_sid is None else TaskRouterRouting(workflow_sid)


def make_voice(settings: Settings) -> Synthesizer:
    """Return the voices asked for: Piper's first where one is set, espeak-ng's last."""
    piper = read_piper_voices(settings.piper_voices)
    voices: list[Synthesizer] = [PiperSynthesizer(piper)] if piper else []
    if settings.voice == "hibari":
        voices.append(HibariSynthesizer())
    return FirstThatSpeaks([*voices, Pyttsx3Synthesizer()])


def transcriber_factory(settings: Settings) -> Callable[[int], Transcriber]:
    """Return what a worker process calls, with its number of threads, to load its engine."""
    folder = ModelFolder(settings.data_dir)
    is_fast = settings.transcriber == "faster-whisper"
    model = (
        folder.faster_whisper(settings.whisper_model) if is_fast else folder.whisper(settings.whisper_model)
    )
    load_engine = _load_faster_whisper if is_fast else _load_whisper
    return partial(load_engine, model, folder.voice_activity)


def make_order_book(settings: Settings, database: Engine) -> OrderBook:
    """Return the shop's own orders where its address is set, the demo shop otherwise."""
    if settings.orders_url is None:
        return SqlOrderBook(database)
    token = settings.orders_token.get_secret_value() if settings.orders_token else None
    return HttpOrderBook(settings.orders_url, token)


def make_shop(settings: Settings, database: Engine, clock: Clock) -> Shop:
    """Return the shop's own system where its address is set, the demo shop otherwise."""
    if settings.orders_url is None:
        return SqlShop(database, clock)
    token = settings.orders_token.get_secret_value() if settings.orders_token else None
    return HttpShop(settings.orders_url, token)


def make_dialogue(settings: Settings, wording: Wording, clock: Clock) -> ResilientDialogue:
    """Return Rasa, with keywords behind it."""
    serving = ServingRasa(settings.rasa_url, settings.data_dir / "rasa" / "serving.json")
    token = settings.rasa_token.get_secret_value()
    rasa = RasaDialogue(serving, token, wording, settings.rasa_timeout_s)
    return ResilientDialogue(CompositeDialogue(rasa, wording), KeywordDialogue(wording), clock)


def open_trial(settings: Settings, model: Path) -> AbstractContextManager[Dialogue]:
    """Start a Rasa of its own with a model, over a fresh demo shop, for trying the model out."""
    wording = Wording.load(settings.nlu_data_dir, settings.company_name)

    def dialogue(url: str, token: str) -> RasaDialogue:
        return RasaDialogue(url, token, wording, timeout_s=10.0)

    return trial(model, RASA_PYTHON.parent.parent, _trial_actions, dialogue, free_port)


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


def make_switchboard(settings: Settings, clock: Clock) -> TwilioSwitchboard:
    """Return the phone network's REST side."""
    return TwilioSwitchboard(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        settings.twilio_number,
        settings.public_url,
        PatientHttpClient(clock, settings.twilio_api_url),
        settings.twilio_region,
        settings.twilio_edge,
    )


def make_shelf(settings: Settings, clock: Clock) -> TwilioRecordings:
    """Return where the network keeps recordings until they were heard."""
    api = api_base(settings.twilio_api_url, settings.twilio_region, settings.twilio_edge)
    token = settings.twilio_auth_token.get_secret_value()
    return TwilioRecordings(settings.twilio_account_sid, token, api, clock)


def make_calls(
    settings: Settings, engines: Engines, wording: Wording, make_watch: MakeWatch | None = None
) -> Calls:
    """Return the calls with the bot, each with its own ear on one shared voice activity model."""
    session = open_session(ModelFolder(settings.data_dir).voice_activity)
    shelf = make_shelf(settings, engines.clock)
    return Calls(
        engines,
        wording,
        lambda: Ear(VoiceActivity(session)),
        shelf.take_recording,
        Pace(settings.no_input_s, settings.no_input_again_s),
        settings.language,
        settings.max_call_s,
        settings.most_calls,
        Languages(read_languages(settings.languages)),
        make_watch,
    )


def open_stored_calls(settings: Settings) -> StoredCalls:
    """Return the calls in the database, for `ivr policy`."""
    database = open_engine(settings.database_url)
    return StoredCalls(SqlCallRecords(database, Feed(), SystemClock()), partial(ids_since, database))


def _load_whisper(model: Path, voice_activity: Path, threads: int) -> Transcriber:
    from ivr.speech.whisper_transcriber import WhisperTranscriber  # loads PyTorch: workers only

    return WhisperTranscriber(model, voice_activity, threads)


def _load_faster_whisper(model: Path, voice_activity: Path, threads: int) -> Transcriber:
    from ivr.speech.faster_whisper_transcriber import FasterWhisperTranscriber  # an extra: not always there

    return FasterWhisperTranscriber(model, voice_activity, threads)


def _prompt_secret(settings: Settings) -> str:
    return hashlib.sha256(
        b"prompt names:" + settings.twilio_auth_token.get_secret_value().encode()
    ).hexdigest()


def _caller_of(records: CallRecords, call_id: str) -> str | None:
    try:
        row = records.call(call_id)
    except RecordsUnavailable:
        return None  # an unknown caller is checked by the other limits
    return row.caller if row is not None else None


def _count(services: WiredServices) -> None:
    """Count calls for the insights pages as they go; what cannot be read now is counted next time."""
    pause = threading.Event()
    while not pause.wait(COUNT_S):
        try:
            services.tally.catch_up(services.clock.now())
        except RecordsUnavailable as problem:
            _log.warning("not_counted", reason=str(problem))


def _number_key(settings: Settings) -> Callable[[str], str]:
    """Return what turns a phone or order number into a key that only this service's token could tell."""
    secret = b"number keys:" + settings.twilio_auth_token.get_secret_value().encode()
    return lambda number: hmac.new(secret, number.encode(), hashlib.sha256).hexdigest()[:32]


def _sweep(services: WiredServices) -> None:
    """Look after what no webhook will ever tell: lost callbacks, quiet calls, old personal audio."""
    purged_at = services.clock.monotonic()
    pause = threading.Event()
    while not pause.wait(SWEEP_S):
        services.desk.sweep()
        services.messages.sweep()
        services.texts.sweep()
        services.callbacks.sweep()
        services.calls.sweep()
        if services.clock.monotonic() - purged_at > PURGE_S:
            purged_at = services.clock.monotonic()
            services.prompts.purge_personal(services.clock.now())
