"""How a call script is read from a YAML file, and how its mistakes are told: file, line, what to do."""

import difflib
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from ivr.carrier import call_script
from ivr.carrier.call_script import CallScript, Say, Step

_Path = tuple[str | int, ...]
_MAX_BYTES = 1_000_000


class CallScriptInvalid(Exception):
    """The script cannot be played; the message lists every mistake as file:line: what is wrong."""


def load_call_script(path: Path) -> CallScript:
    """Read and check a call script. Paths in it are taken relative to the file. Raises CallScriptInvalid."""
    try:
        text = path.read_bytes()[:_MAX_BYTES].decode("utf-8")
    except (OSError, UnicodeDecodeError) as unreadable:
        raise CallScriptInvalid(f"{path}: cannot be read: {unreadable}") from None
    return parse_call_script(text, path)


def parse_call_script(text: str, path: Path) -> CallScript:
    """Check the text of a call script that lies at `path`. Raises CallScriptInvalid."""
    try:
        # Every scalar stays text: plain YAML would make +4670... a number and the key press 0471 octal.
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        raise CallScriptInvalid(f"{path}:{line}: not YAML: {wrong.problem or wrong.context}") from None
    if not isinstance(root, yaml.MappingNode):
        raise CallScriptInvalid(f"{path}:1: a call script is a mapping with at least `name:` and `steps:`")
    lines: dict[_Path, int] = {}
    problems: list[str] = []
    values = _values(root, (), lines, problems)
    if problems:
        raise CallScriptInvalid("\n".join(f"{path}:{problem}" for problem in problems))
    try:
        script = CallScript.model_validate(values)
    except ValidationError as invalid:
        raise CallScriptInvalid(_told(invalid, path, lines)) from None
    _place(script, path, lines)
    return script


def _values(node: yaml.Node, at: _Path, lines: dict[_Path, int], problems: list[str]) -> Any:
    """Turn nodes into plain values, noting the line of each."""
    lines.setdefault(at, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_values(item, (*at, index), lines, problems) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                problems.append(f"{line}: a key must be a word")
                continue
            if key.value in found:
                problems.append(f"{line}: `{key.value}` is given twice")
            lines[(*at, key.value)] = line
            found[key.value] = _values(value, (*at, key.value), lines, problems)
        return found
    return node.value


def _told(invalid: ValidationError, path: Path, lines: dict[_Path, int]) -> str:
    told = []
    for problem in invalid.errors():
        at: _Path = problem["loc"]
        named = at if at in lines else next(at[:n] for n in range(len(at), -1, -1) if at[:n] in lines)
        told.append((lines[named], _wording(problem["type"], problem["msg"], at)))
    ordered = dict.fromkeys(f"{path}:{line}: {what}" for line, what in sorted(told))
    return "\n".join(ordered)


def _wording(kind: str, message: str, at: _Path) -> str:
    name = _dotted(at)
    if kind == "extra_forbidden":
        return f"unknown key `{at[-1]}`{_hint(at)}"
    if kind == "missing":
        return f"`{name}` is missing"
    message = message.removeprefix("Value error, ")
    return f"{name}: {message}" if name else message


def _dotted(at: _Path) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in at)


def _hint(at: _Path) -> str:
    """Offer the keys that may stand in that place, or the one that was probably meant."""
    model = _model_at(at[:-1])
    names = [field.alias or name for name, field in model.model_fields.items()]
    close = difflib.get_close_matches(str(at[-1]), names, n=1)
    return f"; did you mean `{close[0]}`?" if close else f"; known here: {', '.join(names)}"


def _model_at(at: _Path) -> type[BaseModel]:
    places: dict[str, type[BaseModel]] = {
        "hear": call_script.Hear,
        "say": call_script.Say,
        "interrupt": call_script.Interrupt,
        "expect": call_script.Expect,
        "voice": call_script.Voice,
        "noise": call_script.Noise,
        "agents": call_script.ScriptedAgent,
        "steps": call_script.Step,
    }
    named = [part for part in at if isinstance(part, str) and part in places]
    return places[named[-1]] if named else CallScript


def _place(script: CallScript, path: Path, lines: dict[_Path, int]) -> None:
    """Give every step its line and every recording its place on disk."""
    missing: list[str] = []

    def resolve(recording: Path, at: _Path) -> Path:
        found = path.parent / recording
        if not found.is_file():
            missing.append(f"{path}:{lines[at]}: there is no file {found}")
        return found

    def place(steps: list[Step], at: _Path) -> None:
        for index, step in enumerate(steps):
            here: _Path = (*at, index)
            step.on_line(lines[here])
            say: Say | None = step.interrupt.say if step.interrupt else step.say
            if say is not None and say.wav is not None:
                say.wav = resolve(say.wav, here)

    place(script.steps, ("steps",))
    for number, agent in enumerate(script.agents):
        place(agent.steps, ("agents", number, "steps"))
    if script.noise is not None and script.noise.file is not None:
        script.noise.file = resolve(script.noise.file, ("noise",))
    if missing:
        raise CallScriptInvalid("\n".join(missing))
