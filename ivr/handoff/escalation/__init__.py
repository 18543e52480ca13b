"""When a person takes over, and for which reason: signals, the designers' policy, the decision. Pure."""

from ivr.handoff.escalation.reasons import EscalationReason

__all__ = ["EscalationReason"]
