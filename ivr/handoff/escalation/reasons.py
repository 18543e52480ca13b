"""Why a call goes to a person. Pure."""

from enum import StrEnum


class EscalationReason(StrEnum):
    """Why the call goes to a person; every transfer carries exactly one."""

    ASKED_FOR_PERSON = "asked_for_person"
    PRESSED_ZERO = "pressed_zero"
    NOT_UNDERSTOOD = "not_understood"
    NO_INPUT = "no_input"
    FRUSTRATED = "frustrated"
    VERIFICATION_FAILED = "verification_failed"
    DIALOGUE_UNAVAILABLE = "dialogue_unavailable"
    SPEECH_UNAVAILABLE = "speech_unavailable"
    ORDERS_UNAVAILABLE = "orders_unavailable"
    EMERGENCY = "emergency"
    CALL_TOO_LONG = "call_too_long"
    LINES_FULL = "lines_full"  # the bot has as many calls as it can do well
    UPSET = "upset"
    COMPLAINT = "complaint"
    LEGAL_THREAT = "legal_threat"
    SAFETY = "safety"
    MONEY_LOST = "money_lost"
    VULNERABLE = "vulnerable"
    BEREAVEMENT = "bereavement"
    DEADLINE = "deadline"
    COMPLEX = "complex"
    KEPT_REPEATING = "kept_repeating"
    TOPIC_RESERVED = "topic_reserved"
    VALUE_AT_STAKE = "value_at_stake"
    CALLED_BEFORE = "called_before"
    PEOPLE_FIRST = "people_first"  # a supervisor sends all calls to people
