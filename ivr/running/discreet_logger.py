"""What gunicorn may write about requests: no query, since it can hold a token or a number."""

import logging
import re
from typing import Any

from gunicorn.glogging import Logger

_QUERY = re.compile(r"\?[^\s'\"]+")


class DiscreetLogger(Logger):
    """Cuts the queries out of the request lines that gunicorn quotes when something is wrong with them."""

    def setup(self, cfg: Any) -> None:
        """Set up as gunicorn does, then look at every line of the error log."""
        super().setup(cfg)
        self.error_log.addFilter(cut_queries)


def cut_queries(record: logging.LogRecord) -> bool:
    """Replace every query in a record's message; keep the record."""
    record.msg, record.args = _QUERY.sub("?[withheld]", record.getMessage()), ()
    return True
