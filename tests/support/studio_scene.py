"""The studio over a small nlu_data/ in git, real records, and a bot whose understanding is scripted."""

import subprocess
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from ivr.config import Settings
from ivr.conversation.expectation import Expectation
from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import CallerInput, DialogueReply, Spoken, Verdict
from ivr.handoff.opening_hours import ServicePolicy
from ivr.insights.sql_tally import SqlTally
from ivr.nlu.model_reader import ModelUnreadable, Parsed
from ivr.nlu.model_store import Manifest, ModelStore
from ivr.nlu.studio.labelling import Labelling
from ivr.nlu.studio.preview import Previews
from ivr.nlu.studio.release_room import ReleaseRoom
from ivr.nlu.studio.sentences import Sentences
from ivr.nlu.studio.studio import Studio
from ivr.nlu.studio.trying import TryOut
from ivr.records.database import open_engine, upgrade
from ivr.records.feed import Feed
from ivr.records.kinds import Kind
from ivr.records.sql_inbox_records import SqlInboxRecords
from ivr.records.sql_records import SqlCallRecords
from ivr.roles import Role
from ivr.trust.listening import Listening
from ivr.trust.trust_records import Recorded
from ivr.web.insights import create_insights_blueprint
from ivr.web.sign_in import create_sign_in_blueprint
from ivr.web.staff.sessions import new_link
from ivr.web.studio import create_studio_blueprint
from tests.fakes.inline_engines import ScriptedHearing, heard
from tests.fakes.steered_clock import SteeredClock
from tests.support.desk_scene import Visitor
from tests.support.web_scene import make_settings

RETURNS = """version: "3.1"
nlu:
- intent: return_item  # the returns team reads these
  examples: |
    - I want to return something
    - send it back please
"""
ORDERS = """version: "3.1"
nlu:
- intent: order_status
  examples: |
    - where is my order
    - has my parcel left yet
- intent: speak_to_person
  examples: |
    - let me talk to a person
"""
TESTS = """conversations:
- name: where an order is
  turns:
  - caller: where is my order
    bot: utter_ask_order_number
    asks: order_number
"""


@dataclass
class ScriptedBot:
    """Implements `Dialogue` and a model's parse: what words mean is written down here."""

    meanings: dict[str, tuple[str, float]] = field(
        default_factory=lambda: {"where is my order": ("order_status", 0.97)}
    )
    forgotten: list[str] = field(default_factory=list)
    step: str = "order_number"

    def reply(self, call_id: str, heard: CallerInput, language: str) -> DialogueReply:
        assert isinstance(heard, Spoken)
        intent, confidence = self.meanings.get(heard.text.lower(), ("nlu_fallback", 0.3))
        if intent == "nlu_fallback":
            return DialogueReply(Verdict.NO_MATCH, intent=intent, intent_confidence=confidence)
        prompt = Prompt("utter_ask_order_number", "What is your order number?", language)
        expects = Expectation(step=self.step)
        return DialogueReply(Verdict.ANSWERED, (prompt,), expects, intent, confidence)

    def forget(self, call_id: str) -> None:
        self.forgotten.append(call_id)

    def is_ready(self) -> bool:
        return True

    def parse(self, text: str, language: str) -> Mapping[str, Any]:
        intent, confidence = self.meanings.get(text.lower(), ("nlu_fallback", 0.3))
        return {
            "intent": {"name": intent, "confidence": confidence},
            "intent_ranking": [
                {"name": intent, "confidence": confidence},
                {"name": "return_item", "confidence": 0.02},
            ],
            "entities": [{"entity": "digits", "value": "471192"}],
        }


@dataclass
class ScriptedModel:
    """Implements what of `ModelReader` measuring asks for."""

    meanings: Mapping[str, str]

    def read_ahead(self, sentences: Iterable[str]) -> None:
        """Need nothing beforehand."""

    def parse(self, plain: str) -> Parsed:
        intent = self.meanings.get(plain, "nlu_fallback")
        return Parsed(intent, intent, 0.9)


