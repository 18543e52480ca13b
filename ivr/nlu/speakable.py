"""Whether wording can be said aloud and remembered: no web addresses, no marks for the eye, no long lists."""

import re
import unicodedata
from collections.abc import Iterator, Mapping

LONGEST_LIST = 3  # callers forget the first of four things they hear
_LONGEST_ITEM_WORDS = 4  # longer parts between commas are clauses, no list
_AND_OR: Mapping[str, str] = {"en": "and|or", "sv": "och|eller", "nb": "og|eller", "fi": "ja|tai|sekä"}
_ADDRESS = re.compile(
    r"https?:\S*|www\.\S+|\b[\w.-]+@[\w-]+\.\w+|\b\w[\w-]*\.(?:com|net|org|eu|se|no|fi|io)\b", re.I
)
_MARKDOWN = re.compile(r"\*\*?\w|\w\*|`|^#+ |^\s*[-*] |\[[^\]]*\]\(|</?\w+>|(?<!\w)_\w[^_]*_(?!\w)", re.M)
_CODE = re.compile(r"\b(?=\w*\d)(?=\w*[^\W\d_])\w{4,}\b|\b\d{5,}\b")
_PLACEHOLDER = re.compile(r"\{\w+\}")
_SIGNS = re.compile(r"[&%@#<>|\\^~=+/§€$£]")


def unspeakable(wording: str, language: str) -> Iterator[tuple[str, str]]:
    """Yield (what is wrong, what to do) for each kind of thing a voice cannot say or an ear cannot keep."""
    bare = _PLACEHOLDER.sub("x", wording)
    address = _ADDRESS.search(bare)
    if address:
        yield f"holds an address (“{address[0]}”)", "Offer to send it, or say where to find it"
        return  # its signs would be told once more
    if _MARKDOWN.search(bare):
        yield "holds markup for the eye", "Write plain words"
        return
    odd = next((sign for sign in bare if _is_picture(sign)), None)
    if odd is not None:
        yield f"holds a picture sign ({odd})", "Say it in words"
    code = _CODE.search(bare)
    if code:
        yield f"holds a bare code (“{code[0]}”)", "Use {braces}, so that it is read out sign by sign"
    sign = _SIGNS.search(bare)
    if sign:
        yield f"holds “{sign[0]}”, which voices read in their own ways", "Write the word"
    listed = max((_listed(sentence, language) for sentence in re.split(r"[.!?;:]\s", bare)), default=0)
    if listed > LONGEST_LIST:
        yield f"lists {listed} things", f"Name at most {LONGEST_LIST}, then ask"


def _is_picture(sign: str) -> bool:
    return unicodedata.category(sign) in {"So", "Sk", "Co", "Cn"} or sign in "\u200d\ufe0f"


def _listed(sentence: str, language: str) -> int:
    """Return how many things a sentence lists: short parts between commas, the last after "and" or "or"."""
    words = _AND_OR.get(language, "and|or")
    parts = [part.strip() for part in sentence.split(",")]
    last = re.split(rf"\b(?:{words})\b", parts[-1])
    if len(last) < 2:
        return 0
    things = [*parts[:-1], *[part.strip() for part in last if part.strip()]]
    inner = things[1:-1]
    if any(len(part.split()) > _LONGEST_ITEM_WORDS for part in inner):
        return 0
    return len(things)
