"""How the settings are explained to whoever runs the service: docs/settings.md, made from `Settings`."""

import sys
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from ivr.config import Settings

PAGE = Path("docs/settings.md")

_HEAD = """# Settings

<!-- Made from ivr/config.py by `python -m ivr.settings_page`; a test fails when it is not current. -->

Settings are environment variables, or lines `NAME=value` in a file `.env` in the folder the service is
started from; a variable wins over the file. All of them are read once, at the start. When some are wrong the
service does not start and one message names all of them.

Secrets are marked; they are never logged or shown.

| setting | means | allowed | without it |
|---|---|---|---|
"""


def render(settings: type[Settings] = Settings) -> str:
    """Return the whole page as Markdown."""
    prefix = str(settings.model_config.get("env_prefix", ""))
    page = (
        _HEAD + "\n".join(_row(prefix, name, field) for name, field in settings.model_fields.items()) + "\n"
    )
    for name in settings.model_fields:  # descriptions name other settings as the code does
        page = page.replace(f"`{name}`", f"`{prefix}{name.upper()}`")
    return page


def undescribed(settings: type[Settings] = Settings) -> list[str]:
    """Return the names of settings that nobody has explained."""
    return [name for name, field in settings.model_fields.items() if not (field.description or "").strip()]


def _row(prefix: str, name: str, field: FieldInfo) -> str:
    cells = (f"`{prefix}{name.upper()}`", field.description or "", _allowed(field), _default(field))
    return "| " + " | ".join(cell.replace("|", r"\|").replace("\n", " ") for cell in cells) + " |"


def _allowed(field: FieldInfo) -> str:
    kinds = [kind for kind in _alternatives(field.annotation) if kind is not type(None)]
    words = [_kind_in_words(kind) for kind in kinds]
    return ", ".join([*words, *_bounds(field)])


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) is Literal or not get_args(annotation):
        return (annotation,)
    return get_args(annotation)


def _kind_in_words(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return " or ".join(f"`{value}`" for value in get_args(kind))
    names = {
        bool: "`true` or `false`",
        int: "whole number",
        float: "number",
        str: "text",
        Path: "path",
        SecretStr: "secret text",
    }
    return names[kind]


def _bounds(field: FieldInfo) -> list[str]:
    bounds = []
    for rule in field.metadata:
        for attribute, words in (
            ("gt", "more than"),
            ("ge", "at least"),
            ("lt", "less than"),
            ("le", "at most"),
        ):
            limit = getattr(rule, attribute, None)
            if limit is not None:
                bounds.append(f"{words} {limit}")
        if pattern := getattr(rule, "pattern", None):
            bounds.append(f"as `{pattern}`")
    return bounds


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**must be set**"
    default = field.get_default(call_default_factory=True)
    if default is None:
        return "unset"
    if isinstance(default, SecretStr):
        return f"`{default.get_secret_value()}`, for trying it out only"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`"


def main() -> None:
    """Write the page."""
    PAGE.write_text(render(), encoding="utf-8")
    if missing := undescribed():
        sys.exit(f"settings without a description: {', '.join(missing)}")


if __name__ == "__main__":
    main()
