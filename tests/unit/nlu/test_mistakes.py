"""A folder with one mistake of every kind: each is found, at its line, and nothing else is."""

import re
import shutil
from pathlib import Path

import pytest

from ivr.nlu.checks import validate
from ivr.nlu.yaml_marks import Problem

ROOT = Path(__file__).parents[3]
MISTAKES = ROOT / "tests" / "golden" / "nlu_mistakes"
# File, a text that stands in the line, how often the text stands before it, part of the message.
IN_FILES = [
    ("nlu/en/with_tab.yml", "examples", 0, "indented with a tab"),
    ("nlu/en/empty.yml", "", 0, "is empty"),
    ("nlu/en/latin.yml", "f\ufffdr", 0, "not UTF-8"),
    ("nlu/en/open_quote.yml", '"thanks', 0, "not valid YAML"),
    ("nlu/en/wrong_type.yml", "- thank you", 0, "no block of text"),
    ("nlu/en/twice.yml", "intent", 1, "second time"),
    ("nlu/en/no_dash.yml", "cheers mate", 0, "does not begin with"),
    ("nlu/en/a_list.yml", "thanks", 0, "does not start with `name:`"),
    ("nlu/en/huge.yml", "", 0, "5.0 MB"),
]
AMONG_FILES = [
    ("domain.yml", "- opening_hours", 0, "only 1 example sentences in nlu/fi"),
    ("domain.yml", "- repeat", 0, "only 0 example sentences in nlu/fi"),
    ("domain.yml", "- thanks", 0, "only 0 example sentences in nlu/fi"),
    ("domain.yml", "- thanks", 0, "only 5 example sentences in nlu/sv"),
    ("domain.yml", "- parking", 0, "only 0 example sentences in nlu/en"),
    ("domain.yml", "- parking", 0, "only 0 example sentences in nlu/sv"),
    ("domain.yml", "- parking", 0, "only 0 example sentences in nlu/fi"),
    ("domain.yml", "- colour", 0, "no sentence shows the entity"),
    ("domain.yml", "action_juggle", 0, "no action"),
    ("holdout/en.yml", "What time does the shop open", 0, "is trained on too"),
    ("holdout/en.yml", "voucher to use", 0, "`vouchers` is not in the domain"),
    ("holdout/sv.yml", "thanks", 0, "holds no sentences"),
    ("nlu/en/shop.yml", "when are you open", 1, "also an example of `opening_hours`"),
    ("nlu/en/shop.yml", "what are your opening hour", 1, "is nearly"),
    ("nlu/en/shop.yml", "    - thanks\n", 1, "is there already"),
    ("nlu/en/shop.yml", "hello there", 0, "`greetings` is not in the domain"),
    ("nlu/en/shop.yml", "(number)", 0, "the entity `number` is not in the domain"),
    ("policy.yml", "wednesday:", 0, "closes before it opens"),
    ("responses/en.yml", "utter_long", 0, "s to say"),
    ("responses/en.yml", "utter_url", 0, "holds an address"),
    ("responses/en.yml", "utter_markdown", 0, "markup"),
    ("responses/en.yml", "utter_emoji", 0, "picture sign"),
    ("responses/en.yml", "utter_code", 0, "bare code"),
    ("responses/en.yml", "utter_list", 0, "lists 4 things"),
    ("responses/en.yml", "utter_unused", 0, "nothing ever says"),
    ("responses/en.yml", "utter_brace", 0, "nothing fills {order_nummer}"),
    ("responses/en.yml", "utter_brace", 0, "nothing ever says"),
    ("responses/en.yml", "utter_number", 0, "nothing ever says"),
    ("responses/en.yml", "- text: 12", 0, "is not text"),
    ("responses/en.yml", "  welcome", 0, "starts with none of"),
    ("responses/en.yml", "  welcome", 0, "nothing ever says"),
    ("responses/fi.yml", "", 0, "the bot says nothing in it"),
    ("responses/nb.yml", "", 0, "nothing is understood"),
    ("rules/answers.yml", "opening hours once more", 0, "begins the same way"),
    ("rules/answers.yml", "- rule: parking", 0, "no sentence in nlu/ is an example"),
    ("rules/answers.yml", "step: dreaming", 0, "never becomes `dreaming`"),
    ("rules/answers.yml", "return_form", 0, "no form `return_form`"),
    ("rules/answers.yml", "voucher", 0, "the intent `voucher` does not exist"),
    ("rules/answers.yml", "utter_nowhere", 0, "the action `utter_nowhere` does not exist"),
    ("stories/old.yml", "gift_card", 0, "the intent `gift_card` does not exist"),
    ("tests/conversations.yml", "utter_gone", 0, "has no wording"),
    ("tests/conversations.yml", "- bot:", 0, "the caller does nothing"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "nlu_data"
    shutil.copytree(MISTAKES, copy)
    policy = (ROOT / "nlu_data" / "policy.yml").read_text()
    spoilt = re.sub(r'wednesday: "[0-9:-]+"', 'wednesday: "18:00-09:00"', policy, count=1)
    assert spoilt != policy
    (copy / "policy.yml").write_text(spoilt)
    (copy / "nlu/en/huge.yml").write_text("nlu:\n" + "# as long as can be\n" * 250_000)
    return copy


def line_in(file: Path, text: str, before: int) -> int:
    content = file.read_bytes().decode(errors="replace") if file.exists() else ""
    at = -1
    for _ in range(before + 1):
        at = content.index(text, at + 1)
    return content[:at].count("\n") + 1


def found(problems: list[Problem], file: Path, line: int, what: str) -> list[Problem]:
    return [p for p in problems if p.file == file and p.line == line and what in p.what]


@pytest.mark.parametrize(("name", "text", "before", "what"), IN_FILES)
def test_a_file_that_cannot_be_read(folder: Path, name: str, text: str, before: int, what: str) -> None:
    line = line_in(folder / name, text, before)
    assert found(validate(folder), folder / name, line, what)


def test_every_mistake_is_found_with_its_line_and_nothing_else_is(folder: Path) -> None:
    for name, *_ in IN_FILES:
        (folder / name).unlink()
    # The fixture says only a little, and the shipped policy names intents that it does not have.
    problems = [
        problem
        for problem in validate(folder)
        if "wording of" not in problem.what
        and not (problem.file.name == "policy.yml" and "no intent" in problem.what)
    ]
    missed = []
    for name, text, before, what in AMONG_FILES:
        hits = found(problems, folder / name, line_in(folder / name, text, before), what)
        if hits:
            problems.remove(hits[0])
        else:
            missed.append((name, what))
    assert missed == []
    assert [str(problem) for problem in problems] == []


def test_missing_wording_is_told_for_each_language(folder: Path) -> None:
    missing = {p.file.name for p in validate(folder) if "wording of `utter_long` is missing" in p.what}
    assert missing == {"sv.yml", "nb.yml"}
