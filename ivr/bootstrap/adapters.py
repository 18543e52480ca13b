"""Which adapter stands behind each port, by the settings: the only file that chooses."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from ivr import log
from ivr.clock import Clock
from ivr.config import Settings
from ivr.dialogue.composite_dialogue import CompositeDialogue
from ivr.dialogue.keyword_dialogue import KeywordDialogue
from ivr.dialogue.rasa_dialogue import RasaDialogue
from ivr.dialogue.resilient_dialogue import ResilientDialogue
from ivr.dialogue.serving_rasa import ServingRasa
from ivr.dialogue.spoken.readings import IsKnown
from ivr.dialogue.wording import Wording
from ivr.embedding.e5_encoder import E5Encoder
from ivr.embedding.sentence_encoder import FOLDER, SentenceEncoder
from ivr.handoff.elsewhere import OwnRouting, Routing, TaskRouterRouting
from ivr.handoff.routing import read_workflow
from ivr.nlu.corpus import NOT_UNDERSTOOD, by_language, training_lines
from ivr.nlu.yaml_marks import BrokenFile
from ivr.orders.http_order_book import HttpOrderBook
from ivr.orders.http_shop import HttpShop
from ivr.orders.order_book import OrderBook, has_order
from ivr.orders.shop import Shop
from ivr.orders.sql_order_book import SqlOrderBook
from ivr.orders.sql_shop import SqlShop
from ivr.speech.first_that_speaks import FirstThatSpeaks
from ivr.speech.hibari_synthesizer import HibariSynthesizer
from ivr.speech.known_sentences import KnownSentences
from ivr.speech.piper_synthesizer import PiperSynthesizer
from ivr.speech.piper_voices import read_piper_voices
from ivr.speech.pyttsx3_synthesizer import Pyttsx3Synthesizer
from ivr.speech.synthesizer import Synthesizer
from ivr.speech.transcriber import Transcriber
from ivr.speech.weights import ModelFolder
from ivr.telephony.twilio_http import PatientHttpClient
from ivr.telephony.twilio_recordings import TwilioRecordings, api_base
from ivr.telephony.twilio_switchboard import TwilioSwitchboard
from ivr.telephony.twilio_tape_deck import TwilioTapeDeck

_log = log.get("adapters")


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


def transcriber_factory(settings: Settings, taught: bool = True) -> Callable[[int], Transcriber]:
    """Return what a worker process calls, with its number of threads, to load its engine.

    Not `taught` it does not look for the designers' own sentences in what is unclear.
    """
    folder = ModelFolder(settings.data_dir)
    if settings.transcriber == "faster-whisper":
        return partial(
            _load_faster_whisper, folder.faster_whisper(settings.whisper_model), folder.voice_activity
        )
    nlu_data = settings.nlu_data_dir if taught else None
    return partial(_load_whisper, folder.whisper(settings.whisper_model), folder.voice_activity, nlu_data)


def known_sentences(nlu_data: Path) -> KnownSentences:
    """Return what the designers wrote for callers to ask; none where a file is broken: the log says so."""
    try:
        lines = by_language(training_lines(nlu_data))
    except BrokenFile as broken:
        _log.error("no_known_sentences", why=str(broken))
        lines = {}
    return KnownSentences(
        {
            language: [line.said for line in own if line.intent not in NOT_UNDERSTOOD]
            for language, own in lines.items()
        }
    )


def open_encoder(data_dir: Path) -> SentenceEncoder:
    """Return what compares meanings, from its files. Raises EncoderMissing."""
    return E5Encoder(data_dir / FOLDER)


def open_training_encoder(data_dir: Path) -> SentenceEncoder:
    """Return the same on all cores, for thousands of sentences at once. Raises EncoderMissing."""
    return E5Encoder(data_dir / FOLDER, threads=os.cpu_count() or 1)


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


def make_dialogue(settings: Settings, wording: Wording, clock: Clock, orders: OrderBook) -> ResilientDialogue:
    """Return Rasa, with keywords behind it."""
    rasa = make_rasa(settings, wording, partial(has_order, orders))
    return ResilientDialogue(CompositeDialogue(rasa, wording), KeywordDialogue(wording), clock)


def make_rasa(settings: Settings, wording: Wording, is_order: IsKnown | None = None) -> RasaDialogue:
    """Return the Rasa that serves new calls."""
    serving = ServingRasa(settings.rasa_url, settings.data_dir / "rasa" / "serving.json")
    return RasaDialogue(
        serving,
        settings.rasa_token.get_secret_value(),
        wording,
        settings.rasa_timeout_s,
        is_order,
        settings.order_number_shape,
    )


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


def make_tape_deck(settings: Settings) -> TwilioTapeDeck:
    """Return what records live calls."""
    api = api_base(settings.twilio_api_url, settings.twilio_region, settings.twilio_edge)
    return TwilioTapeDeck(settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value(), api)


def _load_whisper(model: Path, voice_activity: Path, nlu_data: Path | None, threads: int) -> Transcriber:
    from ivr.speech.whisper_transcriber import WhisperTranscriber  # loads PyTorch: workers only

    known = known_sentences(nlu_data) if nlu_data is not None else None
    return WhisperTranscriber(model, voice_activity, threads, known=known)


def _load_faster_whisper(model: Path, voice_activity: Path, threads: int) -> Transcriber:
    from ivr.speech.faster_whisper_transcriber import FasterWhisperTranscriber  # an extra: not always there

    return FasterWhisperTranscriber(model, voice_activity, threads)
