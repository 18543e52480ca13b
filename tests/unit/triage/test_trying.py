"""Calls that were never made: when a person would be fetched."""

from pathlib import Path

import pytest

from ivr.handoff.escalation.decision import Step
from ivr.triage.policy_file import load_policy
from ivr.triage.trying import CallsUnreadable, judge_words, person_at, read_calls

POLICY = load_policy(Path("nlu_data"))


class _Words:
    version = "test"

    def read(self, words: str) -> dict[str, float]:
        signs = {"legal_threat": 0.99} if "lawyer" in words else {}
        return signs | ({"asked_for_person": 0.0} if "no need" in words else {})


def _played(*turns: str, intents: dict[str, str | None] | None = None) -> int | None:
    known = intents or {}
    return person_at(
        judge_words(turns, "en", POLICY, _Words(), lambda words: known.get(words, "order_status"))
    )


def test_the_turn_after_which_the_policy_fetches_a_person() -> None:
    assert _played("where is my order", "my lawyer will phone you") == 2


def test_who_asks_gets_a_person_whatever_the_points() -> None:
    assert _played("hello", "your colleague", intents={"your colleague": "speak_to_person"}) == 2


def test_an_intent_that_the_words_contradict_fetches_nobody() -> None:
    said = "no need to put me through to your colleague"

    assert _played("hello", said, intents={said: "speak_to_person"}) is None


def test_a_routine_call_goes_on() -> None:
    assert _played("where is my order", "thank you") is None


def test_words_nobody_understands_and_silence_count_as_such() -> None:
    judged = judge_words(("", "mumble"), "en", POLICY, _Words(), lambda words: None)

    assert [one.intent for one in judged] == [None, None]
    assert {one.signal.value for one in judged[1].decision.counted} == {"no_input", "not_understood"}
    assert judged[0].decision.step is Step.GO_ON


def test_calls_are_read_from_yaml_and_json(tmp_path: Path) -> None:
    file = tmp_path / "calls.json"
    file.write_text('[["hello", "a person"], ["where is my order"]]')

    assert read_calls(file) == [["hello", "a person"], ["where is my order"]]


@pytest.mark.parametrize("content", ["", "hello", "[hello]", "[[1]]", "[[]]", "{a: b}", "[\t"])
def test_another_shape_is_refused_by_name(tmp_path: Path, content: str) -> None:
    file = tmp_path / "calls.yml"
    file.write_text(content)

    with pytest.raises(CallsUnreadable, match=r"calls\.yml"):
        read_calls(file)
