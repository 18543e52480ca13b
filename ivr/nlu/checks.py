"""What may be wrong in nlu_data/, found before training: every kind of mistake, with file and line."""

from pathlib import Path

from yaml.nodes import MappingNode

from ivr.nlu.article_checks import check_articles
from ivr.nlu.corpus import example_files, examples_in, held_out_in, holdout_files, languages
from ivr.nlu.example_checks import check_entities, check_holdout, check_sentences
from ivr.nlu.response_checks import check_responses, check_use
from ivr.nlu.shape_checks import check_shape
from ivr.nlu.side_checks import check_conversations, check_languages, check_policy
from ivr.nlu.step_checks import check_actions, check_steps, named_actions
from ivr.nlu.yaml_marks import BrokenFile, Problem, line_of, names, pairs, read, repeated_keys, value_at
from ivr.triage.lines import check_lines
from ivr.triage.policy_file import check_policy as check_escalation

NEEDED = ("config.yml", "domain.yml", "commands.yml", "responses/en.yml")


def validate(nlu_data: Path) -> list[Problem]:
    """Check everything a designer can edit; training can start when nothing in the list is an error.

    A file that cannot be read is told alone: what others miss because of it is not.
    """
    problems: list[Problem] = []
    files = _read_all(nlu_data, problems)
    broken = {problem.file for problem in problems}
    for file, node in files.items():
        for key, line in repeated_keys(node):
            problems.append(Problem(file, line, f"`{key}` stands here a second time", "Keep one of them"))
    shapes = [problem for file, node in files.items() for problem in check_shape(nlu_data, file, node)]
    problems += shapes
    broken |= {problem.file for problem in shapes}
    needed = {nlu_data / "domain.yml", nlu_data / "commands.yml"}
    if needed <= files.keys() and nlu_data / "domain.yml" not in broken:
        problems += _checked_together(nlu_data, files, broken)
    return sorted(problems, key=lambda problem: (str(problem.file), problem.line))


def _checked_together(nlu_data: Path, files: dict[Path, MappingNode], broken: set[Path]) -> list[Problem]:
    """Compare the files with each other."""
    domain_file = nlu_data / "domain.yml"
    domain = files[domain_file]
    intents = names(value_at(domain, "intents"))
    lines = [
        line for file in example_files(nlu_data) if file in files for line in examples_in(file, files[file])
    ]
    held_out = [
        line
        for file in holdout_files(nlu_data)
        if file in files
        for line in held_out_in(nlu_data, file, files[file])
    ]
    steps = {file: node for file, node in files.items() if file.parent.name in {"rules", "stories"}}
    responses = {file: node for file, node in files.items() if file.parent == nlu_data / "responses"}
    is_all_read = not any(file.parent.parent == nlu_data / "nlu" for file in broken)
    found = [
        *check_responses(responses),
        *check_sentences(lines, intents, domain_file, languages(nlu_data), is_all_read),
        *check_holdout(held_out, lines, intents, domain_file),
        *check_steps(steps, domain, _response_names(responses, files[nlu_data / "commands.yml"]), lines),
        *check_actions(domain, domain_file),
        *check_policy(nlu_data),
        *check_escalation(nlu_data / "policy.yml", set(intents)),
        *check_lines(nlu_data),
        *check_conversations(nlu_data, files, responses),
        *check_languages(nlu_data, broken),
        *check_articles(nlu_data, sorted(file.stem for file in responses)),
    ]
    if is_all_read:
        nlu = [node for file, node in files.items() if file.parent.parent == nlu_data / "nlu"]
        found += check_entities(lines, nlu, domain, domain_file)
    if not any(file.parent.name in {"rules", "stories"} for file in broken):
        found += check_use(responses, named_actions(steps.values()), domain)
    return found


def _read_all(nlu_data: Path, problems: list[Problem]) -> dict[Path, MappingNode]:
    wanted = [nlu_data / name for name in NEEDED]
    found = [file for file in sorted(nlu_data.rglob("*.y*ml")) if file not in wanted]
    files: dict[Path, MappingNode] = {}
    for file in [*wanted, *found]:
        try:
            files[file] = read(file)
        except BrokenFile as broken:
            problems.append(broken.problem)
    return files


def _response_names(responses: dict[Path, MappingNode], commands: MappingNode) -> dict[str, int]:
    named: dict[str, int] = {}
    for node in [*responses.values(), commands]:
        named |= {name: line_of(key) for name, key, _ in pairs(value_at(node, "responses"))}
    return named
