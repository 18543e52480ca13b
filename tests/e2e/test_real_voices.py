"""A call in which a real person says the numbers, digit by digit, as recorded on a phone."""

import json
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.wav import read_wav, write_wav
from tests.support.running_system import ROOT, RunningSystem

pytestmark = [pytest.mark.weights, pytest.mark.rasa]

SPEECH = ROOT.parent / "shared" / "data" / "speech"
GAP_S = 0.18
SCRIPT = """
name: A real person's numbers
from: "+46701112233"
voice: {{name: en-gb, variant: m3, speed: 145}}
steps:
  - hear: {{prompt: say_how_to_reach_a_person}}
  - say: Can you tell me where my package has got to?
  - hear: order number
  - say: {{wav: {number}}}
  - hear: {{text: postcode, within_s: 30}}
  - say: {{wav: {postcode}}}
  - hear: {{text: on its way, within_s: 30}}
"""


def spoken_digits(speaker: str, digits: str, into: Path) -> Path:
    """Join a speaker's recorded digits with short gaps into one WAV at 8 kHz."""
    pieces: list[np.ndarray] = []
    for place, digit in enumerate(digits):
        audio, rate_hz = read_wav(SPEECH / "wav" / f"fsdd_{speaker}_{digit}_{place % 5}.wav")
        assert rate_hz == 8000
        pieces += [audio, np.zeros(int(GAP_S * rate_hz), np.float32)]
    file = into / f"{speaker}-{digits}.wav"
    write_wav(file, np.concatenate(pieces), 8000)
    return file


@pytest.mark.parametrize("speaker", ["george", "jackson"])
def test_a_real_person_s_numbers_are_understood(system: RunningSystem, speaker: str, tmp_path: Path) -> None:
    if not SPEECH.is_dir():
        pytest.skip("../shared/data/speech is not here: no recordings of real people")
    script = tmp_path / "call.yml"
    script.write_text(
        SCRIPT.format(
            number=spoken_digits(speaker, "471192", tmp_path),
            postcode=spoken_digits(speaker, "11455", tmp_path),
        )
    )
    status, report = system.call(script)
    assert status == 0, json.dumps(report, indent=2)
