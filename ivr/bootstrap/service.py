"""Wires every part of the service together, in one visible place."""

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial

from flask import Flask

from ivr import log
from ivr.audio.voice_activity import VoiceActivity, open_session
from ivr.bootstrap.adapters import (
    make_dialogue,
    make_order_book,
    make_routing,
    make_shelf,
    make_shop,
    make_switchboard,
    make_tape_deck,
    make_voice,
    open_encoder,
    transcriber_factory,
)
from ivr.bootstrap.background import count_calls, keep_promises, sweep, tell_of_figures
from ivr.bootstrap.briefings import make_briefings
from ivr.bootstrap.insights import make_courier, make_figure_watch, number_key, release_of
from ivr.bootstrap.privacy import make_listening, make_privacy_office, open_tickets
from ivr.bootstrap.studio import make_studio
from ivr.bootstrap.telemetry import start_traces
from ivr.bootstrap.wired import WiredServices
from ivr.calls.calls import Calls, MakeWatch
from ivr.calls.ear import Ear
from ivr.calls.engines import Engines
from ivr.calls.recorded_speech import RecordedSpeech
from ivr.calls.recorder import CallRecorder
from ivr.calls.turn_ends import open_turn_ends
from ivr.clock import SystemClock
from ivr.config import Settings, load
from ivr.conversation.language_choice import Languages
from ivr.conversation.language_settings import read_languages
from ivr.conversation.patience import Pace
from ivr.conversation.recording import read_purposes
from ivr.dialogue.actions import Actions
from ivr.dialogue.look_ups import RecordedLookUps
from ivr.dialogue.order_check import OrderCheck
from ivr.dialogue.recorded_privacy import RecordedPrivacyDesk
from ivr.dialogue.spoken.codes import LETTER
from ivr.dialogue.try_limits import MemoryTryLimits
from ivr.dialogue.wording import Wording
from ivr.handoff.callback_desk import CallbackDesk
from ivr.handoff.desk_actions import DeskActions
from ivr.handoff.desk_policy import load_dispositions
from ivr.handoff.desk_supervision import DeskSupervision
from ivr.handoff.desk_wrap_up import DeskWrapUp
from ivr.handoff.house_switch import PeopleFirst
from ivr.handoff.joined_call import JoinedCall
from ivr.handoff.messages import Messages
from ivr.handoff.opening_hours import load_policy
from ivr.handoff.routing import read_agents
from ivr.handoff.texts import Texts
from ivr.handoff.transfer_desk import TransferDesk
from ivr.insights.owners import load_owners
from ivr.insights.sql_notices import SqlNotices
from ivr.insights.sql_tally import SqlTally
from ivr.knowledge.library import Library
from ivr.metrics import ServiceFigures, make_registry
from ivr.privacy.kept_words import KeptWords
from ivr.records.database import open_engine
from ivr.records.earlier_contacts import SqlEarlierContacts
from ivr.records.feed import Feed
from ivr.records.journaled_records import JournaledRecords
from ivr.records.sql_desk_records import SqlDeskRecords
from ivr.records.sql_follow_up_records import SqlFollowUpRecords
from ivr.records.sql_records import SqlCallRecords
from ivr.records.store import CallRecords, RecordsUnavailable
from ivr.speech.prompt_cache import PromptCache
from ivr.speech.transcription_pool import TranscriptionPool
from ivr.speech.weights import ModelFolder
from ivr.triage.call_watch import open_watches
from ivr.trust.sql_tape_records import SqlTapeRecords
from ivr.trust.sql_trust_records import SqlTrustRecords
from ivr.web.app import create_app

EXECUTOR_THREADS = 32


def create_service() -> Flask:
    """Read the settings, wire the service, start its background work and return the application."""
    settings = load()
    log.configure(settings.log_level, settings.log_personal_data)
    log.guard_against_dumps()
    services = wire(settings)
    services.prompts.warm(
        (prompt.text, prompt.language)
        for language in settings.languages_in_use()
        for prompt in services.wording.fixed_prompts(language)
    )
    threading.Thread(target=sweep, args=(services,), name="sweep", daemon=True).start()
    threading.Thread(target=count_calls, args=(services,), name="tally", daemon=True).start()
    threading.Thread(target=tell_of_figures, args=(services,), name="figures", daemon=True).start()
    threading.Thread(target=keep_promises, args=(services,), name="promises", daemon=True).start()
    app = create_app(services)
    start_traces(app, services)
    return app


