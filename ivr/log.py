"""Structured logs without personal data.

Personal values go under keys that start with `pii_`; they are replaced by "[withheld]" unless the
setting that shows them is on. Of an exception its kind and its way through the code are written: its
message may quote what a caller said.
"""

import logging
import resource
import sys
import threading
import traceback
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
            structlog.processors.format_exc_info if is_pii_shown else _way_of_exception,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )


def guard_against_dumps() -> None:
    """Let a process that dies leave no memory on the disk and no message of an exception in a log.

    For processes that hold callers' words; `configure` comes first.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def thread_died(args: threading.ExceptHookArgs) -> None:
        get("thread").error("thread_died", exc_info=args.exc_value)

    threading.excepthook = thread_died


def _way_of_exception(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        way: list[str] = []
        cause: BaseException | None = error
        while cause is not None:
            way += [*traceback.format_tb(cause.__traceback__), f"{type(cause).__name__}: [withheld]\n"]
            cause = cause.__cause__ or cause.__context__
        event["exception"] = "".join(way)
    return event


def get(name: str) -> Any:
    """Return a logger bound to a component's name."""
    return structlog.get_logger(component=name)
