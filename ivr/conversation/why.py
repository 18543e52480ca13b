"""What the judgement of a turn means for the transfer: is it due, and what is the agent told of it. Pure."""

from typing import Any

from ivr.conversation.events import UtteranceHeard
from ivr.dialogue.dialogue import DialogueReply, Verdict
from ivr.handoff.case import WhyTransferred
from ivr.handoff.escalation.decision import Decision, Step, Watch


def is_person_due(decision: Decision, is_leaving: bool) -> bool:
    """A caller who says goodbye is fetched a person only when one signal alone asks for it."""
    return decision.step is Step.FETCH_PERSON and (not is_leaving or decision.rule is not None)


def is_mistaken(reply: DialogueReply, watch: Watch | None, heard: UtteranceHeard | None) -> bool:
    """Say whether the dialogue fetches a person for words that ask for none; then the bot asks again."""
    if reply.verdict is not Verdict.HAND_OVER or watch is None or heard is None:
        return False
    return watch.contradicts(reply.intent, heard.text)


def why_transferred(watch: Watch | None) -> dict[str, Any]:
    """Return what a case keeps of the last judgement, the heaviest reason first; nothing without one."""
    if watch is None:
        return {}
    earlier, decision = {"earlier_contacts": watch.situation.earlier_contacts}, watch.last
    if decision is None:
        return earlier
    heaviest_first = sorted(decision.counted, key=lambda one: -one.points)
    reasons = tuple(
        WhyTransferred(one.signal.value, one.turn, one.words, round(one.points, 2)) for one in heaviest_first
    )
    judged = {"reasons": reasons, "mood": decision.mood.value, "policy_version": decision.policy_version}
    return earlier | judged
