"""Which figures of the running service Prometheus may read: one registry, filled when somebody asks.

No label holds anything about a caller. Other parts add their own metrics to the same registry.
"""

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

_PAGE_FIELD = 1  # of /proc/<pid>/statm: pages in memory
_PAGE_BYTES = 4096


class CallCount(Protocol):
    """Knows the calls now with the bot."""

    most_calls: int
    turned_away: int

    def live_count(self) -> int:
        """Return the number of calls now with the bot."""
        ...


class Recognition(Protocol):
    """Knows the worker processes and what waits for them."""

    def waiting(self) -> int:
        """Return how many utterances wait for a worker."""
        ...

    def worker_pids(self) -> list[int]:
        """Return the process ids of the workers that are ready."""
        ...


class ServiceFigures(Collector):
    """Reads calls, queues and memory at the moment of asking. Any thread."""

    def __init__(self, calls: CallCount, recognition: Recognition) -> None:
        self._calls = calls
        self._recognition = recognition

    def collect(self) -> Iterable[Metric]:
        """Return every figure."""
        pids = self._recognition.worker_pids()
        own = [
            ("ivr_calls", "Calls now with the bot.", self._calls.live_count()),
            ("ivr_calls_limit", "Calls the bot takes at once.", self._calls.most_calls),
            ("ivr_recognition_waiting", "Utterances waiting for a worker.", self._recognition.waiting()),
            ("ivr_recognition_workers", "Recognition processes that are ready.", len(pids)),
            ("ivr_recognition_memory_bytes", "Memory of the recognition processes.", _memory_bytes(pids)),
            ("ivr_threads", "Threads of the service.", threading.active_count()),
        ]
        for name, meaning, value in own:
            yield GaugeMetricFamily(name, meaning, value=value)
        yield CounterMetricFamily(
            "ivr_calls_turned_away", "Calls sent to people as the bot had its limit.", self._calls.turned_away
        )


def make_registry(*collectors: Collector) -> CollectorRegistry:
    """Return the registry of one service, with this process's own memory, CPU and open files in it."""
    registry = CollectorRegistry(auto_describe=True)
    ProcessCollector(registry=registry)
    for collector in collectors:
        registry.register(collector)
    return registry


def _memory_bytes(pids: Sequence[int]) -> int:
    total = 0
    for pid in pids:
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[_PAGE_FIELD]) * _PAGE_BYTES
        except (OSError, IndexError):
            continue  # gone in the meantime, or a machine without /proc
    return total
