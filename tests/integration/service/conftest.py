"""One service on a real port for all tests of this folder, and no thread of theirs left behind."""

import threading
from collections.abc import Iterator

import pytest

from tests.support.service_in_process import ServiceInProcess, service_in_process

PATIENCE_S = 10.0


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceInProcess]:
    """Return the service, signatures checked."""
    with service_in_process(tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest.fixture(autouse=True)
def no_thread_is_left(service: ServiceInProcess) -> Iterator[None]:
    """Wait for the threads of requests and sockets to end; one that never does fails the test."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        if not thread.name.startswith("engine"):  # the pool's threads stay for the next call
            thread.join(PATIENCE_S)
            assert not thread.is_alive(), f"{thread.name} is stuck"
