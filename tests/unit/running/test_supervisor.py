"""Children are started, waited for, restarted with patience, and never left behind."""

import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.clock import SystemClock
from ivr.running.child import ChildPlan, Running, RunningProcess, answers, busy_ports, log_tail
from ivr.running.supervisor import (
    LONGEST_BACK_OFF_S,
    MOST_FAILED_STARTS,
    START_LIMIT_S,
    STEADY_AFTER_S,
    CouldNotStart,
    Supervisor,
)
from tests.fakes.steered_clock import SteeredClock


class FakeProcess:
    """A process that ends when the test says so."""

    def __init__(self, name: str, diary: list[str]) -> None:
        self.name = name
        self.diary = diary
        self.status: int | None = None

    def exit_status(self) -> int | None:
        return self.status

    def ask_to_stop(self) -> None:
        self.diary.append(f"stop {self.name}")

    def wait_or_kill(self, patience_s: float) -> None:
        self.diary.append(f"gone {self.name}")


class House:
    """A supervisor of two children on a steered clock."""

    def __init__(self, logs: Path) -> None:
        self.clock = SteeredClock()
        self.diary: list[str] = []
        self.said: list[str] = []
        self.ready: set[str] = set()
        self.launched: list[FakeProcess] = []
        self.most_launches = 100
        plans = [
            ChildPlan(name, (name,), "127.0.0.1", 1, f"ready/{name}", logs / f"{name}.log")
            for name in ("Rasa", "the service")
        ]
        self.supervisor = Supervisor(
            plans,
            self.launch,
            self.ready.__contains__,
            self.clock,
            self.said.append,
            lambda: self.said.append("all ready"),
        )

    def launch(self, plan: ChildPlan) -> Running:
        if len(self.launched) >= self.most_launches:
            raise OSError("no such program")
        self.launched.append(FakeProcess(plan.name, self.diary))
        return self.launched[-1]

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.supervisor.tick()

    def all_ready(self) -> None:
        self.ready |= {"ready/Rasa", "ready/the service"}
        self.pass_time(1)


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    house.supervisor.start()
    return house


def test_it_is_announced_once_and_only_when_all_are_ready(house: House) -> None:
    house.ready.add("ready/the service")
    house.pass_time(1)
    assert "all ready" not in house.said
    house.pass_time(50)
    house.ready.add("ready/Rasa")
    house.pass_time(1)
    house.pass_time(1)
    assert house.said.count("all ready") == 1
    assert "Rasa: ready after 52 s" in house.said


def test_a_slow_start_is_reported_now_and_then(house: House) -> None:
    for _ in range(25):
        house.pass_time(1)
    assert [line for line in house.said if line.startswith("Rasa: still")] == [
        "Rasa: still starting (10 s)",
        "Rasa: still starting (20 s)",
    ]


def test_a_start_that_takes_too_long_is_given_up_with_the_log(house: House, tmp_path: Path) -> None:
    (tmp_path / "Rasa.log").write_text("Loading model\nno such file: model\n")
    with pytest.raises(CouldNotStart, match=r"Rasa is not ready after(.|\n)*no such file: model"):
        house.pass_time(START_LIMIT_S)


def test_a_child_that_dies_is_reported_with_its_last_words_and_started_again(
    house: House, tmp_path: Path
) -> None:
    house.all_ready()
    (tmp_path / "Rasa.log").write_text("out of memory\n")
    house.launched[0].status = -9
    house.pass_time(1)
    assert (
        "Rasa was ended by signal 9; starting it again in 1 s. Its log ends:\nout of memory" in house.said[-1]
    )
    house.pass_time(0.5)
    assert len(house.launched) == 2
    house.pass_time(0.5)
    assert [process.name for process in house.launched] == ["Rasa", "the service", "Rasa"]


def test_each_death_in_a_row_waits_longer_up_to_a_limit(house: House) -> None:
    house.all_ready()
    waits = []
    for _ in range(8):
        house.launched[-1].status = 1
        house.pass_time(0)
        before = len(house.launched)
        wait = 0
        while len(house.launched) == before:
            house.pass_time(1)
            wait += 1
        waits.append(wait)
        house.pass_time(0)
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]
    assert waits[-1] == LONGEST_BACK_OFF_S


def test_a_child_that_was_steady_starts_again_without_penalty(house: House) -> None:
    house.all_ready()
    for _ in range(2):
        house.launched[-1].status = 1
        house.pass_time(0)
        house.pass_time(4)
        house.pass_time(0)
    house.pass_time(STEADY_AFTER_S)
    house.launched[-1].status = 1
    house.pass_time(0)
    assert "in 1 s" in house.said[-1]


def test_a_child_that_never_comes_up_is_given_up(house: House) -> None:
    def die_again() -> None:
        for _ in range(MOST_FAILED_STARTS):
            house.launched[-1].status = 2
            house.pass_time(0)
            house.pass_time(LONGEST_BACK_OFF_S)

    with pytest.raises(CouldNotStart, match=f"ended with status 2, {MOST_FAILED_STARTS} times"):
        die_again()


