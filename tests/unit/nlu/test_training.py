"""Training runs when what was written changed, and a failure leaves the old model."""

import json
import shutil
import stat
from pathlib import Path

import pytest
import yaml

from ivr.nlu.model_store import ModelStore
from ivr.nlu.rendering import plain_example, render
from ivr.nlu.training import TURNS, TrainingFailed, run_arguments, train, write_runtime_files

ROOT = Path(__file__).parents[3]
# Stands in for Rasa's command: writes a model where it is told to, or fails.
STAND_IN = """#!/bin/sh
echo "INFO - Starting to train component 'RulePolicy'."
while [ $# -gt 0 ]; do [ "$1" = --out ] && out=$2; shift; done
{ending}
"""
WORKS = 'mkdir -p "$out" && echo model-$RANDOM$$ > "$out/current.tar.gz"'


class House:
    """A copy of nlu_data, a data folder and a stand-in for Rasa's environment."""

    def __init__(self, folder: Path) -> None:
        self.nlu_data = folder / "nlu_data"
        shutil.copytree(ROOT / "nlu_data", self.nlu_data)
        self.data = folder / "var"
        self.venv = folder / "venv"
        self.said: list[str] = []
        (self.venv / "bin").mkdir(parents=True)
        self.ends_with(WORKS)

    def ends_with(self, ending: str) -> None:
        rasa = self.venv / "bin" / "rasa"
        rasa.write_text(STAND_IN.replace("{ending}", ending))
        rasa.chmod(0o755)

    def trains(self, is_forced: bool = False) -> bool:
        return train(self.nlu_data, self.data, self.venv, say=self.said.append, is_forced=is_forced).is_new

    def model(self) -> str:
        return ModelStore(self.data).current.read_text()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_it_trains_once_and_then_only_when_asked_to(house: House) -> None:
    assert house.trains()
    assert house.said == ["Starting to train RulePolicy"]
    assert not house.trains()
    assert house.trains(is_forced=True)


def test_changed_examples_are_trained(house: House) -> None:
    house.trains()
    file = house.nlu_data / "nlu" / "en" / "person.yml"
    file.write_text(file.read_text().replace("- operator\n", "- the switchboard\n"))
    assert house.trains()


def test_changed_words_of_the_bot_need_no_training(house: House) -> None:
    house.trains()
    file = house.nlu_data / "responses" / "en.yml"
    file.write_text(file.read_text().replace("You're welcome.", "My pleasure."))
    assert not house.trains()


def test_another_version_of_rasa_is_trained_anew(house: House) -> None:
    house.trains()
    (house.venv / "lib" / "python3.10" / "site-packages" / "rasa-3.6.22.dist-info").mkdir(parents=True)
    assert house.trains()


@pytest.mark.parametrize("ending", ["echo no memory left; exit 1", "exit 0"])
def test_a_failed_training_keeps_the_old_model(house: House, ending: str) -> None:
    house.trains()
    before = house.model()
    house.ends_with(ending)
    with pytest.raises(TrainingFailed):
        house.trains(is_forced=True)
    assert house.model() == before
    assert len(ModelStore(house.data).manifests()) == 1
    assert not list((house.data / "models" / "rasa").glob(".training*"))


def test_a_failure_says_what_rasa_said(house: House) -> None:
    house.ends_with("echo no memory left; exit 1")
    with pytest.raises(TrainingFailed, match="no memory left"):
        house.trains()


def test_without_rasa_it_says_how_to_get_it(house: House, tmp_path: Path) -> None:
    with pytest.raises(TrainingFailed, match="make setup"):
        train(house.nlu_data, house.data, tmp_path / "nowhere")


def test_the_files_rasa_runs_with_hold_the_token_and_are_private(tmp_path: Path) -> None:
    folder = write_runtime_files(tmp_path, "http://127.0.0.1:8080/rasa/actions", 'to"ken: #1', "other: #2")
    endpoints = yaml.safe_load((folder / "endpoints.yml").read_text())
    assert endpoints["action_endpoint"]["token"] == 'to"ken: #1'
    assert yaml.safe_load((folder / "credentials.yml").read_text()) == {TURNS: {"token": "other: #2"}}
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in folder.glob("*.yml"))


def test_rasa_is_told_to_listen_on_this_machine_only(tmp_path: Path) -> None:
    arguments = run_arguments(tmp_path, 5005)
    assert arguments[arguments.index("--interface") + 1] == "127.0.0.1"
    assert not any("token" in argument for argument in arguments)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Where's my order?", "where's my order"),
        ("It's [471192](digits), thanks!", "it's [471192](digits) thanks"),
        ("[471](digits)", "[471](digits)"),
    ],
)
def test_examples_are_trained_in_the_form_calls_have(written: str, plain: str) -> None:
    assert plain_example(written) == plain


def test_rasa_gets_names_instead_of_words(tmp_path: Path) -> None:
    render(ROOT / "nlu_data", tmp_path)
    domain = yaml.safe_load((tmp_path / "domain.yml").read_text())
    assert domain["responses"]["utter_goodbye"] == [{"text": "utter_goodbye"}]
    assert "custom" in domain["responses"]["utter_command_hang_up"][0]
    assert "Goodbye" not in json.dumps(domain["responses"])
