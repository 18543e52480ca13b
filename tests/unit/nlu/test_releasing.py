"""A model goes live only when its conversations hold and no figure falls; going back needs no test."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ivr.dialogue.dialogue import DialogueReply, Verdict
from ivr.nlu.measuring import changed, fallen, measure
from ivr.nlu.model_reader import ModelUnreadable, Parsed
from ivr.nlu.model_store import Manifest, ModelStore, NoSuchVersion
from ivr.nlu.releasing import ReleaseRefused, Releases
from ivr.running.served_model import Noticeboard, Outcome
from tests.fakes.scripted_dialogue import ScriptedDialogue
from tests.fakes.steered_clock import SteeredClock

HELD_OUT = "opening_hours:\n- until when are you there\n- what are your times\nstock:\n- do you have lamps\n"
TALK = "conversations:\n- name: lamps\n  turns:\n  - caller: do you have lamps\n    verdict: answered\n"


class WordList:
    """Stands in for a model: sentences it knows, by intent; all else is not understood."""

    def __init__(self, known: dict[str, str]) -> None:
        self.known = known
        self.read: list[str] = []

    def read_ahead(self, sentences: Iterable[str]) -> None:
        self.read += sentences

    def parse(self, plain: str) -> Parsed:
        intent = self.known.get(plain, "nlu_fallback")
        return Parsed(intent, intent, 0.9)


class Desk:
    """Releases over a store of two models, v1 live."""

    def __init__(self, folder: Path) -> None:
        self.nlu_data = folder / "nlu_data"
        for name, text in {"holdout/en.yml": HELD_OUT, "tests/talk.yml": TALK}.items():
            file = self.nlu_data / name
            file.parent.mkdir(parents=True)
            file.write_text(text)
        self.store = ModelStore(folder)
        self.board = Noticeboard(folder)
        self.models: dict[str, dict[str, str]] = {}
        self.verdict = Verdict.ANSWERED
        self.opened: list[str] = []
        self.explored: list[str] = []
        all_right = {
            "until when are you there": "opening_hours",
            "what are your times": "opening_hours",
            "do you have lamps": "stock",
        }
        for version in ("v1", "v2"):
            made = folder / f"{version}.tar.gz"
            made.write_text(version)
            self.store.folder.mkdir(parents=True, exist_ok=True)
            self.store.add(made, Manifest(version, version, "t", "x", 1.0, None, False, {}, {}, 0))
            self.models[version] = dict(all_right)
        self.store.make_live("v1")
        self.clock = SteeredClock()
        self.releases = Releases(
            self.nlu_data,
            self.store,
            self.board,
            self.open_model,
            self.open_trial,
            self.clock,
            "Maj",
            lambda _: None,
            self.explored.append,
        )

    @contextmanager
    def open_model(self, model: Path) -> Iterator[WordList]:
        self.opened.append(model.parent.name)
        yield WordList(self.models[model.parent.name])

    @contextmanager
    def open_trial(self, model: Path) -> Iterator[ScriptedDialogue]:
        if model.read_text() == "broken":
            raise ModelUnreadable("Rasa did not start with the model")
        yield ScriptedDialogue({"do you have lamps": DialogueReply(self.verdict)})


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_model_as_good_as_the_live_one_goes_live(desk: Desk) -> None:
    released = desk.releases.release("v2")
    assert (released.version, released.before, released.took_over_in_s) == ("v2", "v1", None)
    assert desk.store.live_version() == "v2"
    assert desk.store.current.read_text() == "v2"
    step = desk.store.history()[0]
    assert (step.who, step.what, step.version, step.scores["typed en"]) == ("Maj", "released", "v2", 1.0)


def test_a_figure_that_falls_refuses_it(desk: Desk) -> None:
    del desk.models["v2"]["what are your times"]
    with pytest.raises(ReleaseRefused, match=r"typed en fell from 100.0% to 66.7%(.|\n)*v1 stays live"):
        desk.releases.release("v2")
    assert desk.store.live_version() == "v1"
    assert desk.store.history()[0].what == "refused"


def test_a_conversation_that_goes_otherwise_refuses_it(desk: Desk) -> None:
    desk.verdict = Verdict.NO_MATCH
    with pytest.raises(ReleaseRefused, match="lamps: turn 1"):
        desk.releases.release("v2")
    assert desk.store.current.read_text() == "v1"


def test_a_model_that_does_not_load_refuses_it(desk: Desk) -> None:
    desk.store.model("v2").write_text("broken")
    with pytest.raises(ReleaseRefused, match="did not start"):
        desk.releases.release("v2")
    assert desk.store.current.read_text() == "v1"


def test_figures_are_measured_once_for_the_same_sentences(desk: Desk) -> None:
    desk.releases.release("v2")
    assert sorted(desk.opened) == ["v1", "v2"]
    desk.releases.release("v1")
    assert len(desk.opened) == 2
    (desk.nlu_data / "holdout" / "en.yml").write_text(HELD_OUT + "- lamps please\n")
    desk.releases.release("v2")
    assert len(desk.opened) == 4


def test_a_running_service_that_cannot_start_it_keeps_the_old_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.board, "is_supervised", lambda: True)

    def refuse(wanted: object) -> None:
        asked_at = desk.clock.now().isoformat()
        desk.board.tell(Outcome("v2", asked_at, "out of memory", 0.0))

    monkeypatch.setattr(desk.board, "ask", refuse)
    with pytest.raises(ReleaseRefused, match=r"out of memory(.|\n)*v1 stays live"):
        desk.releases.release("v2")
    assert desk.store.current.read_text() == "v1"


def test_rolling_back_goes_to_what_was_live_before(desk: Desk) -> None:
    desk.releases.release("v2")
    assert desk.releases.rollback().version == "v1"
    assert desk.store.current.read_text() == "v1"
    assert desk.store.history()[0].what == "rolled back"


def test_a_damaged_model_does_not_go_live_even_when_going_back(desk: Desk) -> None:
    desk.releases.release("v2")
    desk.store.model("v1").write_text("half of")
    with pytest.raises(ReleaseRefused, match=r"damaged(.|\n)*v2 stays live"):
        desk.releases.rollback()
    assert desk.store.current.read_text() == "v2"


def test_a_model_put_to_use_without_a_test_stands_in_the_history_and_one_can_go_back(desk: Desk) -> None:
    for _ in range(2):
        desk.store.put_to_use("v2", desk.clock.now())
    assert [(step.what, step.version, step.before) for step in desk.store.history()] == [
        ("put to use untested", "v2", "v1")
    ]
    assert desk.releases.rollback().version == "v1"


def test_what_was_never_live_is_no_way_back(desk: Desk) -> None:
    with pytest.raises(ReleaseRefused, match="never live"):
        desk.releases.rollback("v2")
    assert desk.store.live_version() == "v1"


def test_there_must_be_something_to_go_back_to(desk: Desk) -> None:
    with pytest.raises(ReleaseRefused, match="names no model"):
        desk.releases.rollback()


def test_names_of_versions(desk: Desk) -> None:
    assert desk.store.resolve("live") == "v1"
    assert desk.store.resolve("newest") == "v2"
    with pytest.raises(NoSuchVersion, match="several"):
        desk.store.resolve("v")
    with pytest.raises(NoSuchVersion):
        desk.store.model("v9")


def test_a_damaged_history_line_hides_no_other(desk: Desk) -> None:
    desk.releases.release("v2")
    with (desk.store.folder / "history.jsonl").open("a") as file:
        file.write('{"torn\n')
    assert [step.what for step in desk.store.history()] == ["released"]
    assert json.loads((desk.store.folder / "v2" / "measured.json").read_text())["figures"]["typed en"] == 1.0


def test_changes_are_told_with_the_worse_ones_first(desk: Desk) -> None:
    before = measure(
        WordList({"do you have lamps": "opening_hours", "what are your times": "opening_hours"}),
        desk.nlu_data,
    )
    after = measure(WordList({"do you have lamps": "stock"}), desk.nlu_data)
    assert [(change.verdict, change.sentence) for change in changed(before, after)] == [
        ("worse", "what are your times"),
        ("better", "do you have lamps"),
    ]


def test_a_little_less_is_no_fall() -> None:
    assert fallen({"typed en": 0.95}, {"typed en": 0.946}, 0.005) == []
    assert fallen({"typed en": 0.95}, {}, 0.005) == ["typed en fell from 95.0% to 0.0%"]
