"""When a person takes over, and for which reason. Pure."""

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
