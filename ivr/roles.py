"""What people of the company may be here, and which word of an identity provider makes them that."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody of the company does; one person may have several."""

    AGENT = "agent"  # takes callers at the desk
    SUPERVISOR = "supervisor"  # sees the whole desk, assigns callers, sends all calls to people
    DESIGNER = "designer"  # changes what the bot understands and says
    ANALYST = "analyst"  # reads what the calls say, changes nothing


class RolesUnreadable(ValueError):
    """The list is not `value=role, ...`; the message says which entry."""


def read_roles(text: str) -> dict[str, frozenset[Role]]:
    """Read `value=role` entries separated by commas. Raises RolesUnreadable."""
    roles: dict[str, frozenset[Role]] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        value, _, role = (piece.strip() for piece in entry.rpartition("="))
        if not value or role not in set(Role):
            raise RolesUnreadable(f"'{entry}' is not of the form value=role; roles are {', '.join(Role)}")
        roles[value] = roles.get(value, frozenset()) | {Role(role)}
    return roles
