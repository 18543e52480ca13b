"""Who transcribes what next: worker processes that load the model once, final work before guesses."""

import heapq
import itertools
import multiprocessing
import threading
from collections.abc import Callable
from ctypes import c_longlong
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import RawValue

import numpy as np

from ivr import log
from ivr.conversation.expectation import OPEN_QUESTION, Expectation
from ivr.speech.pool_worker import Answer, Failed, LeftOff, Loaded, MakeTranscriber, serve
from ivr.speech.transcriber import TranscriberFailed, Transcription

LOAD_TIMEOUT_S = 120.0
RELOAD_PAUSE_S = 1.0
# A second thread in a worker is woken and put to sleep 1,800 times in a turn of `base`, and computes a fifth
# less long for it at best; a second worker does another caller's turn meanwhile.
THREADS = 1
NEXT_AFTER_S = 5.0  # further workers load their models when the house is up and may serve its first call
_MOST_TRIES = 2

OnDone = Callable[[Transcription | TranscriberFailed], None]


class Priority(IntEnum):
    """What goes first."""

    FINAL = 0  # the caller's turn is over and the caller waits
    GLIMPSE = 1  # a voice has just begun over the bot: a turn, or somebody who listens?
    SPECULATIVE = 2  # the caller has paused and may go on


class _Loss(Enum):
    """Why a worker did not answer."""

    DIED = "the worker died"
    HUNG = "recognition took too long"
    CLOSED = "the pool is closed"


@dataclass(order=True)
class _Job:
    priority: Priority
    number: int
    audio: np.ndarray = field(compare=False)
    language: str = field(compare=False)
    expects: Expectation = field(compare=False)
    on_done: OnDone = field(compare=False)
    tries: int = field(default=0, compare=False)
    is_settled: bool = field(default=False, compare=False)
    unwanted: c_longlong | None = field(default=None, compare=False)  # seen by the worker that is at it


class Ticket:
    """A submitted utterance, as the one who submitted it sees it."""

    def __init__(self, pool: "TranscriptionPool", job: _Job) -> None:
        self._pool = pool
        self._job = job

    def cancel(self) -> None:
        """Give up on the result: `on_done` will not be called unless it has already begun.

        A worker that is at it leaves off within a token, where its engine can.
        """
        self._pool.settle(self._job)

    def hurry(self) -> None:
        """The caller waits for these words now: put them before every guess."""
        self._pool.hurry(self._job)


