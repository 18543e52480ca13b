"""A privacy desk that gives everybody the same case number; can be told to fail."""

from ivr.dialogue.privacy_desk import PrivacyDeskUnavailable, PrivacyRequest

CASE_NUMBER = "700001"


class FixedPrivacyDesk:
    """Implements `PrivacyDesk`; `opened` holds every request."""

    def __init__(self) -> None:
        self.is_down = False
        self.opened: list[tuple[str, PrivacyRequest, str | None]] = []

    def open_request(self, call_id: str, wanted: PrivacyRequest, order_number: str | None) -> str:
        """Keep the request and return the case number."""
        if self.is_down:
            raise PrivacyDeskUnavailable("told to fail")
        self.opened.append((call_id, wanted, order_number))
        return CASE_NUMBER
