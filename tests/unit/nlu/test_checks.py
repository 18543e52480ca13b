"""A mistake in nlu_data/ is told with file, line and what to do."""

import shutil
from functools import cache
from pathlib import Path

import pytest

from ivr.nlu.checks import validate
from ivr.nlu.response_checks import LONGEST_S, estimated_s
from ivr.nlu.yaml_marks import Problem

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "nlu_data"
    shutil.copytree(ROOT / "nlu_data", copy)
    return copy


def spoil(file: Path, old: str, new: str) -> int:
    """Replace text once and return its line."""
    content = file.read_text()
    assert content.count(old) >= 1, old
    file.write_text(content.replace(old, new, 1))
    return content[: content.index(old)].count("\n") + 1


@cache
def shipped() -> frozenset[tuple[str, str]]:
    return frozenset((problem.file.name, problem.what) for problem in validate(ROOT / "nlu_data"))


def new_problems(folder: Path) -> list[Problem]:
    """Return what is wrong in a folder and not in what ships: warnings there are no matter here."""
    found = validate(folder)
    return [
        problem
        for problem in found
        if (problem.file.name, problem.what) not in shipped() and "begins the same way" not in problem.what
    ]


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


def test_what_ships_is_right() -> None:
    assert [str(problem) for problem in validate(ROOT / "nlu_data") if problem.is_error] == []


def test_nothing_that_ships_is_warned_of_but_what_time_brings() -> None:
    found = [str(problem) for problem in validate(ROOT / "nlu_data")]
    assert [one for one in found if "should have been checked by" not in one] == []


def test_a_reprompt_of_a_step_that_no_form_has_is_warned_of(folder: Path) -> None:
    file = folder / "responses" / "en.yml"
    spoil(file, "  reprompt_choice_1:", '  reprompt_colour_1:\n  - text: "Which?"\n  reprompt_choice_1:')
    found = [problem for problem in validate(folder) if "nothing ever says" in problem.what]
    assert "reprompt_colour_1" in only(found).what


def test_broken_yaml(folder: Path) -> None:
    file = folder / "rules" / "answers.yml"
    line = spoil(file, "- rule: opening hours", "- rule: [opening hours")
    problem = only(new_problems(folder))
    assert problem.file == file
    assert abs(problem.line - line) <= 2
    assert "not valid YAML" in problem.what
    assert problem.todo


def test_a_missing_file(folder: Path) -> None:
    (folder / "domain.yml").unlink()
    assert "missing" in only(new_problems(folder)).what


def test_a_rule_with_an_unknown_intent(folder: Path) -> None:
    file = folder / "rules" / "answers.yml"
    line = spoil(file, "- intent: opening_hours", "- intent: opening_hour")
    problem = only(new_problems(folder))
    assert (problem.file, problem.line) == (file, line)
    assert "did you mean `opening_hours`" in problem.todo


def test_a_rule_with_a_response_nobody_wrote(folder: Path) -> None:
    line = spoil(folder / "rules" / "answers.yml", "- action: utter_welcome", "- action: utter_welcom")
    problem = only([problem for problem in new_problems(folder) if problem.is_error])
    assert problem.line == line
    assert "responses/en.yml" in problem.todo


def test_examples_of_an_intent_the_domain_does_not_know(folder: Path) -> None:
    (folder / "nlu" / "en" / "new.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: returns\n  examples: |\n    - I want to return it now\n'
    )
    problem = only(new_problems(folder))
    assert problem.line == 5
    assert "`returns` is not in the domain" in problem.what


def test_one_sentence_for_two_intents(folder: Path) -> None:
    file = folder / "nlu" / "en" / "person.yml"
    line = spoil(file, "- operator\n", "- Opening hours!\n")
    problem = only(new_problems(folder))
    assert f"also an example of `speak_to_person` (person.yml:{line})" in problem.what


def test_an_intent_with_few_examples(folder: Path) -> None:
    spoil(folder / "domain.yml", "intents:\n", "intents:\n- wants_cake\n")
    examples = "".join(f"    - one more cake for the {day}th please\n" for day in range(4, 10))
    (folder / "nlu" / "en" / "cake.yml").write_text(
        f'version: "3.1"\nnlu:\n- intent: wants_cake\n  examples: |\n{examples}'
    )
    found = [problem.what for problem in new_problems(folder) if problem.what.startswith("`wants_cake` has")]
    assert "`wants_cake` has only 6 example sentences in nlu/en" in found
    assert "`wants_cake` has only 0 example sentences in nlu/fi" in found


def test_an_action_the_service_does_not_have(folder: Path) -> None:
    line = spoil(folder / "domain.yml", "- action_help\n", "- action_help\n- action_hepl\n")
    problem = only(new_problems(folder))
    assert problem.line == line + 1
    assert "did you mean `action_help`" in problem.todo


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("reprompt_postcode_2:", "reprompt_postcode_3:", "`reprompt_postcode_2` is missing"),
        ("{order_number}", "{ordernumber}", "nothing fills {ordernumber}"),
        ("{order_number}", "{order_number", "brace without its partner"),
        ("Goodbye!", "Goodbye, and " + "thank you " * 14, "s to say"),
        ('- text: "You\'re welcome."', '- txt: "You\'re welcome."', "exactly one `- text:`"),
        ("utter_welcome:", "welcome:", "starts with none of"),
        ("Sorry, I need six digits. You can also", "I'm having trouble with that number. Try", None),
    ],
)
def test_wording_that_will_not_do(folder: Path, old: str, new: str, what: str | None) -> None:
    file = folder / "responses" / "en.yml"
    spoil(file, old, new)
    problems = new_problems(folder)
    if what is None:  # other words are no mistake
        assert problems == []
        return
    assert any(what in problem.what and problem.file == file for problem in problems), problems


def test_the_second_reprompt_must_differ(folder: Path) -> None:
    file = folder / "responses" / "en.yml"
    spoil(
        file,
        "I didn't get the postcode. Try your keypad, or say agent for a person.",
        "Sorry, what was the postcode? You can also use your keypad.",
    )
    assert "says the same as `reprompt_postcode_1`" in only(new_problems(folder)).what


def test_a_wording_written_twice(folder: Path) -> None:
    file = folder / "responses" / "en.yml"
    file.write_text(file.read_text() + '  utter_welcome:\n  - text: "Sure."\n')
    assert "second time" in only(new_problems(folder)).what


def test_a_second_language_needs_every_wording(folder: Path) -> None:
    (folder / "responses" / "da.yml").write_text(
        'version: "3.1"\nresponses:\n  utter_welcome:\n  - text: "Velbekomme."\n'
    )
    missing = [problem for problem in new_problems(folder) if "is missing" in problem.what]
    assert len(missing) > 50
    assert {problem.file.name for problem in missing} == {"da.yml"}


def test_an_estimate_counts_what_fills_the_braces() -> None:
    assert estimated_s("Code {tracking_code}.") > estimated_s("Code.") + 1
    assert estimated_s("a" * 113) > LONGEST_S > estimated_s("a" * 111)
