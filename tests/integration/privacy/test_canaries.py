"""Values planted in calls, said and keyed, are nowhere afterwards.

No log, byte of the database, figure, trace, report of a crash or backup, plain or sealed, holds them.

What must know the caller's own number (`calls.caller`, to call back) is not among the values.
"""

import gzip
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest

from ivr import log
from ivr.audio.wav import to_wav
from ivr.bootstrap.briefings import make_briefings
from ivr.calls.calls import Calls
from ivr.calls.ear import Ear
from ivr.calls.engines import Engines
from ivr.calls.webhook_answers import NextStep, WebhookAnswer, WebhookTurn
from ivr.conversation.patience import Pace
from ivr.dialogue.dialogue import CallerInput, DialogueReply, Spoken, Verdict
from ivr.dialogue.wording import Wording
from ivr.handoff.transfer_desk import TransferDesk
from ivr.metrics import ServiceFigures, make_registry
from ivr.privacy.backup import Backup
from ivr.privacy.call_keys import CallKeys
from ivr.privacy.kept_words import KeptWords
from ivr.records.database import open_engine, upgrade
from ivr.records.feed import Feed
from ivr.records.journaled_records import JournaledRecords
from ivr.records.sql_records import SqlCallRecords
from ivr.records.store import RecordsUnavailable
from ivr.speech.prompt_cache import PromptCache
from ivr.telemetry.call_trace import call_trace
from ivr.telemetry.otlp_traces import OtlpTraces
from tests.fakes.inline_engines import InlineExecutor, ScriptedHearing, heard
from tests.fakes.scripted_switchboard import ScriptedSwitchboard
from tests.fakes.steered_clock import SteeredClock
from tests.fakes.steered_line import LoudnessActivity
from tests.fakes.tone_synthesizer import ToneSynthesizer
from tests.support.transfer_scene import ANNA
from tests.support.web_scene import make_settings

ROOT = Path(__file__).parents[3]
CALL = "CA" + "7" * 32
RECORDING = "RE" + "0" * 32
SOUND = to_wav((0.3 * np.sin(np.arange(8000))).astype(np.float32), 8000)
SAID = {
    "en": (
        "my card is 5500 0051 7433 1929",
        "and the code is 842",
        "my personal number is 19811218-9876",
        "you can reach me on 070 918 27 36 or at freja.almkvist@example.se",
        "my name is Freja Almkvist and where is my order",
    ),
    "sv": (
        "mitt kort är 5500 0051 7433 1929",
        "och koden är 842",
        "mitt personnummer är 19811218-9876",
        "ni når mig på 070 918 27 36 eller på freja.almkvist@example.se",
        "jag heter Freja Almkvist och var är min beställning",
    ),
}
KEYED = "4929119183273646"
CANARIES = (
    "5500005174331929",
    "5500 0051 7433 1929",
    "7433",
    "198112189876",
    "19811218-9876",
    "709182736",
    "918 27 36",
    "freja",
    "almkvist",
    KEYED,
    KEYED[6:],
)


class SometimesAway(SqlCallRecords):
    """Real records that can be told to be away for events."""

    is_away = False

    def append_at(self, *event, **more):
        if self.is_away:
            raise RecordsUnavailable("told so")
        return super().append_at(*event, **more)


