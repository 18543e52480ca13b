"""What the command line needs, and how it tells what is missing."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from ivr import cli
from ivr.clock import SystemClock
from ivr.records import database
from ivr.records.feed import Feed
from ivr.records.kinds import Kind
from ivr.records.sql_records import SqlCallRecords

NLU_DATA = Path(__file__).parents[2] / "nlu_data"


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with nlu_data, without `.env`, settings or a database."""
    for name in [name for name in os.environ if name.startswith("IVR_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nlu_data").symlink_to(NLU_DATA)
    yield tmp_path
    structlog.reset_defaults()


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Return the command's exit code."""
    monkeypatch.setattr(sys, "argv", ["ivr", *words])
    with pytest.raises(SystemExit) as done:
        cli.main()
    return int(done.value.code or 0)


@pytest.mark.parametrize(
    "words", [("policy", "check"), ("knowledge", "ask", "can I return it"), ("nlu", "history")]
)
def test_commands_over_files_need_no_account_with_the_phone_network(
    bare: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    assert run(monkeypatch, *words) == 0
    assert run(monkeypatch, "link") == 2


@pytest.mark.parametrize(
    "words", [("policy", "explain", "CA1"), ("policy", "replay"), ("privacy", "find", "+46701")]
)
def test_a_database_without_tables_is_one_message(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("IVR_TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("IVR_TWILIO_AUTH_TOKEN", "x")
    (bare / "var").mkdir()
    assert run(monkeypatch, *words) == 2
    told = capsys.readouterr().err
    assert "ivr db upgrade" in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("nlu", "hear", "--language", "xx"),
        ("nlu", "hear", "--limit", "-1"),
        ("nlu", "hear", "--takes", "0"),
        ("nlu", "parse", "--language", "xx", "hello"),
        ("policy", "try", "--language", "xx", "hello"),
        ("knowledge", "ask", "--language", "xx", "hello"),
        ("nlu", "compare", "newest", "nosuch"),
    ],
)
def test_what_nobody_can_mean_is_refused_at_once(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert run(monkeypatch, *words) == 2
    told = capsys.readouterr().err
    assert "`xx`" in told or "not in the range" in told if "--" in words[2] else "history" in told


def test_what_scripts_ask_for_is_json_and_what_people_ask_for_is_not(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    database.upgrade("sqlite:///var/ivr.db")
    records = SqlCallRecords(database.open_engine("sqlite:///var/ivr.db"), Feed(), SystemClock())
    records.open_call("CA1", "+46701", None, "en")
    records.append("CA1", Kind.NO_INPUT, step="request", level=1)
    told = []
    for words in (("policy", "check"), ("policy", "explain", "CA1"), ("policy", "replay")):
        assert run(monkeypatch, *words, "--json") == 0
        told.append(json.loads(capsys.readouterr().out))
    assert told[0] == []
    assert [turn["step"] for turn in told[1]["turns"]] == ["go_on"]
    assert told[2] == {"counts": {"the same": 1}, "calls": []}
    run(monkeypatch, "knowledge", "due", "--json")
    assert isinstance(json.loads(capsys.readouterr().out), list)
    assert run(monkeypatch, "knowledge", "ask", "how much is delivery") == 0
    assert "{" not in capsys.readouterr().out
    assert run(monkeypatch, "knowledge", "ask", "") == 2
