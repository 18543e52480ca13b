"""Starts Rasa with its token read from a file and with nothing personal in its log.

A token among the arguments would show in the list of processes. Runs in Rasa's own environment
(Python 3.10), as a script, and imports nothing of the service.
"""

import logging
import sys
from pathlib import Path
from typing import Any

SHOW_PERSONAL_DATA = "--show-personal-data"
# What Rasa's structured log may say. Everything else can hold words, slots or whole conversations.
HARMLESS = {"event", "level", "exc_info", "stack_info", "action_name", "policy_name", "sender_id"}


def withhold_personal_data() -> None:
    """Change what Rasa makes its logging of; call before Rasa configures it.

    Rasa 3.6 writes the caller's words at level ERROR when a turn fails or takes too long, and its
    tracebacks hold every local variable. Its web server writes addresses, and ours hold the token.
    """
    import structlog  # type: ignore[import-not-found, unused-ignore]  # Rasa's own
    from rasa.utils import log_utils  # type: ignore[import-not-found]  # lives in the other environment

    def withhold(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
        return {name: value if name in HARMLESS else "[withheld]" for name, value in event.items()}

    log_utils._anonymizer = withhold
    without_locals = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    structlog.processors.dict_tracebacks = structlog.processors.ExceptionRenderer(without_locals)
    logging.getLogger("sanic.error").addFilter(_cut_queries)


def _cut_queries(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(part.partition("?")[0] if isinstance(part, str) else part for part in record.args)
    return True


if __name__ == "__main__":
    token_file, *arguments = sys.argv[1:]
    if SHOW_PERSONAL_DATA in arguments:
        arguments.remove(SHOW_PERSONAL_DATA)
    else:
        withhold_personal_data()
    from rasa.__main__ import main  # type: ignore[import-not-found]

    sys.argv = [
        "rasa",
        "run",
        *arguments,
        "--auth-token",
        Path(token_file).read_text(encoding="utf-8").strip(),
    ]
    main()
