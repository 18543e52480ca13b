"""What changed since a release, in words."""

import subprocess
from pathlib import Path

import pytest

from ivr.nlu.studio.changes import FileChange, SentenceChange, changes_since


@pytest.fixture
def nlu_data(tmp_path: Path) -> Path:
    folder = tmp_path / "shop" / "nlu_data"
    write(folder, "nlu/sv/returns.yml", "nlu:\n- intent: return_item\n  examples: |\n    - a\n    - b\n")
    write(folder, "responses/sv.yml", "responses:\n  utter_a:\n  - text: hej\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "Begin")
    return folder


def write(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def test_nothing_changed(nlu_data: Path) -> None:
    found = changes_since(nlu_data, "HEAD")
    assert found is not None
    assert found.is_empty


def test_saved_sentences_wording_and_new_files_are_told(nlu_data: Path) -> None:
    write(
        nlu_data,
        "nlu/sv/returns.yml",
        "nlu:\n- intent: return_item\n  examples: |\n    - a\n    - c\n    - å\n",
    )
    write(nlu_data, "responses/sv.yml", "responses:\n  utter_a:\n  - text: hejsan\n")
    write(nlu_data, "tests/ny.yml", "conversations:\n- name: a\n")
    found = changes_since(nlu_data, "HEAD")
    assert found is not None
    assert found.sentences == (SentenceChange("return_item", "sv", ("c", "å"), ("b",)),)
    assert found.files == (
        FileChange("responses/sv.yml", "wording", 1, 1),
        FileChange("tests/ny.yml", "test conversations", 2, 0),
    )


def test_a_sentence_that_only_moved_to_another_file_is_no_change(nlu_data: Path) -> None:
    write(nlu_data, "nlu/sv/returns.yml", "nlu:\n- intent: return_item\n  examples: |\n    - a\n")
    write(nlu_data, "nlu/sv/more.yml", "nlu:\n- intent: return_item\n  examples: |\n    - b\n")
    found = changes_since(nlu_data, "HEAD")
    assert found is not None
    assert found.is_empty


def test_a_deleted_file_is_told_and_a_foreign_commit_cannot_be(nlu_data: Path) -> None:
    (nlu_data / "nlu/sv/returns.yml").unlink()
    found = changes_since(nlu_data, "HEAD")
    assert found is not None
    assert found.sentences == (SentenceChange("return_item", "sv", (), ("a", "b")),)
    assert changes_since(nlu_data, "0" * 40) is None
