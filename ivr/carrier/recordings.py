"""Recordings of the account."""

from typing import Any


class Recordings:
    """Recordings of the account."""

    def __init__(self, exchange: Any) -> None:
        self._exchange = exchange
