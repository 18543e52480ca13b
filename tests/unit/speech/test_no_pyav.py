"""The GPL code that PyAV's wheels carry never enters a process of the service."""

import subprocess
import sys

import pytest


def test_the_second_engine_loads_without_pyav() -> None:
    pytest.importorskip("ctranslate2", reason="the extra [fast] is not installed")
    program = (
        "import sys\n"
        "from ivr.speech.faster_whisper_transcriber import _engine\n"
        "_engine()\n"
        "print(hasattr(sys.modules['av'], 'open'))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
