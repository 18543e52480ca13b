"""The identifiers the network hands out: two letters and 32 hexadecimal digits."""

import random


class SidSource:
    """Makes SIDs; a seeded source makes the same ones every time."""

    def __init__(self, random_source: random.Random) -> None:
        self._random = random_source

    def new(self, prefix: str) -> str:
        """Return a new SID such as CA0123... for `prefix` "CA"."""
        return f"{prefix}{self._random.getrandbits(128):032x}"
