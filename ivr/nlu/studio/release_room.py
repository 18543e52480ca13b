"""Which long job runs in the studio (training, preview, release, rollback), and how it came out."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ivr import log
from ivr.clock import Clock
from ivr.errors import IvrError
from ivr.nlu.model_store import ModelStore
from ivr.nlu.studio.inbox import Utterance
from ivr.nlu.studio.preview import Previews

YESTERDAY = timedelta(days=1)
LEARNING = "Learning the sentences"
_log = log.get("studio")


class JobRunning(IvrError):
    """A job is under way already."""


class Releasing(Protocol):
    """What releases and rolls back, for the command and the studio alike."""

    def release(self, version: str) -> object:
        """Test a model, then make it live. Raises IvrError; then the old one goes on."""
        ...

    def rollback(self, version: str | None = None) -> object:
        """Make live what was live before. Raises IvrError."""
        ...


@dataclass
class Job:
    """One long job as it stands. `problem` is what went wrong; what was live goes on then."""

    what: str
    who: str
    began_at: datetime
    said: list[str]
    is_over: bool = False
    problem: str = ""
    ended_at: datetime | None = None


def in_designers_words(line: str, said: Sequence[str]) -> str:
    """Return a line of progress as a designer reads it, empty for one that says nothing new.

    Rasa names its components when it starts and finishes each; one line for all of them is enough.
    """
    if line.startswith("Starting to train "):
        return "" if LEARNING in said else LEARNING
    return "" if line.startswith("Finished training ") else line


class ReleaseRoom:
    """One job at a time, on a thread of its own. Safe from any thread."""

    def __init__(
        self,
        store: ModelStore,
        previews: Previews,
        train: Callable[[str, Callable[[str], None]], str],
        releasing: Callable[[str, Callable[[str], None]], Releasing],
        spoken: Callable[[timedelta], Sequence[Utterance]],
        clock: Clock,
    ) -> None:
        """`train` takes (who, say) and returns the version; `releasing` takes the same."""
        self.store = store
        self.previews = previews
        self._train = train
        self._releasing = releasing
        self._spoken = spoken
        self._clock = clock
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._thread: threading.Thread | None = None

    @property
    def job(self) -> Job | None:
        """Return the job under way, or the last one."""
        return self._job

    def wait(self, limit_s: float) -> None:
        """Wait for the job under way, at most this long."""
        thread = self._thread
        if thread is not None:
            thread.join(limit_s)

    def prepare(self, who: str) -> None:
        """Check and train what is written now, and find out what a release would do. Raises JobRunning."""

        def work(say: Callable[[str], None]) -> str:
            version = self._train(who, say)
            say("Reading what callers said since yesterday")
            at = self._clock.now().isoformat(timespec="seconds")
            self.previews.make(version, self._spoken(YESTERDAY), at, say)
            return f"{version} is measured. Nothing is live yet: read on, then release."

        self._start("Preview", who, work)

    def release(self, version: str, who: str) -> None:
        """Release a model of the store. Raises JobRunning, NoSuchVersion."""
        chosen = self.store.resolve(version)

        def work(say: Callable[[str], None]) -> str:
            self._releasing(who, say).release(chosen)
            return f"{chosen} is live: new calls get it."

        self._start("Release", who, work)

    def rollback(self, who: str) -> None:
        """Go back to the model that was live before. Raises JobRunning."""

        def work(say: Callable[[str], None]) -> str:
            self._releasing(who, say).rollback()
            return f"{self.store.live_version()} is live again."

        self._start("Rollback", who, work)

    def _start(self, what: str, who: str, work: Callable[[Callable[[str], None]], str]) -> None:
        with self._lock:
            if self._job is not None and not self._job.is_over:
                raise JobRunning(f"{self._job.who} began a {self._job.what.lower()}; wait until it is over")
            job = self._job = Job(what, who, self._clock.now(), [])
            self._thread = threading.Thread(
                target=self._run, args=(job, work), name="studio-job", daemon=True
            )
            self._thread.start()

    def _run(self, job: Job, work: Callable[[Callable[[str], None]], str]) -> None:
        is_settled = False

        def say(line: str) -> None:
            told = in_designers_words(line, job.said)
            if told:
                job.said.append(told)

        try:
            job.said.append(work(say))
            is_settled = True
        except IvrError as refused:
            job.problem = str(refused)
            is_settled = True
        finally:
            if not is_settled:
                job.problem = "It broke unexpectedly; the service's log says where. Nothing was made live."
            job.ended_at = self._clock.now()
            job.is_over = True
            _log.info("studio_job_over", what=job.what, is_well=not job.problem)
