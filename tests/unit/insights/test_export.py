"""Calls as a file for other programs."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr import cli
from ivr.insights.command import insights_command
from tests.support.insights_scene import InsightsScene
from tests.support.web_scene import ACCOUNT, PUBLIC_URL


@pytest.fixture
def scene(tmp_path: Path) -> InsightsScene:
    scene = InsightsScene(tmp_path)
    scene.solved_call("CA1")
    return scene


def run(scene: InsightsScene, *arguments: str) -> str:
    result = CliRunner().invoke(insights_command(scene.desk), arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_each_call_is_a_row_without_its_number(scene: InsightsScene, tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    assert "Wrote 1 calls" in run(scene, "export", str(file), "--from", "2030-01-01", "--to", "2030-12-31")
    (row,) = csv.DictReader(file.open(encoding="utf-8"))
    assert (row["intent"], row["outcome"], row["turns"]) == ("order_status", "solved_by_bot", "1")
    assert "+46701" not in file.read_text()


def test_formulas_are_disarmed(scene: InsightsScene, tmp_path: Path) -> None:
    scene.records.append("CA2", "call_started", release="=cmd()")
    file = tmp_path / "calls.csv"
    run(scene, "export", str(file), "--from", "2030-01-01", "--to", "2030-12-31")
    assert "'=cmd()" in file.read_text()


def test_another_ending_is_refused(scene: InsightsScene, tmp_path: Path) -> None:
    result = CliRunner().invoke(insights_command(scene.desk), ["export", str(tmp_path / "calls.xls")])
    assert result.exit_code == 2
    assert ".csv or .parquet" in result.output


def test_parquet_holds_the_same_rows(scene: InsightsScene, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed")
    file = tmp_path / "calls.parquet"
    run(scene, "export", str(file), "--from", "2030-01-01", "--to", "2030-12-31")
    table = parquet.read_table(file)
    assert table.to_pylist()[0]["intent"] == "order_status"
    assert str(table.schema.field("started_at").type) == "timestamp[us, tz=UTC]"
    assert str(table.schema.field("rating").type) == "int64"  # though nobody answered


def test_counting_anew_says_how_many(scene: InsightsScene) -> None:
    assert "Counted 1 calls anew" in run(scene, "rebuild")


def test_a_database_without_tables_is_told_of_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": "secret", "PUBLIC_URL": PUBLIC_URL}
    for name, value in {**known, "DATABASE_URL": f"sqlite:///{tmp_path}/empty.db"}.items():
        monkeypatch.setenv(f"IVR_{name}", value)
    monkeypatch.setattr("sys.argv", ["ivr", "insights", "rebuild"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "ivr db upgrade" in capsys.readouterr().err
