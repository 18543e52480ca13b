"""Voice activity with its real model: people are heard, noise and hold music are not."""

import json
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.hold_music import hold_music
from ivr.audio.resample import resample
from ivr.audio.voice_activity import VoiceActivity, open_session, voiced_seconds
from ivr.audio.wav import read_wav
from ivr.speech.doubts import MIN_VOICED_S

ROOT = Path(__file__).resolve().parents[3]
MODEL = ROOT / "var/models/silero_vad.onnx"
DATA = ROOT.parent / "shared/data"
has_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")

pytestmark = pytest.mark.weights


@has_data
def test_every_single_digit_has_enough_voice() -> None:
    session = open_session(MODEL)
    rows = [json.loads(line) for line in (DATA / "speech/manifest.jsonl").read_text().splitlines()]
    digits = [row for row in rows if row.get("kind") == "isolated"]
    silence = np.zeros(2400, np.float32)
    for row in digits:
        audio, rate = read_wav(DATA / "speech" / row["audio"])
        padded = np.concatenate([silence, resample(audio, rate, 8000), silence])
        assert voiced_seconds(session, padded) >= MIN_VOICED_S, row["audio"]
    assert len(digits) >= 50


@has_data
def test_no_noise_has_a_voice_in_it() -> None:
    session = open_session(MODEL)
    for file in sorted((DATA / "noise/wav").glob("*.wav")):
        audio, rate = read_wav(file)
        assert voiced_seconds(session, resample(audio, rate, 8000)) < MIN_VOICED_S, file.name


def test_hold_music_and_silence_have_no_voice_in_them() -> None:
    session = open_session(MODEL)
    assert voiced_seconds(session, hold_music()) < MIN_VOICED_S
    assert voiced_seconds(session, np.zeros(80000, np.float32)) == 0


def test_calls_that_share_a_session_do_not_hear_each_other() -> None:
    session = open_session(MODEL)
    noise = np.random.default_rng(1).normal(0, 0.1, (20, 256)).astype(np.float32)
    alone = [VoiceActivity(session).probability(noise[0])]
    first, second = VoiceActivity(session), VoiceActivity(session)
    together = []
    for window in noise:
        together.append(first.probability(window))
        second.probability(window * 0.1)
    again = VoiceActivity(session)
    assert together == [again.probability(window) for window in noise]
    assert together[0] == alone[0]


def test_a_window_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="256"):
        VoiceActivity(open_session(MODEL)).probability(np.zeros(160, np.float32))
