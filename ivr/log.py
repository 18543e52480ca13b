"""Structured logs without personal data.

Personal values go under keys that start with `pii_`; they are replaced by "[withheld]" unless the
setting that shows them is on.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog


def configure(level: str = "INFO", is_pii_shown: bool = False) -> None:
    """Set up logging for the whole process: one JSON line per event on standard error."""

    def withhold(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if not is_pii_shown:
            for key in event:
                if key.startswith("pii_"):
                    event[key] = "[withheld]"
        return event

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            withhold,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )


def get(name: str) -> Any:
    """Return a logger bound to a component's name."""
    return structlog.get_logger(component=name)
