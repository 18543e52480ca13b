"""The journal file: what was written is read, what was damaged is noticed and nothing else is lost."""

import errno
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.records.journal import Journal

RECORDS = [{"call_id": "CA1", "nth": nth, "text": "line\nbreak å"} for nth in range(4)]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal.begin(tmp_path / "not" / "there" / "yet")
    yield journal
    journal.close()


def file_of(folder: Path) -> Path:
    (path,) = folder.rglob("*.journal")
    return path


def left_behind(folder: Path, content: bytes) -> Journal:
    (folder / "dead.journal").write_bytes(content)
    (journal,) = Journal.left_behind(folder)
    return journal


def written(folder: Path) -> bytes:
    journal = Journal.begin(folder)
    for record in RECORDS:
        journal.write(record)
    content = file_of(folder).read_bytes()
    journal.remove()
    return content


def test_records_are_read_in_order(journal: Journal) -> None:
    for record in RECORDS:
        journal.write(record)
    page = journal.read()
    assert list(page.records) == RECORDS
    assert (page.end, page.damaged) == (journal.size(), 0)


def test_reading_goes_on_where_it_ended(journal: Journal) -> None:
    journal.write(RECORDS[0])
    end = journal.read().end
    assert journal.read(end).records == ()
    journal.write(RECORDS[1])
    assert list(journal.read(end).records) == [RECORDS[1]]


def test_a_journal_cut_anywhere_keeps_every_whole_record(tmp_path: Path) -> None:
    """Fault table row 43: the last record is torn."""
    content = written(tmp_path)
    for cut in range(len(content)):
        journal = left_behind(tmp_path, content[:cut])
        whole = content[:cut].count(b"\n")
        page = journal.read()
        # A record that only lacks its line break is whole.
        assert list(page.records) in (RECORDS[:whole], RECORDS[: whole + 1])
        assert len(page.records) + page.damaged == len([line for line in content[:cut].split(b"\n") if line])
        journal.remove()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_flipped_bit_costs_one_record_at_most_two_and_invents_none(
    tmp_path: Path, data: st.DataObject
) -> None:
    content = bytearray(written(tmp_path))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    journal = left_behind(tmp_path, bytes(content))
    page = journal.read()
    journal.remove()
    assert all(record in RECORDS for record in page.records)
    # A line break that is hit joins two records.
    assert len(page.records) >= len(RECORDS) - 2
    assert page.damaged >= 1


def test_a_living_owner_keeps_its_journal(journal: Journal, tmp_path: Path) -> None:
    journal.write(RECORDS[0])
    assert list(Journal.left_behind(file_of(tmp_path).parent)) == []
    journal.close()
    (mine,) = Journal.left_behind(file_of(tmp_path).parent)
    assert list(mine.read().records) == [RECORDS[0]]
    mine.close()


def test_a_killed_owner_loses_nothing_it_had_written(tmp_path: Path) -> None:
    """Fault table row 37: kill -9."""
    program = (
        "import sys; from pathlib import Path; from ivr.records.journal import Journal\n"
        "journal = Journal.begin(Path(sys.argv[1]))\n"
        "for nth in range(10**6): journal.write({'nth': nth}); print(nth, flush=True)\n"
    )
    root = Path(__file__).resolve().parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, cwd=root, text=True
    ) as owner:
        assert owner.stdout is not None
        acknowledged = [int(owner.stdout.readline()) for _ in range(20)][-1]
        owner.send_signal(signal.SIGKILL)
        acknowledged = max([acknowledged, *(int(line) for line in owner.stdout if line.endswith("\n"))])
    (journal,) = Journal.left_behind(tmp_path)
    numbers = [record["nth"] for record in journal.read().records]
    journal.remove()
    assert numbers == list(range(len(numbers)))
    assert len(numbers) > acknowledged


def test_a_write_that_does_not_fit_leaves_the_journal_whole(journal: Journal) -> None:
    """Fault table row 42, by a limit on the file's size: the same error path as a full disk."""
    journal.write(RECORDS[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    quiet = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (journal.size() + 10, hard))
        with pytest.raises(OSError, match=r"No space|too large") as refused:
            journal.write(RECORDS[1])
        assert refused.value.errno in (errno.ENOSPC, errno.EFBIG)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, quiet)
    journal.write(RECORDS[2])
    assert list(journal.read().records) == [RECORDS[0], RECORDS[2]]
