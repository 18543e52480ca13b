"""Logs show personal values only on request, and no call site logs one under a name that shows it."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ivr import log

ROOT = Path(__file__).parents[2]
NUMBER = "+46701234567"
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
# Words in a key that stand for a person, what they said or what they own.
TELLING = re.compile(
    r"(^|_)(text|words|heard|said|transcript|utterance|digits|keys|number|phone|caller|called|to|name|customer"
    r"|agent|postcode|order|orders|tracking|code|address|form|body|url|uri|token|facts|briefing)(_|$)"
)
# Keys that sound telling and are not: a code of the network's error list.
KNOWN = {("carrier/journal.py", "code")}


def written(capsys: pytest.CaptureFixture[str], is_pii_shown: bool) -> dict[str, object]:
    log.configure("INFO", is_pii_shown)
    log.get("test").info("caller_identified", pii_number="+46701234567", pii_words="help me", call_id="CA1")
    line: dict[str, object] = json.loads(capsys.readouterr().err)
    return line


def test_personal_values_are_withheld(capsys: pytest.CaptureFixture[str]) -> None:
    line = written(capsys, is_pii_shown=False)
    assert (line["pii_number"], line["pii_words"], line["call_id"]) == ("[withheld]", "[withheld]", "CA1")
    assert "+46701234567" not in json.dumps(line)


def test_personal_values_show_when_the_setting_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    line = written(capsys, is_pii_shown=True)
    assert (line["pii_number"], line["pii_words"]) == ("+46701234567", "help me")


def test_bound_personal_values_are_withheld_too(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure()
    log.get("test").bind(pii_number="+46701234567").warning("later")
    assert "+46701234567" not in capsys.readouterr().err


def is_logging(called: ast.expr) -> bool:
    if not isinstance(called, ast.Attribute) or called.attr not in LEVELS:
        return False
    return ast.unparse(called.value).endswith("log")


def logged_keys() -> list[tuple[str, str]]:
    found = []
    for path in sorted((ROOT / "ivr").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if (
                not is_call
                or node.func.attr not in LEVELS
                or not ast.unparse(node.func.value).endswith("log")
            ):
                continue
            place = path.relative_to(ROOT / "ivr").as_posix()
            found += [(place, keyword.arg or "**") for keyword in node.keywords]
    return found


def test_no_call_site_logs_a_telling_key_without_its_prefix() -> None:
    keys = logged_keys()
    assert len(keys) > 40, "the search finds the call sites"
    telling = [
        (place, key)
        for place, key in keys
        if key == "**" or (TELLING.search(key) and not key.startswith("pii_"))
    ]
    assert set(telling) - KNOWN == set()


def fail_with(words: str) -> None:
    try:
        raise ValueError(words)
    except ValueError as inner:
        raise KeyError(f"{words} again") from inner


def test_an_exception_is_told_by_its_kind_and_way_not_by_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log.configure()
    try:
        fail_with(NUMBER)
    except KeyError as error:
        log.get("test").exception("broke")
        log.get("test").error("broke", exc_info=error)
    shown = capsys.readouterr().err
    assert NUMBER not in shown
    for line in map(json.loads, shown.splitlines()):
        assert "KeyError: [withheld]" in line["exception"]
        assert "ValueError: [withheld]" in line["exception"]
        assert "in fail_with" in line["exception"]


def test_an_exception_shows_its_words_when_the_setting_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("INFO", is_pii_shown=True)
    try:
        fail_with("+46701234567")
    except KeyError:
        log.get("test").exception("broke")
    assert "+46701234567" in capsys.readouterr().err


def test_a_dying_thread_and_process_leave_no_words_behind() -> None:
    dying = (
        "import resource, threading; from ivr import log; log.configure(); log.guard_against_dumps();\n"
        "def die(): raise ValueError('+46701234567')\n"
        "t = threading.Thread(target=die); t.start(); t.join()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE))\n"
    )
    done = subprocess.run([sys.executable, "-c", dying], capture_output=True, text=True, check=True)
    assert done.stdout == "(0, 0)\n"
    assert "thread_died" in done.stderr
    assert "+46701234567" not in done.stderr
