"""The TwiML verbs, one module for each kind; `load` makes them known to the interpreter."""

from importlib import import_module

MODULES = ("dial", "enqueue", "flow", "gather", "record", "sound", "stream")


def load() -> None:
    """Import every module of verbs, which registers them."""
    for module in MODULES:
        import_module(f"{__name__}.{module}")
