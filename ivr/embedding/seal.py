"""Whether the encoder's files are whole, and which they are."""

import hashlib
import json
from pathlib import Path

from ivr.errors import IvrError

SEAL = "seal.json"  # written last: the recipe the files were made by, and the hash of each


class EncoderMissing(IvrError):
    """The encoder was not made yet, or its files are damaged; the message says what to do."""


def sealed_version(folder: Path) -> str:
    """Return what changes when the files in a folder do, which are whole. Raises EncoderMissing."""
    try:
        seal = json.loads((folder / SEAL).read_text(encoding="utf-8"))["sha256"]
        changed = [name for name, digest in seal.items() if sha256_of(folder / name) != digest]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise EncoderMissing(f"{folder}: {wrong}. `ivr models sentences` makes it") from wrong
    if changed:
        raise EncoderMissing(f"{folder}: {', '.join(changed)} damaged. `ivr models sentences` makes it anew")
    return hashlib.sha256(json.dumps(seal, sort_keys=True).encode()).hexdigest()[:12]


def sha256_of(file: Path) -> str:
    """Return a file's SHA-256 in hex."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
