"""What stands beside sentences and rules: policy, test conversations, and whether every language is whole."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from yaml.nodes import MappingNode, ScalarNode

from ivr.errors import SettingsInvalid
from ivr.handoff.desk_policy import load_dispositions
from ivr.handoff.opening_hours import load_policy
from ivr.nlu.corpus import holdout_files, holdout_language, languages
from ivr.nlu.yaml_marks import Problem, items, line_of, names, value_at


def check_policy(nlu_data: Path) -> Iterator[Problem]:
    """Tell what policy.yml gets wrong, at the line that is named in the message."""
    file = nlu_data / "policy.yml"
    try:
        load_policy(nlu_data)
        load_dispositions(nlu_data, "en")
    except SettingsInvalid as wrong:
        what = str(wrong).removeprefix(f"{file}: ")
        yield Problem(file, _line_named(file, what), what.rstrip("."), "Look at the comment in the file")


def _line_named(file: Path, message: str) -> int:
    """Return the first line that begins with a name from the message."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return 1
    for word in re.findall(r"[a-z_]{4,}", message):
        for number, line in enumerate(lines, 1):
            if re.match(rf"\s*{word}:", line):
                return number
    return 1


def check_conversations(
    nlu_data: Path, files: Mapping[Path, MappingNode], responses: Mapping[Path, MappingNode]
) -> Iterator[Problem]:
    """Tell of test conversations that expect wording nobody wrote, or that are not conversations."""
    spoken = {name for node in responses.values() for name in names(value_at(node, "responses"))}
    for file, node in files.items():
        if file.parent != nlu_data / "tests":
            continue
        if not items(value_at(node, "conversations")):
            yield Problem(
                file, line_of(node), "`conversations:` holds no list", "Write `- name:` and `turns:`"
            )
        for talk in items(value_at(node, "conversations")):
            if not items(value_at(talk, "turns")):
                yield Problem(file, line_of(talk), "this conversation has no turns", "Write `turns:`")
            for turn in items(value_at(talk, "turns")):
                if value_at(turn, "caller") is None and value_at(turn, "keys") is None:
                    yield Problem(
                        file, line_of(turn), "in this turn the caller does nothing", "Write `caller:`"
                    )
                bot = value_at(turn, "bot")
                for said in items(bot) or ([bot] if isinstance(bot, ScalarNode) else []):
                    if isinstance(said, ScalarNode) and said.value not in spoken:
                        what = f"the bot cannot say `{said.value}`: it has no wording"
                        yield Problem(file, line_of(said), what, "Correct the name or write the wording")


def check_languages(nlu_data: Path, broken: set[Path]) -> Iterator[Problem]:
    """Tell of languages that are only half there."""
    understood = set(languages(nlu_data))
    spoken = {file.stem for file in (nlu_data / "responses").glob("*.yml")}
    held_out = {holdout_language(nlu_data, file) for file in holdout_files(nlu_data)}
    for language in sorted(understood - spoken):
        file = nlu_data / "responses" / f"{language}.yml"
        what = f"nlu/{language} is understood, but the bot says nothing in it"
        yield Problem(file, 1, what, f"Write responses/{language}.yml")
    for language in sorted(spoken - understood):
        file = nlu_data / "responses" / f"{language}.yml"
        if file not in broken:
            yield Problem(file, 1, f"nothing is understood in `{language}`", f"Write nlu/{language}/*.yml")
    for language in sorted((understood & spoken) - held_out):
        file = nlu_data / "holdout" / f"{language}.yml"
        what = f"no sentences are held out to measure `{language}` with"
        yield Problem(file, 1, what, f"Write holdout/{language}.yml", is_error=False)
