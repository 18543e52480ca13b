"""Files keep their comments and layout, and two people who save at once lose nothing."""

import subprocess
import threading
from pathlib import Path

import pytest

from ivr.nlu.editing import (
    Author,
    EditConflict,
    EditImpossible,
    Version,
    add_examples,
    commit,
    edit,
    open_version,
    remove_example,
    write,
)

ROOT = Path(__file__).parents[3]
SHOP = """# What callers ask about the shop.
version: "3.1"
nlu:
# Hours first: they are asked most.
- intent: opening_hours
  examples: |
    - when are you open
    - Opening hours, please

- intent: parking   # behind the house
  examples: |
    - where can I park
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    file = tmp_path / "shop.yml"
    file.write_text(SHOP)
    return file


def test_a_sentence_is_added_and_everything_else_stays_byte_for_byte(shop: Path) -> None:
    add_examples(open_version(shop), "opening_hours", ["until when are you there"])
    expected = SHOP.replace(
        "    - Opening hours, please\n", "    - Opening hours, please\n    - until when are you there\n"
    )
    assert shop.read_text() == expected


def test_what_ships_is_written_back_as_it_was(tmp_path: Path) -> None:
    for original in [*ROOT.glob("nlu_data/nlu/*/*.yml"), *ROOT.glob("nlu_data/responses/*.yml")]:
        copy = tmp_path / original.name
        copy.write_bytes(original.read_bytes())
        edit(open_version(copy), lambda content: None)
        assert copy.read_text() == original.read_text(), original


def test_a_sentence_that_is_there_is_not_added_again(shop: Path) -> None:
    add_examples(open_version(shop), "opening_hours", ["When are you open?"])
    assert shop.read_text() == SHOP


def test_a_new_intent_gets_a_block(shop: Path) -> None:
    add_examples(open_version(shop), "gift_card", ["do you sell gift cards", "a gift card"])
    assert shop.read_text().endswith(
        "- intent: gift_card\n  examples: |\n    - do you sell gift cards\n    - a gift card\n"
    )


def test_a_sentence_that_is_not_there_cannot_be_removed(shop: Path) -> None:
    with pytest.raises(EditImpossible, match="no example of `parking`"):
        remove_example(open_version(shop), "parking", "when are you open")
    assert shop.read_text() == SHOP


@pytest.mark.parametrize("sneaky", ["one\n- intent: hacked", "tab\there", "  spaces   and\r\nlines "])
def test_whatever_is_typed_stays_one_sentence(shop: Path, sneaky: str) -> None:
    add_examples(open_version(shop), "parking", [sneaky])
    added = shop.read_text().splitlines()[-1]
    assert added == "    - " + " ".join(sneaky.split())


def test_the_second_of_two_who_save_is_told_and_the_first_is_kept(shop: Path) -> None:
    anna, bo = open_version(shop), open_version(shop)
    add_examples(anna, "parking", ["from anna"])
    with pytest.raises(EditConflict, match="changed by somebody else"):
        add_examples(bo, "parking", ["from bo"])
    assert "from anna" in shop.read_text()
    assert "from bo" not in shop.read_text()
    add_examples(open_version(shop), "parking", ["from bo"])
    assert "from anna\n    - from bo" in shop.read_text()


def test_many_at_once_who_try_again_lose_nothing(shop: Path) -> None:
    def designer(name: str) -> None:
        for number in range(5):
            while True:
                try:
                    add_examples(open_version(shop), "parking", [f"{name} says {number}"])
                    break
                except EditConflict:
                    continue

    threads = [threading.Thread(target=designer, args=(f"designer {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert shop.read_text().count(" says ") == 20


def test_text_that_is_no_yaml_is_not_saved(shop: Path) -> None:
    with pytest.raises(EditImpossible, match="tab"):
        write(open_version(shop), "nlu:\n\t- intent: x\n")
    assert shop.read_text() == SHOP
    assert [file.name for file in shop.parent.iterdir()] == ["shop.yml"]


def test_a_file_that_is_not_text_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_bytes(b"\xff\xfe")
    with pytest.raises(EditImpossible):
        open_version(tmp_path / "x.yml")


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True
    ).stdout


def test_the_designer_is_the_author_and_only_their_file_is_committed(shop: Path) -> None:
    folder = shop.parent
    git(folder, "init", "-q")
    git(folder, "config", "user.name", "The studio")
    git(folder, "config", "user.email", "studio@example.com")
    (folder / "other.yml").write_text("a: 1\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "start")
    (folder / "other.yml").write_text("a: 2\n")
    git(folder, "add", "other.yml")
    changed: Version = add_examples(open_version(shop), "parking", ["is there a car park"])
    made = commit([changed.file], "Callers ask for the car park", Author("Maj Ek", "maj@example.com"))
    assert git(folder, "log", "-1", "--format=%an|%ae|%cn|%s").strip() == (
        "Maj Ek|maj@example.com|The studio|Callers ask for the car park"
    )
    assert git(folder, "show", "--name-only", "--format=", made).split() == ["shop.yml"]
    assert git(folder, "status", "--porcelain").strip() == "M  other.yml"