def test_stopping_ends_all_the_last_started_first(house: House) -> None:
    house.all_ready()
    house.supervisor.stop()
    assert house.diary == ["stop the service", "stop Rasa", "gone the service", "gone Rasa"]


def test_a_failed_start_stops_the_others(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.most_launches = 1
    with pytest.raises(OSError, match="no such program"):
        house.supervisor.run()
    assert house.diary == ["stop Rasa", "gone Rasa"]


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_port_in_use_is_found_before_anything_starts(tmp_path: Path, listener: int) -> None:
    taken = ChildPlan("taken", (), "127.0.0.1", listener, "", tmp_path / "log")
    free = ChildPlan("free", (), "127.0.0.1", free_port(), "", tmp_path / "log")
    assert busy_ports([taken, free]) == [taken]


PARENT = """
import subprocess, sys
STUBBORN = "import signal; signal.signal(15, signal.SIG_IGN); signal.pause()"
child = subprocess.Popen([sys.executable, "-c", STUBBORN])
print(child.pid, flush=True)
child.wait()
"""


def test_a_real_process_ends_with_what_it_started(tmp_path: Path) -> None:
    log = tmp_path / "log"
    running = RunningProcess(ChildPlan("p", (sys.executable, "-c", PARENT), "127.0.0.1", 1, "", log))
    while not log.read_text().endswith("\n"):
        assert running.exit_status() is None
    grandchild = int(log.read_text())
    running.ask_to_stop()
    running.wait_or_kill(5.0)
    assert running.exit_status() == -15
    pause = threading.Event()
    for _ in range(100):  # the kernel takes its time on a busy machine
        if not is_alive(grandchild):
            break
        pause.wait(0.05)
    assert not is_alive(grandchild)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_real_server_is_started_found_ready_and_stopped(tmp_path: Path) -> None:
    port = free_port()
    command = (sys.executable, "-m", "http.server", "-b", "127.0.0.1", str(port))
    plan = ChildPlan("files", command, "127.0.0.1", port, f"http://127.0.0.1:{port}/", tmp_path / "log")
    said: list[str] = []
    ready = threading.Event()
    supervisor = Supervisor([plan], RunningProcess, answers, SystemClock(), said.append, ready.set)
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    assert ready.wait(20)
    supervisor.ask_to_stop()
    thread.join(20)
    assert said[-1] == "files: stopped"
    assert busy_ports([plan]) == []
    assert not answers(plan.ready_url)
    assert "GET / HTTP/1.1" in log_tail(plan.log)


class Successor:
    """What became of a successor of Rasa in a house."""

    def __init__(self, house: House, logs: Path) -> None:
        self.outcomes: list[str] = []
        plan = ChildPlan("Rasa", ("new",), "127.0.0.1", 2, "ready/new", logs / "Rasa.log")
        house.supervisor.succeed(
            plan, lambda s: self.outcomes.append(f"ready {s:.0f}"), self.outcomes.append, retire_after_s=100
        )


def test_a_successor_takes_over_when_it_is_ready_and_the_old_one_may_finish(
    house: House, tmp_path: Path
) -> None:
    house.all_ready()
    old = house.launched[0]
    successor = Successor(house, tmp_path)
    house.pass_time(5)
    assert successor.outcomes == []
    assert house.supervisor.is_changing()
    house.ready.add("ready/new")
    house.pass_time(5)
    assert successor.outcomes == ["ready 10"]
    house.pass_time(99)
    assert house.diary == []
    house.pass_time(2)
    assert house.diary == ["stop Rasa"]
    old.status = 0
    house.pass_time(1)
    assert house.diary == ["stop Rasa", "gone Rasa"]
    launched = len(house.launched)
    house.pass_time(60)
    assert len(house.launched) == launched  # the old one is not started again


def test_a_successor_that_dies_changes_nothing(house: House, tmp_path: Path) -> None:
    house.all_ready()
    (tmp_path / "Rasa.log").write_text("cannot load model\n")
    successor = Successor(house, tmp_path)
    house.launched[-1].status = 1
    house.pass_time(1)
    assert "cannot load model" in successor.outcomes[0]
    assert house.launched[0].status is None
    assert not house.supervisor.is_changing()


def test_a_successor_that_dies_later_is_started_again_itself(house: House, tmp_path: Path) -> None:
    house.all_ready()
    Successor(house, tmp_path)
    house.ready.add("ready/new")
    house.pass_time(1)
    house.launched[-1].status = 1
    house.pass_time(1)
    house.pass_time(LONGEST_BACK_OFF_S)
    assert len(house.launched) == 4


def test_stopping_ends_old_and_new(house: House, tmp_path: Path) -> None:
    house.all_ready()
    Successor(house, tmp_path)
    house.ready.add("ready/new")
    house.pass_time(1)
    house.supervisor.stop()
    assert house.diary.count("stop Rasa") == 2