@dataclass
class ScriptedReleases:
    """Implements `Releasing` over the store, or refuses."""

    store: ModelStore
    refusal: Exception | None = None

    def release(self, version: str) -> object:
        if self.refusal:
            raise self.refusal
        self.store.make_live(version)
        return version

    def rollback(self, version: str | None = None) -> object:
        if self.refusal:
            raise self.refusal
        self.store.make_live("20260101-000000-aaaaaa")
        return None


@dataclass
class StudioServices:
    """Implements what the studio's pages need of the services."""

    settings: Settings
    clock: SteeredClock
    records: SqlCallRecords
    feed: Feed
    tally: SqlTally
    owners: Mapping[str, str]
    policy: ServicePolicy
    studio: Studio
    listening: Listening


@dataclass
class AgreedRecordings:
    """Implements `Recordings`, and reads their sound: calls whose callers agreed, by purpose."""

    clock: SteeredClock
    calls: dict[str, str] = field(default_factory=dict)

    def agreed(self, purpose: str, call_ids: Collection[str] | None = None) -> list[Recorded]:
        """Return what may be heard."""
        now = self.clock.now()
        return [
            Recorded(f"RE-{call_id}", call_id, agreed_to, "key", "1", now, now, now)
            for call_id, agreed_to in self.calls.items()
            if agreed_to == purpose and (call_ids is None or call_id in call_ids)
        ]

    def read(self, recording: str) -> bytes | None:
        """Return a sound that names itself."""
        return b"RIFF" + recording.encode()


