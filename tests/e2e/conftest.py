"""One running system for all end-to-end tests."""

from collections.abc import Iterator

import pytest

from tests.support.running_system import RunningSystem, running_system


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """Rasa, the service and the carrier, as `ivr run` starts them."""
    with running_system(tmp_path_factory.mktemp("system")) as running:
        yield running
