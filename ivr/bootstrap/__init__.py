"""Names every adapter and wires the service; nothing else in the house knows a concrete one."""

from ivr.bootstrap.adapters import make_voice, open_encoder, open_training_encoder, transcriber_factory
from ivr.bootstrap.insights import open_insights, open_synthetic_records
from ivr.bootstrap.privacy import open_privacy_office
from ivr.bootstrap.service import create_service
from ivr.bootstrap.trial import open_stored_calls, open_trial

__all__ = [
    "create_service",
    "make_voice",
    "open_encoder",
    "open_insights",
    "open_privacy_office",
    "open_stored_calls",
    "open_synthetic_records",
    "open_training_encoder",
    "open_trial",
    "transcriber_factory",
]
