"""Which role may see which page: the navigation at the top of the frame."""

from collections.abc import Collection
from dataclasses import dataclass

from ivr.roles import Role


@dataclass(frozen=True)
class Page:
    """A page of the frame's navigation, by the name of its blueprint."""

    blueprint: str
    title: str
    path: str
    roles: frozenset[Role]


# In this order: whoever signs in lands on the first that is theirs.
PAGES = (
    Page("desk", "Desk", "/desk", frozenset({Role.AGENT, Role.SUPERVISOR})),
    Page("studio", "Studio", "/studio", frozenset({Role.DESIGNER})),
    Page("insights", "Insights", "/insights", frozenset({Role.SUPERVISOR, Role.DESIGNER, Role.ANALYST})),
    Page("knowledge", "Knowledge", "/knowledge", frozenset(Role)),
    Page("trust", "Trust", "/trust", frozenset({Role.AGENT, Role.SUPERVISOR, Role.ANALYST})),
)


def pages_for(roles: Collection[Role], blueprints: Collection[str]) -> tuple[Page, ...]:
    """Return the pages these roles may see, of those that exist."""
    return tuple(page for page in PAGES if page.blueprint in blueprints and page.roles & set(roles))
