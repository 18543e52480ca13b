"""Starts Rasa with its token read from a file: a token among the arguments shows in the list of processes.

Runs in Rasa's own environment (Python 3.10), as a script, and imports nothing of the service.
"""

import sys
from pathlib import Path

from rasa.__main__ import main  # type: ignore[import-not-found]  # lives in the other environment

if __name__ == "__main__":
    token_file, *arguments = sys.argv[1:]
    sys.argv = [
        "rasa",
        "run",
        *arguments,
        "--auth-token",
        Path(token_file).read_text(encoding="utf-8").strip(),
    ]
    main()