class StudioScene:
    """Callers on record, designers who sign in, a model store with one live model."""

    def __init__(self, folder: Path, is_in_git: bool = True, **settings: Any) -> None:
        self.nlu_data = folder / "nlu_data"
        self._write_files()
        url = f"sqlite:///{folder}/ivr.db"
        upgrade(url)
        engine = open_engine(url)
        self.clock, feed = SteeredClock(), Feed()
        self.records = SqlCallRecords(engine, feed, self.clock)
        self.bot = ScriptedBot()
        self.store = ModelStore(folder)
        self.releases = ScriptedReleases(self.store)
        self.broken_models: set[str] = set()
        self.meanings: dict[str, dict[str, str]] = {}
        self.trained: Callable[[str], str] = self._trained
        sentences = Sentences(self.nlu_data)
        labelling = Labelling(SqlInboxRecords(engine), sentences, self.clock)
        previews = Previews(self.nlu_data, self.store, self._open_model, self._open_trial)
        room = ReleaseRoom(
            self.store,
            previews,
            lambda who, say: self.trained(who),
            lambda who, say: self.releases,
            labelling.utterances,
            self.clock,
        )
        self.recordings = AgreedRecordings(self.clock)
        self.listened: list[tuple[str, str, str, str]] = []
        self.hearing = ScriptedHearing(*[heard("where is my order")] * 5)
        trying = TryOut(self.nlu_data, self.bot, self.bot.parse, self.hearing)
        self.studio = Studio(self.nlu_data, sentences, labelling, trying, room)
        if is_in_git:
            for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
                self.git(*arguments)
        self._keep_live_model(is_in_git)
        tally = SqlTally(engine, ZoneInfo("Europe/Stockholm"), lambda number: f"key of {number}")
        self.services = StudioServices(
            make_settings(database_url=url, **settings),
            self.clock,
            self.records,
            feed,
            tally,
            {},
            ServicePolicy(),
            self.studio,
            Listening(self.recordings, self._note_listening, self.recordings.read),
        )
        self.app = Flask(__name__)
        self.app.testing = True
        for create in (create_sign_in_blueprint, create_insights_blueprint, create_studio_blueprint):
            self.app.register_blueprint(create(self.services))

    def git(self, *arguments: str) -> str:
        """Run git in the designers' folder."""
        known = ["-c", "user.name=Setup", "-c", "user.email=setup@example.com"]
        done = subprocess.run(
            ["git", "-C", str(self.nlu_data), *known, *arguments], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def said(
        self,
        call_id: str,
        text: str,
        intent: str | None = None,
        confidence: float = 0.0,
        verdict: str = "answered",
        *after: tuple[Kind, dict[str, Any]],
        language: str = "en",
    ) -> None:
        """Put a call on record in which somebody said one thing."""
        self.clock.advance(10)
        self.records.open_call(call_id, "+46701", "+468", language)
        self.records.append(call_id, Kind.CALL_STARTED, caller_known=True)
        self.records.append(call_id, Kind.UTTERANCE_HEARD, turn=1, text=text, asr_confidence=0.9)
        self.records.append(
            call_id, Kind.TURN_ANSWERED, turn=1, intent=intent, intent_confidence=confidence, verdict=verdict
        )
        for kind, facts in after:
            self.records.append(call_id, kind, **facts)

    def some_calls(self) -> None:
        """Put calls on record that teach something, and one that does not."""
        self.said("CA1", "my lamp came broken I want rid of it", "nlu_fallback", 0.31, "no_match")
        self.said("CA2", "where is my order", "order_status", 0.98)
        self.said("CA3", "can you send it again", "return_item", 0.62)
        wrap = (Kind.WRAPPED_UP, {"transfer_id": "t", "agent": "Anna", "disposition": "wrong_place"})
        self.said("CA4", "is it in the post", "order_status", 0.93, "answered", wrap)
        self.said("CA5", "My lamp came broken, I want rid of it.", "nlu_fallback", 0.35, "no_match")
        self.said("CA6", "where is my order and I want to send a lamp back", "order_status", 0.55)

    def designer(self, name: str = "Doris") -> Visitor:
        """Return the browser of a designer who has signed in."""
        visitor = Visitor(self.app.test_client())
        link = new_link(self.services.settings, self.clock.now(), Role.DESIGNER)
        assert visitor.signs_in(link.removeprefix(self.services.settings.public_url), name).status_code == 303
        return visitor

    def _note_listening(self, recording: str, call_id: str, person: str, what: str) -> None:
        self.listened.append((recording, call_id, person, what))

    def finish_job(self) -> None:
        """Wait until the long job is over."""
        self.clock.advance(timedelta(seconds=1).total_seconds())
        self.studio.releases.wait(10)

    def file(self, name: str) -> str:
        """Return the text of a file of the designers."""
        return (self.nlu_data / name).read_text(encoding="utf-8")

    def _write_files(self) -> None:
        for name, text in (
            ("nlu/en/returns.yml", RETURNS),
            ("nlu/en/orders.yml", ORDERS),
            ("tests/conversations.yml", TESTS),
            ("holdout/en.yml", "order_status:\n- where did my parcel go\n"),
        ):
            file = self.nlu_data / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def _keep_live_model(self, is_in_git: bool) -> None:
        self._add_model("20260101-000000-aaaaaa", self.git("rev-parse", "HEAD") if is_in_git else None)
        self.meanings["20260101-000000-aaaaaa"] = {"where did my parcel go": "order_status"}
        self.store.make_live("20260101-000000-aaaaaa")

    def _add_model(self, version: str, commit: str | None) -> None:
        self.store.folder.mkdir(parents=True, exist_ok=True)
        model = self.store.folder / "made.tar.gz"
        model.write_bytes(version.encode())
        self.store.add(
            model, Manifest(version, version, "2026-01-01", "Doris", 1.0, commit, False, {}, {}, 0)
        )

    def _trained(self, who: str) -> str:
        version = "20260102-000000-bbbbbb"
        self._add_model(version, None)
        self.meanings[version] = {
            "where did my parcel go": "order_status",
            "can you send it again": "order_status",
        }
        return version

    @contextmanager
    def _open_model(self, model: Path) -> Iterator[Any]:
        version = model.parent.name
        if version in self.broken_models:
            raise ModelUnreadable(f"{version} cannot be loaded. Rasa said: the file ends too early")
        yield ScriptedModel(self.meanings[version])

    @contextmanager
    def _open_trial(self, model: Path) -> Iterator[Any]:
        yield self.bot
