"""Conferences of the account."""

from typing import Any


class Conferences:
    """Conferences of the account."""

    def __init__(self, exchange: Any) -> None:
        self._exchange = exchange
