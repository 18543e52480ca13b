"""Piper is asked over HTTP with the voice that is set; whatever goes wrong there is a failed voice."""

import pytest

from ivr.speech.piper_synthesizer import PiperSynthesizer
from ivr.speech.piper_voices import PiperVoice, PiperVoicesUnreadable, read_piper_voices
from ivr.speech.synthesizer import SynthesizerFailed
from tests.fakes.piper_server import piper_server


def test_the_voice_that_is_set_is_asked_for() -> None:
    with piper_server() as (url, asked):
        voice = PiperSynthesizer({"sv": PiperVoice(url, "sv_SE-nst-medium"), "fi": PiperVoice(url)})
        assert voice.synthesize("Hej då!", "sv").size
        assert voice.synthesize("Hei hei!", "fi").size
    assert asked == [{"text": "Hej då!", "voice": "sv_SE-nst-medium"}, {"text": "Hei hei!"}]


@pytest.mark.parametrize("text", ["broken", "garbage"])
def test_an_error_or_something_else_than_audio_is_a_failure(text: str) -> None:
    with piper_server() as (url, _), pytest.raises(SynthesizerFailed, match="Piper"):
        PiperSynthesizer({"sv": PiperVoice(url)}).synthesize(text, "sv")


def test_a_server_that_is_gone_is_a_failure() -> None:
    with piper_server() as (url, _):
        pass
    with pytest.raises(SynthesizerFailed, match="ConnectError"):
        PiperSynthesizer({"sv": PiperVoice(url)}).synthesize("Hej!", "sv")


def test_voices_are_read_from_the_settings() -> None:
    read = read_piper_voices("sv=http://127.0.0.1:5100/#sv_SE-nst-medium, nb=http://piper:5000")
    assert read == {
        "sv": PiperVoice("http://127.0.0.1:5100", "sv_SE-nst-medium"),
        "nb": PiperVoice("http://piper:5000"),
    }
    assert read_piper_voices("") == {}


@pytest.mark.parametrize("text", ["sv", "sv=5100", "=http://x:1", "sv=http://x:1,sv=http://y:1"])
def test_an_unreadable_voice_says_which(text: str) -> None:
    with pytest.raises(PiperVoicesUnreadable, match=r"sv|x"):
        read_piper_voices(text)
