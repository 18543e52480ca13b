"""Reading a TwiML document: what is accepted, what is refused, what is only warned about."""

from dataclasses import dataclass, field
from xml.etree import ElementTree

from ivr.carrier.twiml.grammar import ELEMENTS, Attribute, Kind

LARGEST_BYTES = 64 * 1024
LARGEST_INLINE_CHARACTERS = 4000


class TwimlInvalid(Exception):
    """The document cannot be carried out; `code` is the number of the error log."""

    def __init__(self, code: int, what: str) -> None:
        super().__init__(what)
        self.code = code


@dataclass(frozen=True)
class Verb:
    """One element, checked; attributes that were not given have their documented defaults."""

    name: str
    given: dict[str, str]
    text: str
    children: tuple["Verb", ...]

    def string(self, attribute: str) -> str:
        """Return an attribute; "" when it has no default and was not given."""
        return self.given.get(attribute, _rule(self.name, attribute).default)

    def integer(self, attribute: str) -> int | None:
        """Return a whole number; None when not given and without default."""
        value = self.string(attribute)
        return int(value) if value else None

    def whole(self, attribute: str) -> int:
        """Return a whole number that has a default."""
        return int(self.string(attribute))

    def flag(self, attribute: str) -> bool:
        """Return a yes-or-no attribute."""
        return self.string(attribute) == "true"

    def method(self, attribute: str = "method") -> str:
        """Return an HTTP method."""
        return self.string(attribute)

    def events(self, attribute: str) -> frozenset[str]:
        """Return a list of words."""
        return frozenset(self.string(attribute).replace(",", " ").split())

    def children_named(self, *names: str) -> list["Verb"]:
        """Return the children of these names."""
        return [child for child in self.children if child.name in names]


@dataclass(frozen=True)
class Document:
    """A whole document; `url` is what relative addresses are resolved against, None for inline TwiML."""

    verbs: tuple[Verb, ...]
    url: str | None
    warnings: tuple[str, ...] = field(default=())


def parse(content: bytes, url: str | None) -> Document:
    """Read a document. Raises TwimlInvalid (12100 not XML, 12200 against the grammar)."""
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError) as broken:
        raise TwimlInvalid(12100, f"not XML: {broken}") from broken
    if root.tag != "Response":
        raise TwimlInvalid(12100, f"the root must be Response, not {root.tag}")
    warnings: list[str] = []
    response = _read(root, warnings)
    return Document(response.children, url, tuple(warnings))


def _read(element: ElementTree.Element, warnings: list[str]) -> Verb:
    rules = ELEMENTS[element.tag]
    text = (element.text or "").strip()
    loose = "".join(child.tail or "" for child in element).strip()
    if (text or loose) and not rules.is_text:
        warnings.append(f"{element.tag} holds text")
    given = {
        name: value for name, value in element.attrib.items() if _is_valid(element.tag, name, value, warnings)
    }
    for child in element:
        if child.tag not in ELEMENTS:
            raise TwimlInvalid(12200, f"{child.tag} is no TwiML element")
        if child.tag not in rules.children:
            raise TwimlInvalid(12200, f"{child.tag} is not allowed in {element.tag}")
    if len(element) > rules.most_children:
        raise TwimlInvalid(12200, f"more than {rules.most_children} elements in {element.tag}")
    if element.tag == "Say":
        text = " ".join("".join(element.itertext()).split())
    return Verb(element.tag, given, text, tuple(_read(child, warnings) for child in element))


def _is_valid(tag: str, name: str, value: str, warnings: list[str]) -> bool:
    name = name.replace("{http://www.w3.org/XML/1998/namespace}", "xml:")
    if name not in ELEMENTS[tag].attributes:
        warnings.append(f"{tag} has no attribute {name}")
        return False
    if not _fits(_rule(tag, name), value):
        warnings.append(f'{tag} {name}="{value}" is not valid')
        return False
    return True


def _fits(rule: Attribute, value: str) -> bool:
    if rule.kind is Kind.INTEGER:
        return value.isascii() and value.isdigit() and rule.least <= int(value) <= rule.most
    if rule.kind is Kind.FLAG:
        return value in ("true", "false")
    if rule.kind is Kind.CHOICE:
        return value in rule.choices
    return True


def _rule(tag: str, name: str) -> Attribute:
    return ELEMENTS[tag].attributes[name]
