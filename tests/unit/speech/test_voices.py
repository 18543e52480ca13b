"""Falling back from voice to voice, and how audio is made fit for the phone."""

import numpy as np
import pytest

from ivr.audio.levels import active_rms_dbfs, peak_dbfs, rms_dbfs
from ivr.speech.first_that_speaks import FirstThatSpeaks
from ivr.speech.phone_sound import for_the_phone
from ivr.speech.synthesizer import SynthesizerFailed
from tests.fakes.tone_synthesizer import ToneSynthesizer


def test_the_next_voice_speaks_when_the_first_fails_or_does_not_know_the_language() -> None:
    first, second = ToneSynthesizer(unspeakable=("hard",)), ToneSynthesizer(("en", "sv"))
    voice = FirstThatSpeaks([first, second])
    assert voice.synthesize("hard", "en").size
    assert voice.synthesize("enkelt", "sv").size
    assert voice.synthesize("easy", "en").size
    assert second.spoken == [("hard", "en"), ("enkelt", "sv")]
    assert voice.speaks("sv")
    assert not voice.speaks("fi")


def test_no_voice_left_is_a_failure() -> None:
    with pytest.raises(SynthesizerFailed):
        FirstThatSpeaks([ToneSynthesizer(unspeakable=("hard",))]).synthesize("hard", "en")


def test_audio_for_the_phone_has_its_level_its_band_and_no_dead_ends() -> None:
    rate = 24000
    time_s = np.arange(rate) / rate
    sound = 0.02 * np.sin(2 * np.pi * 1000 * time_s)
    rumble = 0.5 * np.sin(2 * np.pi * 50 * time_s)
    silence = np.zeros(rate)
    audio = for_the_phone(np.concatenate([silence, sound + rumble, silence]).astype(np.float32), rate)
    assert 0.9 < audio.size / 8000 < 1.4
    assert active_rms_dbfs(audio, 8000) == pytest.approx(-20, abs=0.5)
    assert peak_dbfs(audio) <= -3
    spectrum = np.abs(np.fft.rfft(audio))
    hz = np.fft.rfftfreq(audio.size, 1 / 8000)
    assert spectrum[hz < 100].max() < spectrum.max() / 30


def test_silence_stays_nothing() -> None:
    assert for_the_phone(np.zeros(24000, np.float32), 24000).size == 0
    assert rms_dbfs(for_the_phone(np.zeros(0, np.float32), 24000)) == -120
