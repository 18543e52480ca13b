"""The decision: signals with their evidence, points that fade, hard rules, and what is never looked at."""

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from ivr.handoff.case import Case, WhyTransferred, plain, read_case
from ivr.handoff.escalation import EscalationReason
from ivr.handoff.escalation.decision import REASON_OF, Mood, Step, Watch
from ivr.handoff.escalation.policy import Adjustment, Condition, Policy, SignalRule
from ivr.handoff.escalation.questions import MOST_QUESTIONS, Question, questions_before_transfer
from ivr.handoff.escalation.signals import (
    EarlierContact,
    Happened,
    Signal,
    Situation,
    Topics,
    TurnSeen,
    about_same_case,
    find_signals,
)

ROOT = Path(__file__).resolve().parents[3]
RULES = {
    Signal.ASKED_FOR_PERSON: SignalRule("asks", 4, at_once_from=0.5),
    Signal.SAID_ANGRILY: SignalRule("swears", 1.4),
    Signal.CALLED_BEFORE: SignalRule("called", 1.5, counts_from=0.3, lasts=True, most=1),
    Signal.REPEATED_REQUEST: SignalRule("again", 1.7),
    Signal.NO_INPUT: SignalRule("silent", 0.8),
    Signal.DEADLINE: SignalRule("date", 2.0, lasts=True, most=1),
}


class Words:
    """Reads what it was told."""

    version = "told"

    def __init__(self, **meaning: dict[str, float]) -> None:
        self._meaning = meaning
        self.read_so_far: list[str] = []

    def read(self, words: str) -> dict[str, float]:
        self.read_so_far.append(words)
        return self._meaning.get(words.replace(" ", "_"), {})


def watch(reader: Words | None = None, adjustments: tuple[Adjustment, ...] = (), **situation) -> Watch:
    policy = Policy("v1", 3.0, 1.0, 0.5, RULES, adjustments, Topics(valuable_from=1000))
    return Watch(policy, reader or Words(), "en", Situation(**situation))


def says(one: Watch, turn: int, words: str, **options):
    return one.judge(turn, Happened.UNDERSTOOD, words, None, 0.9, False, **options)


def test_the_escalation_looks_at_words_and_counts_and_never_at_sound() -> None:
    assert {field.name for field in fields(TurnSeen)} == {
        "turn", "happened", "words", "said", "intent", "asr_confidence", "is_barge_in", "same_case",
    }  # fmt: skip
    assert {field.name for field in fields(Situation)} == {
        "earlier_contacts", "waiting", "local_minute", "is_staffed",
    }  # fmt: skip


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


def test_nothing_of_the_escalation_can_reach_sound_or_an_agents_words() -> None:
    files = [*(ROOT / "ivr/handoff/escalation").glob("*.py"), *(ROOT / "ivr/triage").glob("*.py")]
    assert len(files) >= 10
    acoustic = ("ivr.audio", "ivr.speech", "ivr.telephony", "ivr.calls.ear", "torchaudio", "librosa")
    agents = ("ivr.handoff.transfer_desk", "ivr.handoff.desk_", "ivr.web", "ivr.records.agent_rows")
    for file in files:
        assert not [name for name in imported(file) if name.startswith((*acoustic, *agents))], file


def test_what_was_read_ahead_is_not_read_again_and_counts_for_its_words_only() -> None:
    reader = Words(get_me_a_person={Signal.ASKED_FOR_PERSON.value: 0.9})
    one = watch(reader)
    one.read_ahead("get me a person")
    assert says(one, 1, "get me a person").step is Step.FETCH_PERSON
    assert reader.read_so_far == ["get me a person"]
    other = watch(reader)
    other.read_ahead("get me a person")
    assert says(other, 1, "where is my order").step is Step.GO_ON
    other.read_ahead(" ")
    assert reader.read_so_far[1:] == ["get me a person", "where is my order"]


def test_asking_for_a_person_is_enough() -> None:
    decision = says(watch(Words(agent={"asked_for_person": 0.97})), 1, "agent")
    assert (decision.step, decision.reason) == (Step.FETCH_PERSON, EscalationReason.ASKED_FOR_PERSON)
    assert decision.rule is Signal.ASKED_FOR_PERSON
    assert (decision.counted[0].turn, decision.counted[0].words) == (1, "agent")


def test_a_routine_matter_said_angrily_is_answered_and_a_person_offered() -> None:
    decision = says(watch(Words(where_the_hell_is_it={"said_angrily": 0.9})), 1, "where the hell is it")
    assert decision.step is Step.OFFER_PERSON


def test_points_fade_unless_they_last() -> None:
    one = watch(Words(swears={"said_angrily": 1.0}, date={"deadline": 1.0}))
    says(one, 1, "swears")
    says(one, 1, "date")
    assert says(one, 3, "hello there").points == pytest.approx(1.4 * 0.25 + 2.0)


def test_the_same_request_again_counts_and_answers_do_not() -> None:
    one = watch()
    says(one, 1, "I want to change the delivery day")
    assert says(one, 2, "no I want to change the delivery day").counted[0].signal is Signal.REPEATED_REQUEST
    other = watch()
    for turn, words in enumerate(
        ["four seven one one nine two", "four seven one one nine two", "yes", "yes"], 1
    ):
        assert says(other, turn, words).counted == ()