def wire(settings: Settings) -> WiredServices:
    """Build every part. Starts the speech recognition processes."""
    clock = SystemClock()
    executor = ThreadPoolExecutor(EXECUTOR_THREADS, thread_name_prefix="engine")
    database = open_engine(settings.database_url)
    feed = Feed()
    kept_words = KeptWords(frozenset(settings.company_name.lower().split()))
    policy = load_policy(settings.nlu_data_dir)
    records = JournaledRecords(
        SqlCallRecords(database, feed, clock, terms=policy.callbacks),
        settings.data_dir / "journal",
        clock,
        clean=kept_words.clean,
    )
    wording = Wording.load(
        settings.nlu_data_dir, settings.company_name, LETTER in settings.order_number_shape
    )
    prompts = PromptCache(
        settings.data_dir / "prompts", make_voice(settings), _prompt_secret(settings), clock
    )
    orders = make_order_book(settings, database)
    dialogue = make_dialogue(settings, wording, clock, orders)
    switchboard = make_switchboard(settings, clock)
    library = Library.load(settings.nlu_data_dir)
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
        make_briefings(settings, wording, prompts, kept_words.clean, clock),
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
    recorder = CallRecorder(
        read_purposes(settings.recording_purposes),
        records,
        SqlTapeRecords(database),
        make_tape_deck(settings),
        make_shelf(settings, clock),
        executor,
        clock,
    )
    encoder_of = cache(open_encoder)  # one for the ends of turns and the triage
    people_first = PeopleFirst(desk_records, clock)
    engines = Engines(
        prompts,
        hearing,
        dialogue,
        desk,
        records,
        executor,
        clock,
        is_people_first=people_first.is_on,
        ends=open_turn_ends(settings.data_dir, encoder_of),
        recorder=recorder,
    )
    contacts = SqlEarlierContacts(database)
    watches = open_watches(
        settings.nlu_data_dir, settings.data_dir, encoder_of, records, contacts, policy.hours, clock
    )
    calls = make_calls(settings, engines, wording, watches)
    metrics = make_registry(ServiceFigures(calls, hearing))
    caller_of = partial(_caller_of, records)
    pause = time.sleep  # noqa: TID251  the order check's adapter to real time
    look_ups = RecordedLookUps(records)
    order_check = OrderCheck(orders, MemoryTryLimits(clock), clock, pause, caller_of, look_ups=look_ups)
    readiness = {
        "records": records.is_ready,
        "orders": orders.is_ready,
        "dialogue": dialogue.is_ready,
        "transcription": hearing.is_ready,
    }
    tally = SqlTally(database, policy.hours.zone, number_key(settings))
    notices = SqlNotices(database)
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
        privacy=make_privacy_office(settings, database, clock),
        trust=SqlTrustRecords(database, clock),
        listening=make_listening(settings, database, clock),
        release=release_of(settings),
        tally=tally,
        notices=notices,
        figure_watch=make_figure_watch(settings, tally, notices, policy.hours.zone),
        courier=make_courier(settings, tally, notices, clock),
        owners=load_owners(settings.nlu_data_dir),
        studio=make_studio(settings, database, wording, hearing, clock),
        desk_actions=DeskActions(records, desk, switchboard),
        desk_wrap_up=DeskWrapUp(
            records, desk_records, load_dispositions(settings.nlu_data_dir, settings.agents_language)
        ),
        supervision=DeskSupervision(records, desk, people_first),
        joined_call=JoinedCall(records, desk, switchboard),
        calls=calls,
        metrics=metrics,
        actions=Actions(
            order_check,
            make_shop(settings, database, clock),
            RecordedPrivacyDesk(records, open_tickets(database, clock)),
            lambda: clock.now().date(),
            library,
            look_ups,
        ),
        library=library,
        readiness=readiness,
    )


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
