"""Which wording is said: before a caller is put through, while the bot works, when it asks again."""

from collections.abc import Sequence
from dataclasses import replace

from ivr.conversation.actions import Action, Say
from ivr.conversation.phrasebook import Phrasebook
from ivr.conversation.prompt import Prompt
from ivr.handoff.escalation import EscalationReason

STILL_WORKING = ("say_still_working", "say_still_working_2", "say_still_working_3")
LEAD_INS = {
    EscalationReason.NOT_UNDERSTOOD: ("say_sorry_not_understood",),
    EscalationReason.DIALOGUE_UNAVAILABLE: ("say_technical_trouble",),
    EscalationReason.SPEECH_UNAVAILABLE: ("say_technical_trouble",),
    EscalationReason.CALL_TOO_LONG: ("say_call_too_long",),
    EscalationReason.UPSET: ("say_sorry_about_this",),
    EscalationReason.BEREAVEMENT: ("say_sorry_about_this",),
    EscalationReason.SAFETY: ("say_sorry_about_this",),
    EscalationReason.MONEY_LOST: ("say_sorry_about_this",),
    EscalationReason.KEPT_REPEATING: ("say_sorry_not_understood",),
    EscalationReason.COMPLEX: ("say_person_is_better",),
    EscalationReason.COMPLAINT: ("say_person_is_better",),
    EscalationReason.LEGAL_THREAT: ("say_person_is_better",),
    EscalationReason.DEADLINE: ("say_person_is_better",),
    EscalationReason.TOPIC_RESERVED: ("say_person_is_better",),
    EscalationReason.VALUE_AT_STAKE: ("say_person_is_better",),
}


def lead_in(reason: EscalationReason, language: str, phrasebook: Phrasebook) -> list[Prompt]:
    """Return what is said before a transfer for this reason."""
    names = LEAD_INS.get(reason, ())
    return [phrasebook.prompt(name, language) for name in names if phrasebook.has(name, language)]


def still_working(times: int, language: str, phrasebook: Phrasebook) -> Prompt:
    """Return what is said at the n-th moment of a wait, from 1."""
    names = [name for name in STILL_WORKING if phrasebook.has(name, language)]
    return phrasebook.prompt(names[(times - 1) % len(names)], language)


def asked_again(step: str, kind: str, level: int, language: str, phrasebook: Phrasebook) -> Prompt:
    """Return the reprompt of a step, or the general one; `kind` is "reprompt" or "no_input"."""
    name = f"{kind}_{step}_{level}"
    known = name if phrasebook.has(name, language) else f"{kind}_general_{level}"
    return phrasebook.prompt(known, language)


def at_pace(actions: Sequence[Action], is_slow: bool) -> list[Action]:
    """Slow down what is said for a caller who asked for it."""
    if not is_slow:
        return list(actions)
    return [Say(replace(one.prompt, is_slow=True)) if isinstance(one, Say) else one for one in actions]