def test_thanks_again_is_no_repeated_request() -> None:
    one = watch()
    for turn in range(1, 9):
        thanked = one.judge(turn, Happened.UNDERSTOOD, "thank you so very much", "thanks", 0.9, False)
        assert thanked.counted == ()


def test_conditions_move_the_threshold() -> None:
    queue = Adjustment("long queue", Condition(waiting_from=5), 1.0)
    night = Adjustment("night", Condition(between=(22 * 60, 6 * 60), languages=frozenset({"en"})), 0.5)
    assert says(watch(adjustments=(queue, night), waiting=5, local_minute=60), 1, "hi").threshold == 4.5
    assert says(watch(adjustments=(queue, night), waiting=4, local_minute=720), 1, "hi").threshold == 3.0


@pytest.mark.parametrize(
    ("words", "is_much"),
    [
        ("it was 12 000 kronor", True),
        ("£1,500.00 gone", True),
        ("it cost 90 euros", False),
        ("order 471192", False),
    ],
)
def test_an_amount_named_in_figures_is_value_at_stake(words: str, is_much: bool) -> None:
    found = find_signals(TurnSeen(1, words=words), [], Topics(valuable_from=1000))
    assert (Signal.VALUE_AT_STAKE in {one.signal for one in found}) is is_much


def test_falling_confidence_of_the_recogniser_is_found() -> None:
    before = [TurnSeen(turn, asr_confidence=sure) for turn, sure in enumerate((0.9, 0.9, 0.9, 0.5, 0.5), 1)]
    found = find_signals(TurnSeen(6, asr_confidence=0.4), before, Topics())
    assert {one.signal for one in found} == {Signal.HEARING_GOT_WORSE}


def test_earlier_contacts_count_once_in_the_turn_that_tells_the_case() -> None:
    first = find_signals(TurnSeen(1, same_case=3), [], Topics())
    assert [(one.signal, one.strength) for one in first] == [(Signal.CALLED_BEFORE, 1.0)]
    assert find_signals(TurnSeen(2, same_case=3), [TurnSeen(1, same_case=3)], Topics()) == []


LATE_ORDER = EarlierContact("471192", frozenset({"order_status"}))
COMPLAINT = EarlierContact(None, frozenset({"complaint"}))


@pytest.mark.parametrize(
    ("matters", "order", "count"),
    [
        (set(), None, 0),
        ({"opening_hours"}, None, 0),
        ({"order_status"}, None, 1),
        ({"cancel_order"}, "471192", 1),
        ({"order_status"}, "733915", 0),
        ({"order_status", "complaint"}, "733915", 1),
    ],
)
def test_the_same_order_is_the_same_case_and_else_the_same_matter(
    matters: set[str], order: str | None, count: int
) -> None:
    assert about_same_case([LATE_ORDER, COMPLAINT], matters, order) == count


def test_a_call_about_the_same_counts_when_the_matter_is_known_and_no_more_when_the_order_is_another() -> (
    None
):
    one = watch()
    one.earlier = [LATE_ORDER]
    noticed = []
    for turn, (intent, order) in enumerate(
        [("greet", None), ("order_status", None), ("inform_number", "733915")], 1
    ):
        decision = one.judge(turn, Happened.UNDERSTOOD, "", intent, 0.9, False, order_number=order)
        noticed.append([counted.signal for counted in decision.counted])
    assert noticed == [[], [Signal.CALLED_BEFORE], []]
    assert one.facts(3)["same_case"] == 0


def test_words_in_doubt_may_ask_for_a_person_and_nothing_else() -> None:
    one = watch(Words(x={"asked_for_person": 0.1, "deadline": 1.0}))
    assert [found.signal for found in says(one, 1, "x", is_doubted=True).counted] == []


def test_two_hundred_turns_and_empty_ones_stay_quick_and_calm() -> None:
    one = watch()
    for turn in range(200):
        decision = says(one, turn, "")
    assert (decision.step, decision.points) == (Step.GO_ON, 0)


def test_every_signal_has_a_reason() -> None:
    assert REASON_OF.keys() == set(Signal)


@pytest.mark.parametrize("mood", [Mood.UPSET, Mood.ANNOYED_WITH_BOT])
@pytest.mark.parametrize("reason", EscalationReason)
def test_an_upset_caller_is_asked_nothing(mood: Mood, reason: EscalationReason) -> None:
    assert questions_before_transfer(Case("CA1", "en", reason), mood) == ()


@pytest.mark.parametrize("reason", EscalationReason)
def test_a_calm_caller_is_asked_at_most_two_questions(reason: EscalationReason) -> None:
    asked = questions_before_transfer(Case("CA1", "en", reason, intent="invoice"), Mood.CALM)
    assert len(asked) <= MOST_QUESTIONS
    assert not asked or reason not in {EscalationReason.ASKED_FOR_PERSON, EscalationReason.PRESSED_ZERO}


def test_only_what_is_not_known_is_asked() -> None:
    case = Case("CA1", "en", EscalationReason.COMPLEX, "+4670", wanted="it is a long story", intent="invoice")
    assert questions_before_transfer(case, Mood.CALM) == (Question.ORDER_NUMBER,)


def test_a_case_with_its_reasons_survives_the_record() -> None:
    why = (WhyTransferred("deadline", 2, "my flight is tomorrow", 3.1),)
    case = Case("CA1", "en", EscalationReason.DEADLINE, reasons=why, mood="calm", policy_version="v1")
    assert read_case(plain(case)) == case
