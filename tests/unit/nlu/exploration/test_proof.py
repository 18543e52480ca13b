"""The shipped dialogue holds its promises in every state; folders that break one are caught with the path."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner, Result

from ivr.clock import SystemClock
from ivr.conversation.conversation import Conversation
from ivr.conversation.expectation import OPEN_QUESTION
from ivr.conversation.said_again import SaidAgain
from ivr.dialogue.wording import Wording
from ivr.nlu.exploration import command
from ivr.nlu.exploration.core_space import CoreExplorer, branched
from ivr.nlu.exploration.dialogue_space import DialogueExplorer, WordingOnce
from ivr.nlu.exploration.domain import Domain
from ivr.nlu.exploration.proof import prove, refuse_dead_ends
from ivr.nlu.exploration.rules import LISTEN, Moment, RuleBook, RuleUnknown
from tests.support.small_dialogue import GOODBYE, HELLO, LANGUAGES, PERSON, small_dialogue, write
from tests.support.web_scene import make_settings

ROOT = Path(__file__).parents[4]
NLU_DATA = ROOT / "nlu_data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_dialogue(tmp_path)


def broken(folder: Path) -> dict[str, str]:
    """Return what is found in the dialogue: promise and the whole finding."""
    proof = prove(folder, LANGUAGES, SystemClock(), is_core_explored=False)
    return {one.promise: str(one) for one in proof.broken}


@pytest.mark.slow
def test_from_every_state_of_the_shipped_bot_a_person_is_one_turn_away():
    proof = prove(NLU_DATA, LANGUAGES, SystemClock())
    print(proof.told())
    assert proof.broken == ()
    assert proof.states > 300
    assert proof.core_states > 500
    assert proof.longest_repetition <= 8


def test_a_small_sound_folder_breaks_no_promise(folder: Path):
    assert broken(folder) == {}


def test_a_missing_person_rule_is_found_with_the_path_as_a_story(folder: Path):
    write(folder, [GOODBYE, HELLO])
    found = broken(folder)["a person is one turn away"]
    assert "asking for a person is no match" in found
    story = yaml.safe_load(found[found.index("stories:") :])["stories"][0]
    assert story["steps"][0] == {"intent": "speak_to_person"}


def test_a_person_rule_that_only_works_before_the_first_answer_is_found(folder: Path):
    first = {"condition": [{"slot_was_set": [{"step": None}]}], **PERSON}
    write(
        folder,
        [first, GOODBYE, {"rule": "hello", "steps": [{"intent": "greet"}, {"action": "action_carry_on"}]}],
        slots={"step": {"type": "categorical", "values": ["anything_else"], "mappings": []}},
        actions=["action_not_understood", "action_carry_on"],
    )
    found = broken(folder)["a person is one turn away"]
    assert "greet" in found
    assert found.index("greet") < found.index("speak_to_person")


def test_rules_that_go_round_without_the_caller_are_found(folder: Path):
    again = [{"intent": "greet"}, *[{"action": "utter_hello"}] * 12]
    write(folder, [PERSON, GOODBYE, {"rule": "hello", "steps": again}])
    assert "utter_hello → utter_hello" in broken(folder)["every input is answered"]


def test_a_rule_that_says_nothing_is_a_dead_end(folder: Path):
    silent = {"rule": "hello", "steps": [{"intent": "greet"}, {"action": "action_listen"}]}
    write(folder, [PERSON, GOODBYE, silent])
    assert "nothing to say" in broken(folder)["every input is answered"]


def test_a_form_that_nothing_fills_is_found(folder: Path):
    form = {"rule": "hello", "steps": [{"intent": "greet"}, {"action": "size"}, {"active_loop": "size"}]}
    write(folder, [PERSON, GOODBYE, form], forms={"size": {"required_slots": ["size"]}})
    assert "size" in broken(folder)["every input is answered"]


def test_reprompts_in_the_same_words_are_found(folder: Path):
    file = folder / "responses/sv.yml"
    texts = yaml.safe_load(file.read_text(encoding="utf-8"))
    texts["responses"]["reprompt_request_2"] = texts["responses"]["reprompt_request_1"]
    file.write_text(yaml.safe_dump(texts, allow_unicode=True), encoding="utf-8")
    assert "in sv" in broken(folder)["no reprompt is worded like the one before"]


def test_a_prompt_that_one_language_lacks_is_found(folder: Path):
    file = folder / "responses/fi.yml"
    texts = yaml.safe_load(file.read_text(encoding="utf-8"))
    del texts["responses"]["utter_hello"]
    file.write_text(yaml.safe_dump(texts, allow_unicode=True), encoding="utf-8")
    assert "utter_hello cannot be said in fi" in broken(folder)["every prompt exists in every language"]


def test_a_rule_nobody_can_follow_is_refused(folder: Path):
    write(folder, [PERSON, {"rule": "two turns", "steps": [{"intent": "greet"}, {"checkpoint": "x"}]}])
    with pytest.raises(RuleUnknown, match="two turns"):
        refuse_dead_ends(folder, LANGUAGES, SystemClock())


def test_of_two_rules_the_one_that_looks_at_more_wins():
    rules = RuleBook.load(NLU_DATA, frozenset({"matter_form"}))
    assert rules.next_action([Moment(LISTEN, "thanks")]) == "utter_welcome"
    done = Moment(LISTEN, "thanks", None, (("step", "anything_else"),))
    assert rules.next_action([done]) == "utter_goodbye"


class Blunt(SaidAgain):
    """Never finds that something was said before."""

    def answer(self, prompts):
        return True

    def repeat(self, is_asked=True):
        return True

    def announced(self, prompts, language, phrasebook):
        return prompts


@dataclass
class Forgetful(Conversation):
    """A core that never counts what it repeats and does not know key 0."""

    _again: SaidAgain = field(default_factory=Blunt)

    def _keys_entered(self, digits):
        return [] if digits == "0" else super()._keys_entered(digits)


def test_a_core_without_key_zero_or_a_count_is_found():
    wording = WordingOnce(Wording.load(NLU_DATA, "Nordlys"))
    space = CoreExplorer(wording, (), (OPEN_QUESTION,), has_secrets=True, core=Forgetful).explore()
    found = {why for why, _ in space.problems}
    assert "a person is more than one turn away" in found
    assert "the same words twice in a row, and nobody asked for them" in found


def test_a_branch_leaves_the_call_it_came_from_alone():
    call = Conversation("explored", "en", WordingOnce(Wording.load(NLU_DATA, "Nordlys")))
    branched(call)._repair.fail("request")
    assert call._repair.in_call == 0


def test_saying_the_matter_again_while_a_number_is_asked_for_is_answered():
    domain = Domain.load(NLU_DATA)
    wording = Wording.load(NLU_DATA, "Nordlys")
    explorer = DialogueExplorer(domain, RuleBook.load(NLU_DATA, frozenset(domain.forms)), wording)
    space = explorer.explore(most=3)
    asked = next(at for at, state in enumerate(space.states) if "requested_slot" in state.by_name)
    matter = space.came_by[asked].heard
    replies = [turn.reply for turn, _ in explorer.turns_of(asked, space.states[asked], matter)]
    assert all(reply is not None and reply.prompts for reply in replies)


@pytest.fixture
def explored(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run `ivr nlu explore` over the small folder; its core is explored elsewhere, for half a minute."""
    monkeypatch.setattr(command, "prove", partial(prove, is_core_explored=False))
    group = click.Group("nlu")
    command.add_exploring(group, lambda: make_settings(nlu_data_dir=folder, languages="en"))
    return lambda *options: CliRunner().invoke(group, ["explore", *options])


def test_the_command_tells_what_it_visited(explored: Callable[..., Result]):
    assert explored().exit_code == 0
    told = json.loads(explored("--json").output)
    assert told["states"] >= 1
    assert told["broken"] == []


def test_the_command_fails_with_the_path_where_callers_are_stuck(
    explored: Callable[..., Result], folder: Path
):
    write(folder, [GOODBYE, HELLO])  # nobody can ask for a person any more
    stuck = explored()
    assert stuck.exit_code == 1
    assert "a person is one turn away" in stuck.output
    assert json.loads(explored("--json").output)["broken"]