class TranscriptionPool:
    """Worker processes behind one queue. Every method may be called from any thread.

    A worker that dies or exceeds `job_timeout_s` is replaced by one that loads the model first; meanwhile
    the others do its work. The utterance of a worker that died is tried once more; one that ran out of time
    is not, since the caller has waited long enough.
    """

    def __init__(
        self,
        make_transcriber: MakeTranscriber,
        workers: int = 1,
        job_timeout_s: float = 20.0,
        next_after_s: float = NEXT_AFTER_S,
    ) -> None:
        """Start one process, and the others once that has been ready for `next_after_s`.

        `make_transcriber(threads)` must be picklable and runs in each.
        """
        self._next_after_s = next_after_s
        self._make = make_transcriber
        self._job_timeout_s = job_timeout_s
        self._changed = threading.Condition()
        self._queue: list[_Job] = []
        self._numbers = itertools.count(1)
        self._ready_workers: set[int] = set()
        self._is_closed = False
        self._closing_read, self._closing_write = multiprocessing.Pipe(duplex=False)
        self._log = log.get("transcription_pool")
        self._keepers = [
            threading.Thread(target=self._keep, args=(number,), name=f"transcriber-{number}", daemon=True)
            for number in range(workers)
        ]
        for keeper in self._keepers:
            keeper.start()

    def submit(
        self,
        audio: np.ndarray,
        language: str,
        on_done: OnDone,
        priority: Priority = Priority.FINAL,
        expects: Expectation = OPEN_QUESTION,
    ) -> Ticket:
        """Queue one utterance (float32, 16 kHz).

        `on_done` runs once, on a thread of the pool; it must be quick and must not raise.
        """
        job = _Job(priority, next(self._numbers), audio, language, expects, on_done)
        with self._changed:
            if not self._is_closed:
                heapq.heappush(self._queue, job)
                self._changed.notify()
                return Ticket(self, job)
        self._report(job, TranscriberFailed("the pool is closed"))
        return Ticket(self, job)

    def hurry(self, job: _Job) -> None:
        """Make a job final work; one that is being done or is done stays as it is."""
        with self._changed:
            if job.priority is Priority.FINAL or job.is_settled:
                return
            job.priority = Priority.FINAL
            heapq.heapify(self._queue)

    def is_ready(self) -> bool:
        """Say whether at least one worker has its model loaded."""
        with self._changed:
            return bool(self._ready_workers)

    def wait_until_ready(self, timeout_s: float, workers: int = 1) -> bool:
        """Wait until so many workers have their model loaded; say whether they came in time."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._ready_workers) >= workers, timeout_s)

    def worker_pids(self) -> list[int]:
        """Return the process ids of the workers that are ready."""
        with self._changed:
            return sorted(self._ready_workers)

    def waiting(self) -> int:
        """Return how many utterances wait for a worker."""
        with self._changed:
            return sum(not job.is_settled for job in self._queue)

    def close(self) -> None:
        """End the workers; what is still waiting is reported as failed."""
        with self._changed:
            if self._is_closed:
                return
            self._is_closed = True
            left, self._queue = self._queue, []
            self._changed.notify_all()
        self._closing_write.send(None)
        for job in left:
            self._report(job, TranscriberFailed("the pool is closed"))
        for keeper in self._keepers:
            keeper.join(timeout=5.0)

    def settle(self, job: _Job) -> bool:
        """Mark a job as answered or given up; say whether it was still open."""
        with self._changed:
            was_open, job.is_settled = not job.is_settled, True
            if job.unwanted is not None:
                job.unwanted.value = job.number
        return was_open

    def _report(self, job: _Job, outcome: Transcription | TranscriberFailed) -> None:
        if self.settle(job):
            job.on_done(outcome)

    def _keep(self, number: int) -> None:
        """Keep one worker alive and fed until the pool closes."""
        if number > 0:
            self._wait_for_the_first()
        while not self._is_closed:
            process, line, unwanted = self._start(number)
            try:
                if self._has_loaded(process, line):
                    self._feed(process, line, unwanted)
                else:
                    self._fail_waiting_if_nobody_works()
            finally:
                with self._changed:
                    self._ready_workers.discard(process.pid or 0)
                line.close()
                process.kill()
                process.join()

    def _wait_for_the_first(self) -> None:
        """Let the first worker load its model alone: calls can come when it has."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or bool(self._ready_workers))
            self._changed.wait_for(lambda: self._is_closed, self._next_after_s)

    def _start(self, number: int) -> tuple[BaseProcess, Connection, c_longlong]:
        context = multiprocessing.get_context("spawn")  # fork would copy locks held by other threads
        ours, theirs = context.Pipe()
        unwanted = RawValue(c_longlong, 0)
        given = (theirs, self._make, THREADS, unwanted)
        process = context.Process(target=serve, args=given, name=f"transcriber-{number}", daemon=True)
        process.start()
        theirs.close()
        threading.Thread(target=self._watch, args=(process,), name=f"watch-{number}", daemon=True).start()
        return process, ours, unwanted

    def _watch(self, process: BaseProcess) -> None:
        """Wake the keeper when its worker dies while idle: the next caller should find another one."""
        wait([process.sentinel])
        process.join()  # its end of the pipe closes before it counts as dead, and the keeper would sleep on
        with self._changed:
            self._changed.notify_all()

    def _has_loaded(self, process: BaseProcess, line: Connection) -> bool:
        answer = self._receive(process, line, LOAD_TIMEOUT_S)
        if isinstance(answer, Loaded):
            with self._changed:
                self._ready_workers.add(process.pid or 0)
                self._changed.notify_all()
            return True
        if not self._is_closed:
            why = answer.why if isinstance(answer, Failed) else str(answer)
            self._log.error("transcriber_not_loaded", why=why)
            with self._changed:
                self._changed.wait_for(lambda: self._is_closed, RELOAD_PAUSE_S)
        return False

    def _feed(self, process: BaseProcess, line: Connection, unwanted: c_longlong) -> None:
        """Give the worker job after job until it dies, hangs or the pool closes."""
        while True:
            job = self._next_job(process, unwanted)
            if job is None:
                return
            job.tries += 1
            is_lost = self._take_answer(self._ask(process, line, job), job)
            if is_lost:
                return

    def _take_answer(self, answer: Answer | _Loss, job: _Job) -> bool:
        """Report what came of a job, before anybody takes the next one; say whether the worker was lost."""
        match answer:
            case Transcription():
                self._report(job, answer)
            case Failed(why):
                self._report(job, TranscriberFailed(why))
            case LeftOff():
                pass  # it was given up, and is settled
            case _:
                self._after_loss(answer if isinstance(answer, _Loss) else _Loss.DIED, job)
                return True
        return False

    def _next_job(self, process: BaseProcess, unwanted: c_longlong) -> _Job | None:
        """Wait for a job; None when the pool closes or the worker has died in the meantime."""
        with self._changed:
            while not self._is_closed and process.is_alive():
                while self._queue:
                    job = heapq.heappop(self._queue)
                    if not job.is_settled:
                        job.unwanted = unwanted
                        return job
                self._changed.wait()
        return None

    def _ask(self, process: BaseProcess, line: Connection, job: _Job) -> Answer | _Loss:
        try:
            line.send((job.number, job.audio, job.language, job.expects))
        except OSError:
            return _Loss.DIED
        return self._receive(process, line, self._job_timeout_s)

    def _receive(self, process: BaseProcess, line: Connection, timeout_s: float) -> Answer | _Loss:
        ready = wait([line, process.sentinel, self._closing_read], timeout_s)
        if not ready:
            return _Loss.HUNG
        if line not in ready:
            return _Loss.CLOSED if self._is_closed else _Loss.DIED
        try:
            answer: Answer = line.recv()
        except (EOFError, OSError):
            return _Loss.DIED
        return answer

    def _after_loss(self, loss: _Loss, job: _Job) -> None:
        if loss is not _Loss.CLOSED:
            self._log.error("transcriber_lost", why=loss.value, tries=job.tries)
        if loss is not _Loss.DIED or job.tries >= _MOST_TRIES:
            self._report(job, TranscriberFailed(loss.value))
            return
        with self._changed:
            heapq.heappush(self._queue, job)
            self._changed.notify()

    def _fail_waiting_if_nobody_works(self) -> None:
        with self._changed:
            if self._ready_workers:
                return
            left, self._queue = self._queue, []
        for job in left:
            self._report(job, TranscriberFailed("no transcriber can be started"))
