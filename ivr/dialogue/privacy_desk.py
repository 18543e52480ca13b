"""The port to those who answer callers' requests about their own data."""

from enum import StrEnum
from typing import Protocol


class PrivacyRequest(StrEnum):
    """What a caller may ask for."""

    COPY = "copy"
    DELETION = "deletion"


class PrivacyDesk(Protocol):
    """Takes requests about a caller's data; people carry them out."""

    def open_request(self, call_id: str, wanted: PrivacyRequest, order_number: str | None) -> str:
        """Store the request and return its case number; the same request in a call has the same number.

        Blocking, any thread. Raises PrivacyDeskUnavailable when it could not be stored.
        """
        ...


class PrivacyDeskUnavailable(Exception):
    """The request was not stored."""
