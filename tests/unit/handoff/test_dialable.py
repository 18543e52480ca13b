"""Numbers nobody makes us call."""

import pytest

from ivr.handoff.dialable import may_be_called


@pytest.mark.parametrize("number", ["+46701234567", "+46850000001", "+4791234567", "+12025550123"])
def test_people_may_be_called(number: str) -> None:
    assert may_be_called(number)


@pytest.mark.parametrize(
    "number",
    [
        "+469001234567",  # premium rate, Sweden
        "+4782912345",  # premium rate, Norway
        "+358600123456",  # premium rate, Finland
        "+447012345678",  # personal number, a way to bill
        "+88212345678",  # no country
        "+999123",
        "12345",
        "",
    ],
)
def test_what_costs_or_is_nowhere_is_never_called(number: str) -> None:
    assert not may_be_called(number)


def test_only_countries_of_the_policy() -> None:
    assert may_be_called("+46701234567", ("SE", "NO"))
    assert not may_be_called("+12025550123", ("SE", "NO"))
