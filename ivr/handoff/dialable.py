"""Which numbers the service may be made to call: none that cost extra, and only in countries it names."""

from collections.abc import Collection

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

NOWHERE = "001"  # +882, +883 and the like: satellites and networks without a country
_COSTLY = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.PAGER,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)


def may_be_called(number: str, countries: Collection[str] = ()) -> bool:
    """Say whether a number (E.164) may be called back; no `countries` (two letters each) are all of them."""
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return False
    regions = phonenumbers.region_codes_for_country_code(parsed.country_code or 0)
    if NOWHERE in regions or (countries and not set(countries) & set(regions)):
        return False
    return phonenumbers.number_type(parsed) not in _COSTLY
