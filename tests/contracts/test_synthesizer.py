"""Every voice, real or fake, keeps to the same sentences."""

import shutil
from collections.abc import Iterator

import numpy as np
import pytest

from ivr.audio.levels import active_rms_dbfs, peak_dbfs
from ivr.speech.hibari_synthesizer import HibariSynthesizer
from ivr.speech.piper_synthesizer import PiperSynthesizer
from ivr.speech.piper_voices import PiperVoice
from ivr.speech.pyttsx3_synthesizer import Pyttsx3Synthesizer
from ivr.speech.synthesizer import Synthesizer, SynthesizerFailed
from tests.fakes.piper_server import piper_server
from tests.fakes.tone_synthesizer import ToneSynthesizer

needs_espeak = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")


@pytest.fixture(
    scope="module",
    params=[
        ToneSynthesizer,
        HibariSynthesizer,
        pytest.param(Pyttsx3Synthesizer, marks=needs_espeak),
        PiperSynthesizer,
    ],
)
def voice(request: pytest.FixtureRequest) -> Iterator[Synthesizer]:
    if request.param is not PiperSynthesizer:
        yield request.param()
        return
    with piper_server() as (url, _):
        yield PiperSynthesizer({"en": PiperVoice(url)})


def test_it_has_a_name_for_the_cache(voice: Synthesizer) -> None:
    assert voice.name.strip()


def test_it_says_what_it_speaks(voice: Synthesizer) -> None:
    assert voice.speaks("en")
    assert not voice.speaks("xx")


def test_a_sentence_is_audio_at_phone_level(voice: Synthesizer) -> None:
    audio = voice.synthesize("Your order number is 4 7 1, 1 9 2.", "en")
    assert audio.dtype == np.float32
    assert audio.ndim == 1
    assert 1.5 < audio.size / 8000 < 8
    assert active_rms_dbfs(audio, 8000) == pytest.approx(-20, abs=1.0)
    assert peak_dbfs(audio) <= -3.0


def test_longer_text_is_longer_audio(voice: Synthesizer) -> None:
    assert voice.synthesize("One two three four five.", "en").size > voice.synthesize("One.", "en").size


def test_the_same_text_sounds_the_same(voice: Synthesizer) -> None:
    assert np.array_equal(voice.synthesize("Goodbye.", "en"), voice.synthesize("Goodbye.", "en"))


@pytest.mark.parametrize(
    "text", ["Tracking C, X, 4 5.", "<speak>50 % & more</speak>", "Åsa, José: 北京!", "A" * 500]
)
def test_odd_text_is_spoken_or_refused_but_never_crashes(voice: Synthesizer, text: str) -> None:
    try:
        audio = voice.synthesize(text, "en")
    except SynthesizerFailed:
        return
    assert audio.size
    assert np.all(np.isfinite(audio))


@pytest.mark.parametrize(("text", "language"), [("", "en"), ("   ", "en"), ("Hello.", "xx")])
def test_nothing_to_say_or_an_unknown_language_is_a_failure(
    voice: Synthesizer, text: str, language: str
) -> None:
    with pytest.raises(SynthesizerFailed):
        voice.synthesize(text, language)


@needs_espeak
def test_espeak_speaks_the_nordic_languages() -> None:
    voice = Pyttsx3Synthesizer()
    assert [language for language in ("sv", "nb", "fi", "da") if voice.speaks(language)] == [
        "sv",
        "nb",
        "fi",
        "da",
    ]
    assert voice.synthesize("Välkommen till Nordlys.", "sv").size > 8000


@needs_espeak
def test_a_voice_that_hangs_is_given_up() -> None:
    with pytest.raises(SynthesizerFailed, match=r"more than 0\.001 s"):
        Pyttsx3Synthesizer(timeout_s=0.001).synthesize("Hello.", "en")
