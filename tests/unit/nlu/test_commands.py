"""What scripts get from `ivr nlu`: JSON and exit codes."""

import json
import shutil
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ivr.config import Settings
from ivr.dialogue.dialogue import Dialogue
from ivr.nlu.command import nlu_command
from ivr.nlu.command_options import NluDataWrong, refuse_errors
from ivr.nlu.yaml_marks import Problem
from tests.fakes.counted_encoder import CountedEncoder
from tests.fakes.scripted_dialogue import ScriptedDialogue

MISTAKES = Path(__file__).parents[2] / "golden" / "nlu_mistakes"


class NoEngine:
    """An engine that is never loaded here."""

    name = "engine-1"

    def load(self) -> tuple[object, object]:
        raise AssertionError("nothing is to be heard")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    shutil.copytree(MISTAKES, tmp_path / "nlu_data")
    return tmp_path


@pytest.fixture
def nlu(house: Path) -> click.Group:
    settings = Settings(
        _env_file=None,
        twilio_account_sid="AC" + "0" * 32,
        twilio_auth_token="x",
        data_dir=house / "var",
        nlu_data_dir=house / "nlu_data",
    )

    def open_trial(settings: Settings, model: Path) -> AbstractContextManager[Dialogue]:
        return nullcontext(ScriptedDialogue())

    return nlu_command(
        lambda: settings, house / "no-rasa", NoEngine(), open_trial, lambda _: CountedEncoder()
    )


def test_a_script_gets_every_mistake_with_file_line_and_severity(nlu: click.Group) -> None:
    done = CliRunner().invoke(nlu, ["check", "--json"])
    assert done.exit_code == 1
    rows = json.loads(done.stdout)
    assert {row["severity"] for row in rows} == {"error", "warning"}
    assert all(row["line"] >= 1 and row["what"] and row["todo"] for row in rows)


def test_errors_stand_last_where_a_screen_shows_them(nlu: click.Group) -> None:
    lines = CliRunner().invoke(nlu, ["check"]).stdout.splitlines()
    is_warning = [": warning: " in line for line in lines[:-1]]
    assert is_warning == sorted(is_warning, reverse=True)
    assert len(set(is_warning)) == 2
    assert lines[-1] == f"{is_warning.count(False)} errors, {is_warning.count(True)} warnings"


def test_nothing_that_is_wrong_is_trained(nlu: click.Group) -> None:
    done = CliRunner().invoke(nlu, ["train"])
    assert isinstance(done.exception, NluDataWrong)
    assert "empty.yml:1" in str(done.exception)


def test_wording_that_is_wrong_stops_a_release_and_no_training(tmp_path: Path) -> None:
    file = tmp_path / "responses" / "en.yml"
    file.parent.mkdir()
    file.write_text('responses:\n  utter_x:\n  - text: "x"\n')
    problems = [Problem(file, 2, "`utter_x` takes about 9 s to say", "Shorten it")]
    refuse_errors(problems, tmp_path, is_for_training=True)
    with pytest.raises(NluDataWrong, match="takes about 9 s"):
        refuse_errors(problems, tmp_path)
    file.write_text("responses: [")
    with pytest.raises(NluDataWrong):
        refuse_errors(problems, tmp_path, is_for_training=True)


@pytest.mark.parametrize("is_error", [True, False])
def test_an_error_stops_and_a_warning_does_not(tmp_path: Path, is_error: bool) -> None:
    problem = Problem(tmp_path / "domain.yml", 1, "few", "more", is_error=is_error)
    with pytest.raises(NluDataWrong, match="few") if is_error else nullcontext():
        refuse_errors([problem], tmp_path)


def test_the_history_of_a_new_house_is_empty(nlu: click.Group) -> None:
    done = CliRunner().invoke(nlu, ["history", "--json"])
    assert json.loads(done.stdout) == {"live": None, "steps": [], "models": []}


def test_hearing_with_nothing_missing_loads_no_engine(nlu: click.Group, house: Path) -> None:
    shutil.rmtree(house / "nlu_data" / "nlu")
    shutil.rmtree(house / "nlu_data" / "holdout")
    done = CliRunner().invoke(nlu, ["hear", "--json"])
    assert json.loads(done.stdout) == {"heard": 0, "left": 0, "languages": {}}
