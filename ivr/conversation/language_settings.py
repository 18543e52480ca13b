"""How the settings write languages: a list, and a language by dialled number. Pure."""

import re

LANGUAGES = ("en", "sv", "nb", "fi")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def read_languages(text: str) -> tuple[str, ...]:
    """Read `en,sv`; an empty text gives none. Raises ValueError, which says what is wrong."""
    found = [part.strip() for part in text.split(",") if part.strip()]
    for language in found:
        if language not in LANGUAGES:
            raise ValueError(f"'{language}' is none of {', '.join(LANGUAGES)}")
    if len(set(found)) < len(found):
        raise ValueError("a language is there twice")
    return tuple(found)


def read_number_languages(text: str) -> dict[str, str]:
    """Read `+46850000000:sv` entries separated by commas. Raises ValueError, which says which is wrong."""
    found: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        number, _, language = (piece.strip() for piece in entry.partition(":"))
        if not _E164.fullmatch(number) or language not in LANGUAGES:
            raise ValueError(f"'{entry}' is not of the form +46850000000:sv")
        if number in found:
            raise ValueError(f"the number '{number}' is there twice")
        found[number] = language
    return found
