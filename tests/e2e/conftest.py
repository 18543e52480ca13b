"""One running system for all end-to-end tests, and one browser for the pages of each file."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.chromium import MICROPHONE, chromium
from tests.support.running_system import RunningSystem, running_system


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """Rasa, the service and the carrier, as `ivr run` starts them."""
    with running_system(tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, with a microphone that is allowed and hums."""
    with chromium(*MICROPHONE) as started:
        yield started
