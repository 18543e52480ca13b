"""What a policy would have done to calls that are over: their record played through the escalation again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ivr.handoff.escalation.decision import Decision, Step, Watch, WordReader
from ivr.handoff.escalation.policy import Policy
from ivr.handoff.escalation.signals import Happened, Signal, Situation
from ivr.records.kinds import Kind
from ivr.records.store import CallEvent


@dataclass(frozen=True)
class Judged:
    """One turn of a call, as a policy sees it."""

    turn: int
    words: str
    decision: Decision
    intent: str | None = None


@dataclass(frozen=True)
class Difference:
    """When a call went to a person, and when it would have; None is never."""

    call_id: str
    was_at: int | None
    would_be_at: int | None
    reason: str

    @property
    def kind(self) -> str:
        """Return earlier, later, newly, no longer, or the same."""
        if self.was_at == self.would_be_at:
            return "the same"
        if self.was_at is None:
            return "newly"
        if self.would_be_at is None:
            return "no longer"
        return "earlier" if self.would_be_at < self.was_at else "later"


@dataclass
class RecordedWatch(Watch):
    """Takes from the record which earlier calls were about the case: what they were about is not in it."""

    recorded: Mapping[int, int] = field(default_factory=dict)

    def same_case(self, turn: int, intent: str | None, order_number: str | None) -> int:
        """Return what was counted in this turn, else what was counted before."""
        known = self.turns[-1].same_case if self.turns else 0
        return self.recorded.get(turn, known)


def rejudge(events: Sequence[CallEvent], language: str, policy: Policy, reader: WordReader) -> list[Judged]:
    """Return every turn of a call with the decision the policy comes to."""
    watch = RecordedWatch(policy, reader, language, _situation(events), recorded=_same_cases(events))
    return list(_judged(events, watch))


def compare(
    call_id: str, events: Sequence[CallEvent], before: list[Judged], after: list[Judged]
) -> Difference:
    """Return the difference a policy makes to a call.

    What the core decides without the policy (too many failures, a fault, the dialogue's own rule) stays: a
    call that went to a person at a turn goes there at the latest then, unless the policy had decided it.
    """
    was, would = _fetched_at(before), _fetched_at(after)
    escalated = [event for event in events if event.kind == Kind.ESCALATED]
    if escalated:
        turn = _turn_of(events, escalated[0])
        if was is None or turn < was:  # not by this policy
            would = turn if would is None else min(turn, would)
            was = turn
    reasons = [one.decision.reason for one in after if one.decision.step is Step.FETCH_PERSON]
    return Difference(call_id, was, would, str(reasons[0]) if reasons and reasons[0] else "")


def _fetched_at(judged: Sequence[Judged]) -> int | None:
    return next((one.turn for one in judged if one.decision.step is Step.FETCH_PERSON), None)


def _turn_of(events: Sequence[CallEvent], until: CallEvent) -> int:
    turns = [event.facts["turn"] for event in events if event.seq < until.seq and "turn" in event.facts]
    return int(turns[-1]) if turns else 0


def _same_cases(events: Sequence[CallEvent]) -> dict[int, int]:
    """Return, by turn, how many earlier calls were about the case; older records counted all of them."""
    return {
        int(facts["turn"]): int(facts.get("same_case", facts.get("situation", {}).get("earlier_contacts", 0)))
        for facts in (event.facts for event in events if event.kind == Kind.TRIAGED)
    }


def _situation(events: Sequence[CallEvent]) -> Situation:
    stored = [event.facts["situation"] for event in events if event.kind == Kind.TRIAGED]
    return Situation(**stored[0]) if stored else Situation()


def _judged(events: Sequence[CallEvent], watch: Watch) -> Iterator[Judged]:
    """Play the turns: what was heard and whether it was understood; silence and key 0 count too."""
    intents = {
        event.facts["turn"]: event.facts.get("intent")
        for event in events
        if event.kind == Kind.TURN_ANSWERED and "turn" in event.facts
    }
    barged_in = False
    for at, event in enumerate(events):
        facts = event.facts
        if event.kind == Kind.BARGE_IN:
            barged_in = True
        elif event.kind == Kind.UTTERANCE_HEARD:
            happened = Happened.UNDERSTOOD
            if facts.get("doubt") or _is_missed(events[at + 1 :]):
                happened = Happened.NOT_UNDERSTOOD
            turn, words = int(facts["turn"]), str(facts.get("text") or "")
            decision = watch.judge(
                turn,
                happened,
                words,
                intents.get(turn),
                facts.get("asr_confidence"),
                barged_in,
                bool(facts.get("doubt")),
            )
            barged_in = False
            yield Judged(turn, words, decision, intents.get(turn))
        elif event.kind == Kind.NO_INPUT:
            turn = _turn_of(events, event)
            yield Judged(turn, "", watch.judge(turn, Happened.NO_INPUT, "", None, None, False))
        elif event.kind == Kind.KEYS_ENTERED and facts.get("digits") == "0":
            turn = int(facts["turn"])
            yield Judged(turn, "0", watch.judge(turn, Happened.PRESSED_ZERO, "", None, None, False))


def _is_missed(later: Sequence[CallEvent]) -> bool:
    """Say whether a no-match came before the next thing the caller did."""
    for event in later:
        if event.kind == Kind.NO_MATCH:
            return True
        if event.kind in {Kind.UTTERANCE_HEARD, Kind.KEYS_ENTERED, Kind.NO_INPUT}:
            return False
    return False


def sentence(signal: Signal, policy: Policy) -> str:
    """Return what a signal means, in the policy's own words."""
    rule = policy.signals.get(signal)
    return rule.means if rule else ""
