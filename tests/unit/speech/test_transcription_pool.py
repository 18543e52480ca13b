"""The worker pool, with quick workers in real processes: order, cancelling, death, hanging, closing."""

import os
import queue
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ivr.speech.transcriber import TranscriberFailed, Transcription
from ivr.speech.transcription_pool import Priority, TranscriptionPool
from tests.fakes.pool_transcribers import ANSWER, DIE, FAIL, HANG, WORK, MakeNothing, MakeObedient

SOON_S = 30.0  # far more than needed: the machine may be busy


class Outcomes:
    """Collects what the pool reports, in order."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Transcription | TranscriberFailed] = queue.Queue()

    def __call__(self, outcome: Transcription | TranscriberFailed) -> None:
        self._queue.put(outcome)

    def next(self) -> str:
        outcome = self._queue.get(timeout=SOON_S)
        return outcome.text if isinstance(outcome, Transcription) else f"failed: {outcome}"

    def is_empty(self) -> bool:
        return self._queue.empty()


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    return tmp_path / "diary.txt"


@pytest.fixture
def pool(diary: Path) -> Iterator[TranscriptionPool]:
    made = TranscriptionPool(MakeObedient(diary), workers=1, job_timeout_s=1.5)
    assert made.wait_until_ready(SOON_S)
    yield made
    made.close()


def audio(order: int, name: int) -> np.ndarray:
    return np.array([order, name], np.float32)


def test_an_utterance_comes_back_as_words(pool: TranscriptionPool) -> None:
    outcomes = Outcomes()
    pool.submit(audio(ANSWER, 7), "en", outcomes)
    assert outcomes.next() == "7"


def test_final_work_overtakes_guesses_and_cancelled_work_is_not_done(
    pool: TranscriptionPool, diary: Path
) -> None:
    outcomes = Outcomes()
    pool.submit(audio(HANG, 0), "en", outcomes)  # keeps the worker busy while the others queue
    while not diary.exists():
        os.sched_yield()
    pool.submit(audio(ANSWER, 1), "en", outcomes, Priority.SPECULATIVE)
    given_up = pool.submit(audio(ANSWER, 2), "en", outcomes, Priority.SPECULATIVE)
    pool.submit(audio(ANSWER, 3), "en", outcomes, Priority.FINAL)
    given_up.cancel()
    assert pool.waiting() == 2
    assert outcomes.next() == "failed: recognition took too long"
    assert [outcomes.next(), outcomes.next()] == ["3", "1"]
    assert diary.read_text().split() == ["0", "3", "1"]


def test_a_guess_the_caller_now_waits_for_overtakes_the_guesses_of_other_calls(
    pool: TranscriptionPool, diary: Path
) -> None:
    outcomes = Outcomes()
    pool.submit(audio(HANG, 0), "en", outcomes)
    while not diary.exists():
        os.sched_yield()
    for name in (1, 2):
        pool.submit(audio(ANSWER, name), "en", outcomes, Priority.SPECULATIVE)
    pool.submit(audio(ANSWER, 4), "en", outcomes, Priority.GLIMPSE)
    pool.submit(audio(ANSWER, 3), "en", outcomes, Priority.SPECULATIVE).hurry()
    assert outcomes.next() == "failed: recognition took too long"
    assert [outcomes.next() for _ in range(4)] == ["3", "4", "1", "2"]


def test_a_killed_worker_is_replaced(pool: TranscriptionPool) -> None:
    (killed,) = pool.worker_pids()
    os.kill(killed, signal.SIGKILL)
    outcomes = Outcomes()
    pool.submit(audio(ANSWER, 7), "en", outcomes)
    assert outcomes.next() == "7"
    assert pool.worker_pids() != [killed]


def test_a_worker_killed_while_idle_is_replaced_before_anybody_asks(pool: TranscriptionPool) -> None:
    (killed,) = pool.worker_pids()
    os.kill(killed, signal.SIGKILL)
    while pool.worker_pids() == [killed]:
        os.sched_yield()
    assert pool.wait_until_ready(SOON_S)
    assert pool.worker_pids() != [killed]


def test_another_worker_goes_on_before_the_dead_one_is_back(diary: Path) -> None:
    made = TranscriptionPool(MakeObedient(diary), workers=2, job_timeout_s=1.5, next_after_s=0.0)
    outcomes = Outcomes()
    assert made.wait_until_ready(SOON_S, workers=2)
    before = set(made.worker_pids())
    made.submit(audio(DIE, 1), "en", outcomes)  # tried twice: once by each
    assert outcomes.next().startswith("failed")
    made.submit(audio(ANSWER, 7), "en", outcomes)
    assert outcomes.next() == "7"
    assert before.isdisjoint(made.worker_pids())
    made.close()


def test_two_workers_hear_two_callers_at_once(diary: Path) -> None:
    made = TranscriptionPool(MakeObedient(diary), workers=2, job_timeout_s=60.0, next_after_s=0.0)
    outcomes = Outcomes()
    assert made.wait_until_ready(SOON_S, workers=2)
    hanging = made.submit(audio(WORK, 1), "en", outcomes)
    made.submit(audio(ANSWER, 2), "en", outcomes)
    assert outcomes.next() == "2"
    hanging.cancel()
    made.close()


def test_work_that_kills_its_worker_is_tried_twice_and_then_failed(
    pool: TranscriptionPool, diary: Path
) -> None:
    outcomes = Outcomes()
    pool.submit(audio(DIE, 5), "en", outcomes)
    pool.submit(audio(ANSWER, 6), "en", outcomes)
    assert outcomes.next() == "failed: the worker died"
    assert outcomes.next() == "6"
    assert diary.read_text().split() == ["5", "5", "6"]


def test_an_engine_that_says_it_failed_keeps_its_worker(pool: TranscriptionPool) -> None:
    before = pool.worker_pids()
    outcomes = Outcomes()
    pool.submit(audio(FAIL, 5), "en", outcomes)
    assert outcomes.next() == "failed: as told"
    assert pool.worker_pids() == before


def test_a_cancelled_result_is_never_reported(pool: TranscriptionPool) -> None:
    unwanted, wanted = Outcomes(), Outcomes()
    pool.submit(audio(ANSWER, 1), "en", unwanted).cancel()
    pool.submit(audio(ANSWER, 2), "en", wanted)
    assert wanted.next() == "2"
    assert unwanted.is_empty()


def test_a_worker_leaves_off_what_is_cancelled_and_goes_on_with_the_next(
    pool: TranscriptionPool, diary: Path
) -> None:
    outcomes = Outcomes()
    working = pool.worker_pids()
    given_up = pool.submit(audio(WORK, 1), "en", outcomes, Priority.SPECULATIVE)
    while not diary.exists():
        os.sched_yield()
    pool.submit(audio(ANSWER, 2), "en", outcomes)
    given_up.cancel()
    assert outcomes.next() == "2"
    assert pool.worker_pids() == working
    assert outcomes.is_empty()


def test_closing_fails_what_waits_and_what_comes_later(pool: TranscriptionPool, diary: Path) -> None:
    outcomes = Outcomes()
    pool.submit(audio(HANG, 1), "en", outcomes)
    while not diary.exists():
        os.sched_yield()
    pool.submit(audio(ANSWER, 2), "en", outcomes)
    pids = pool.worker_pids()
    pool.close()
    pool.submit(audio(ANSWER, 3), "en", outcomes)
    assert {outcomes.next() for _ in range(3)} == {"failed: the pool is closed"}
    assert not pool.is_ready()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_model_that_cannot_be_loaded_fails_the_work_instead_of_keeping_the_caller_waiting() -> None:
    pool = TranscriptionPool(MakeNothing(), workers=1)
    outcomes = Outcomes()
    pool.submit(audio(ANSWER, 1), "en", outcomes)
    assert outcomes.next() == "failed: no transcriber can be started"
    assert not pool.is_ready()
    pool.close()
