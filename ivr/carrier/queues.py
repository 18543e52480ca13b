"""Queues of the account."""

from typing import Any


class Queues:
    """Queues of the account."""

    def __init__(self, exchange: Any) -> None:
        self._exchange = exchange