class Overheard:
    """A dialogue that always has an answer, with a note of all that reached it."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self.taken: list[str] = []
        self.fails_with: str | None = None

    def reply(self, call_id: str, heard: CallerInput, language: str) -> DialogueReply:
        if self.fails_with is not None:
            raise ValueError(f"cannot read {self.fails_with}")
        self.taken.append(str(heard))
        prompt = self._wording.prompt("say_please_repeat", language)
        return DialogueReply(Verdict.ANSWERED, (prompt,), intent="order_status", intent_confidence=0.9)

    def forget(self, call_id: str) -> None:
        pass

    def is_ready(self) -> bool:
        return True


class NobodyWaits:
    """Speech recognition as the figures see it."""

    def waiting(self) -> int:
        return 0

    def worker_pids(self) -> list[int]:
        return []


class House:
    """A call by webhooks through everything that keeps, with real files."""

    def __init__(self, folder: Path, language: str) -> None:
        self.folder = folder
        url = f"sqlite:///{folder / 'ivr.db'}"
        upgrade(url)
        clock = SteeredClock()
        settings = make_settings(database_url=url, data_dir=folder, nlu_data_dir=ROOT / "nlu_data")
        self.inner = SometimesAway(open_engine(url), Feed(), clock)
        kept = KeptWords(frozenset({"nordlys"}))
        kept.speaks(CALL, language)
        self.records = JournaledRecords(self.inner, folder / "journal", clock, None, kept.clean)
        wording = Wording.load(ROOT / "nlu_data", "Nordlys")
        prompts = PromptCache(folder / "prompts", ToneSynthesizer(), "secret", clock)
        switchboard = ScriptedSwitchboard()
        switchboard.live(CALL)
        self.dialogue = Overheard(wording)
        briefings = make_briefings(settings, wording, prompts, kept.clean, clock)
        self.desk = TransferDesk(
            self.records, switchboard, wording, (ANNA,), clock, 25, InlineExecutor(), briefings=briefings
        )
        hearing = ScriptedHearing(*map(heard, SAID[language]))
        engines = Engines(prompts, hearing, self.dialogue, self.desk, self.records, InlineExecutor(), clock)
        self.calls = Calls(
            engines,
            wording,
            lambda: Ear(LoudnessActivity()),
            lambda _: SOUND,
            Pace(),
            language,
            1200,
        )
        self.registry = make_registry(ServiceFigures(self.calls, NobodyWaits()))
        self.records.open_call(CALL, "+46700000001", "+46850000000", language)
        self.calls.after_stream(CALL)
        self._number = 0
        self.turn()

    def turn(self, **taken: str) -> WebhookAnswer:
        """Take a turn and return what the caller hears next."""
        answer = self.calls.webhook_turn(CALL, WebhookTurn(self._number, **taken))
        assert answer is not None
        self._number = answer.number
        return answer

    def everything_kept(self, journal: bytes) -> dict[str, bytes]:
        backup = self.folder / "backup.db"
        with (
            closing(sqlite3.connect(self.folder / "ivr.db")) as live,
            closing(sqlite3.connect(backup)) as copy,
        ):
            live.backup(copy)
        kept = {
            str(file.relative_to(self.folder)): str(file).encode() + file.read_bytes()
            for file in self.folder.rglob("*")
            if file.is_file()
        }
        sealed = self.folder.parent / f"{self.folder.name}.sealed"
        Backup(self.inner._engine, CallKeys(self.folder.parent / "keys.db"), SteeredClock()).write(sealed)
        return {
            **kept,
            "metrics": generate_latest(self.registry),
            "the journal": journal,
            "traces": self.traces(),
            "sealed backup": gzip.decompress(sealed.read_bytes()),
        }

    def traces(self) -> bytes:
        """Return the call's trace as it would leave the house."""
        exporter = InMemorySpanExporter()
        traces = OtlpTraces("http://127.0.0.1:9", "1", exporter)
        traces.send(CALL, call_trace(self.records.events(CALL)))
        traces.flush()
        return "".join(span.to_json() for span in exporter.get_finished_spans()).encode()

    def breaks(self, words: str) -> None:
        """Let an engine fail with an exception that quotes the caller, in a request and in a thread."""
        self.dialogue.fails_with = words
        with pytest.raises(ValueError, match="cannot read") as broken:
            self.dialogue.reply(CALL, Spoken(words), "en")
        log.get("web").error("request_broke", exc_info=broken.value)
        thread = threading.Thread(target=self.dialogue.reply, args=(CALL, Spoken(words), "en"), name="engine")
        thread.start()
        thread.join()
        self.dialogue.fails_with = None


@pytest.mark.parametrize("language", SAID)
def test_no_planted_value_is_anywhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    log.configure("DEBUG")
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    log.guard_against_dumps()
    folder = tmp_path / "house"
    folder.mkdir()
    house = House(folder, language)
    for _ in SAID[language][:4]:
        house.turn(recording_sid=RECORDING)
    house.inner.is_away = True
    house.turn(digits=KEYED)
    house.turn(recording_sid=RECORDING)
    journal = b"".join(file.read_bytes() for file in (folder / "journal").iterdir())
    house.inner.is_away = False
    assert house.records.replay()
    house.breaks("Freja Almkvist 19811218-9876")
    last = house.turn(digits="0")
    for _ in range(3):
        if last.next is NextStep.TRANSFER:
            break
        last = house.turn()
    assert last.next is NextStep.TRANSFER
    kinds = [event.kind for event in house.records.events(CALL)]
    assert kinds.count("secret_withheld") == 4, "card, its code, personal number, card keyed"
    assert not any("5500" in one or "842" in one or KEYED in one for one in house.dialogue.taken)
    assert b"secret_withheld" in journal, "the events did go through the journal"
    logged = capfd.readouterr()
    assert logged.err.count("ValueError: [withheld]") == 2, "both crashes are told"
    kept = house.everything_kept(journal) | {"logs": (logged.out + logged.err).encode()}
    found = {
        (place, canary)
        for place, content in kept.items()
        for canary in CANARIES
        if canary.encode() in content.lower()
    }
    assert found == set()
    assert any(place.startswith("ivr.db") and CALL.encode() in content for place, content in kept.items())
