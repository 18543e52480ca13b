"""The list agents choose from when a call is over, as designers write it."""

from pathlib import Path

import pytest

from ivr.handoff.desk_policy import DISPOSITIONS, load_dispositions, read_dispositions
from ivr.nlu.side_checks import check_policy
from tests.support.running_system import ROOT


@pytest.mark.parametrize("language", ["en", "sv", "nb", "fi"])
def test_the_shipped_list_has_words_in_every_language(language: str) -> None:
    listed = load_dispositions(ROOT / "nlu_data", language)
    assert set(listed) == set(DISPOSITIONS)
    english = load_dispositions(ROOT / "nlu_data", "en")
    assert language == "en" or not set(listed.values()) & set(english.values())


def test_words_in_one_language_serve_all() -> None:
    policy = {"dispositions": {"solved": "Solved", "sold": {"en": "Sold", "sv": "Sålt"}}}
    assert read_dispositions(policy, "sv") == {"solved": "Solved", "sold": "Sålt"}
    assert read_dispositions(policy, "fi") == {"solved": "Solved", "sold": "Sold"}


@pytest.mark.parametrize(
    "listed",
    [[], {}, {"Solved!": "Solved"}, {"solved": ""}, {"solved": {"sv": "Löst"}}, {"solved": {"en": 1}}],
)
def test_a_list_that_cannot_be_used_is_named(listed: object) -> None:
    with pytest.raises(ValueError, match="dispositions"):
        read_dispositions({"dispositions": listed})


def test_the_check_of_designers_files_reads_the_list(tmp_path: Path) -> None:
    shipped = (ROOT / "nlu_data" / "policy.yml").read_text(encoding="utf-8")
    (tmp_path / "policy.yml").write_text(shipped.replace("solved: {en: Solved,", "solved: {se: Solved,"))
    (problem,) = check_policy(tmp_path)
    assert "solved" in problem.what
