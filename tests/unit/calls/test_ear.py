"""The listening side of a call: what it keeps of the latest voice, and that an echo is known in it."""

import numpy as np

from ivr.audio import g711
from ivr.audio.echo import HEARD_S, is_echo
from ivr.calls.ear import Ear
from tests.fakes.steered_line import LoudnessActivity

RATE_HZ = 8000
RANDOM = np.random.default_rng(3)
BOT = RANDOM.normal(0, 0.2, RATE_HZ).astype(np.float32)
NOISE = RANDOM.normal(0, 0.3, RATE_HZ // 6).astype(np.float32)


class VoiceForASecond:
    """Takes the first second for a voice and what follows for none, however loud."""

    def __init__(self) -> None:
        self._samples = 0

    def probability(self, window: np.ndarray) -> float:
        self._samples += window.size
        return float(self._samples <= RATE_HZ)


def test_the_tail_of_an_echo_is_still_the_bots_own_voice_when_the_line_is_louder_than_it():
    ear = Ear(VoiceForASecond())
    ear.hear(g711.encode(np.concatenate([BOT, NOISE])))
    assert ear.is_speaking  # the pause is too short to end the sound
    sent = np.concatenate([BOT, np.zeros_like(NOISE)])
    assert is_echo(ear.latest_voice(HEARD_S), sent)
    assert not is_echo(ear.utterance()[-round(HEARD_S * RATE_HZ) :], sent)


def test_the_latest_voice_is_no_longer_than_asked_for_and_empty_before_any_sound():
    ear = Ear(LoudnessActivity())
    assert ear.latest_voice(HEARD_S).size == 0
    ear.hear(g711.encode(BOT))
    assert ear.latest_voice(HEARD_S).size == round(HEARD_S * RATE_HZ)
