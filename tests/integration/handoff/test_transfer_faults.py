"""What agents and callers do, on a network that loses, repeats, delays and refuses: nobody is lost.

Every fifth of the benchmark's scripts; `python -m benchmarks.transfer` plays them all.
"""

from pathlib import Path

import pytest

from benchmarks.transfer import FAULT_SCRIPTS, SETTLE_S, measure
from ivr.handoff.transfer import TERMINAL, TransferState
from tests.support.network_faults import FAULTS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("fault", "first", "caller"), FAULT_SCRIPTS[::5], ids=lambda part: part.replace(" ", "-")
)
def test_nobody_is_lost(fault: str, first: str, caller: str, tmp_path: Path) -> None:
    seen = measure(first, "accepts", caller, tmp_path, FAULTS[fault](), SETTLE_S)
    assert TransferState(seen.state) in TERMINAL, seen
    assert not seen.is_lost, seen
    assert not seen.is_somebody_alone, seen
    assert seen.left_on_the_line == 0, seen
    assert max(seen.rings.values()) <= 1, seen  # nobody is asked twice, whatever came twice
