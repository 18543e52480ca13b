"""Mail addresses as one setting holds them."""


def read_addresses(text: str) -> tuple[str, ...]:
    """Return the addresses, none for an empty text. Raises ValueError for what cannot be one."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    for address in found:
        name, at, domain = address.partition("@")
        if not (name and at and domain) or any(sign in address for sign in ' <>\r\n\t"') or "@" in domain:
            raise ValueError("is a list of mail addresses separated by commas, such as anna@example.com")
    return found
