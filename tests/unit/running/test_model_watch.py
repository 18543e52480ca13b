"""A released model is started once, and what became of it is told to whoever asked."""

import os
from collections.abc import Callable
from pathlib import Path

from ivr.dialogue.serving_rasa import ServingRasa
from ivr.running.child import ChildPlan
from ivr.running.model_watch import ModelWatch
from ivr.running.served_model import Noticeboard, Wanted
from tests.fakes.steered_clock import SteeredClock


class ScriptedSupervisor:
    """Keeps what it is asked to start; the test says how that went."""

    def __init__(self) -> None:
        self.plans: list[ChildPlan] = []
        self.is_busy = False
        self.ready: Callable[[float], None] = lambda _: None
        self.failed: Callable[[str], None] = lambda _: None

    def is_changing(self) -> bool:
        return self.is_busy

    def succeed(
        self,
        plan: ChildPlan,
        when_ready: Callable[[float], None],
        when_failed: Callable[[str], None],
        retire_after_s: float,
    ) -> None:
        self.plans.append(plan)
        self.ready, self.failed = when_ready, when_failed
        self.retire_after_s = retire_after_s


class Watching:
    def __init__(self, folder: Path) -> None:
        self.board = Noticeboard(folder)
        self.supervisor = ScriptedSupervisor()
        self.clock = SteeredClock()

        def plan_for(model: Path, port: int) -> ChildPlan:
            return ChildPlan("Rasa", (str(model),), "127.0.0.1", port, "", folder / "log")

        self.watch = ModelWatch(self.board, self.supervisor, plan_for, 1200, self.clock, lambda: 5099)
        self.serving = ServingRasa("http://127.0.0.1:5005/", folder / "rasa" / "serving.json")

    def look(self) -> None:
        self.clock.advance(2)
        self.watch.look()


def test_a_model_is_started_once_and_then_serves_new_calls_only(tmp_path: Path) -> None:
    house = Watching(tmp_path)
    assert house.serving.url_of("old call") == "http://127.0.0.1:5005"
    house.board.ask(Wanted("v2", "/store/v2/model.tar.gz", "now"))
    house.look()
    house.look()
    assert [plan.command for plan in house.supervisor.plans] == [("/store/v2/model.tar.gz",)]
    assert house.supervisor.retire_after_s > 1200
    assert house.serving.url() == "http://127.0.0.1:5005"
    house.supervisor.ready(12.0)
    outcome = house.board.outcome()
    assert outcome is not None
    assert (outcome.version, outcome.problem) == ("v2", "")
    assert house.serving.url_of("new call") == "http://127.0.0.1:5099"
    assert house.serving.url_of("old call") == "http://127.0.0.1:5005"


def test_a_failure_is_told_and_the_old_one_serves_on(tmp_path: Path) -> None:
    house = Watching(tmp_path)
    house.board.ask(Wanted("v2", "/store/v2/model.tar.gz", "now"))
    house.look()
    house.supervisor.failed("cannot be loaded")
    outcome = house.board.outcome()
    assert outcome is not None
    assert outcome.problem == "cannot be loaded"
    assert house.serving.url_of("new call") == "http://127.0.0.1:5005"


def test_one_at_a_time(tmp_path: Path) -> None:
    house = Watching(tmp_path)
    house.supervisor.is_busy = True
    house.board.ask(Wanted("v2", "/m", "now"))
    house.look()
    assert house.supervisor.plans == []
    house.supervisor.is_busy = False
    house.look()
    assert len(house.supervisor.plans) == 1


def test_a_call_whose_rasa_is_gone_moves_once(tmp_path: Path) -> None:
    house = Watching(tmp_path)
    house.serving.url_of("call")
    assert not house.serving.move("call")
    house.board.serve_at("http://127.0.0.1:5099", "v2")
    assert house.serving.move("call")
    assert house.serving.url_of("call") == "http://127.0.0.1:5099"


def test_whether_anything_runs_is_known_by_its_process(tmp_path: Path) -> None:
    board = Noticeboard(tmp_path)
    assert not board.is_supervised()
    board.note_supervisor(os.getpid())
    assert board.is_supervised()
    board.note_supervisor(2**22 + 1)
    assert not board.is_supervised()
    board.clear()
    assert not board.is_supervised()
