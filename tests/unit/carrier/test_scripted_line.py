"""What a microphone delivers: level, band, noise in the asked proportion, packets lost as seeded."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.levels import active_rms_dbfs, rms_dbfs
from ivr.audio.wav import write_wav
from ivr.carrier.call_script import Noise, Say, Voice
from ivr.carrier.caller_voice import SPEECH_DBFS, VoiceUnavailable, loud_frames, speech_of
from ivr.carrier.line_noise import COMFORT_DBFS, background, open_line
from tests.fakes.wire_exchange import tone

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed here")


def test_an_open_line_hisses_faintly() -> None:
    assert rms_dbfs(background(None, 1)) == pytest.approx(COMFORT_DBFS, abs=0.1)


@pytest.mark.parametrize("kind", ["white", "pink"])
def test_noise_lies_as_far_under_speech_as_asked(kind: str) -> None:
    loop = background(Noise.model_validate({"kind": kind, "snr_db": 12}), 1)
    assert rms_dbfs(loop) == pytest.approx(SPEECH_DBFS - 12, abs=0.1)


def test_pink_noise_falls_with_frequency_and_white_does_not() -> None:
    def tilt(kind: str) -> float:
        power = np.abs(np.fft.rfft(background(Noise.model_validate({"kind": kind}), 1))) ** 2
        low, high = power[: power.size // 4].mean(), power[power.size // 2 :].mean()
        return float(10 * np.log10(low / high))

    assert abs(tilt("white")) < 1
    assert tilt("pink") > 6


@needs_espeak
@pytest.mark.parametrize("kind", ["babble", "office"])
def test_people_in_the_background_are_as_loud_as_asked(kind: str) -> None:
    loop = background(Noise.model_validate({"kind": kind, "snr_db": 10}), 1)
    assert rms_dbfs(loop) == pytest.approx(SPEECH_DBFS - 10, abs=0.1)
    seconds = [rms_dbfs(part) for part in np.array_split(loop, 20)]
    assert min(seconds) > -50  # somebody is always talking


def test_a_recorded_noise_is_used_and_a_silent_one_refused(tmp_path: Path) -> None:
    write_wav(tmp_path / "hum.wav", tone(1.0, 200), 8000)
    write_wav(tmp_path / "nothing.wav", np.zeros(8000, np.float32), 8000)
    loop = background(Noise(file=tmp_path / "hum.wav", snr_db=20), 1)
    assert rms_dbfs(loop) == pytest.approx(SPEECH_DBFS - 20, abs=0.1)
    with pytest.raises(VoiceUnavailable, match=r"nothing\.wav is silent"):
        background(Noise(file=tmp_path / "nothing.wav"), 1)


def test_packets_are_lost_at_the_asked_rate_and_the_same_ones_each_time() -> None:
    def lost(seed: int) -> list[bool]:
        line = open_line(None, 0.1, seed)
        return [not line.frame(None).any() for _ in range(2000)]

    assert sum(lost(1)) == pytest.approx(200, abs=45)
    assert lost(1) == lost(1)
    assert lost(1) != lost(2)


def test_speech_is_added_to_the_background() -> None:
    line = open_line(Noise(kind="white", snr_db=0), 0.0, 1)
    assert rms_dbfs(line.frame(tone(0.02, dbfs=-20))) == pytest.approx(-17, abs=1.5)


def test_a_recording_is_brought_to_line_level_and_telephone_band(tmp_path: Path) -> None:
    low_and_voice = np.concatenate([tone(0.5, 60), tone(0.5, 1000)]) * 0.05
    write_wav(tmp_path / "person.wav", low_and_voice, 8000)
    speech = speech_of(Say(wav=tmp_path / "person.wav"), Voice())
    assert speech.size % 160 == 0
    assert active_rms_dbfs(speech, 8000) == pytest.approx(SPEECH_DBFS, abs=1)
    assert rms_dbfs(speech[800:3200]) < rms_dbfs(speech[4800:7200]) - 30


def test_a_recording_that_is_no_wav_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "person.wav").write_bytes(b"ID3 not a wav")
    with pytest.raises(VoiceUnavailable, match="sox"):
        speech_of(Say(wav=tmp_path / "person.wav"), Voice())


def test_the_bots_voice_is_borrowed_when_it_is_there() -> None:
    hibari = Voice.model_validate("hibari")
    asked: list[tuple[str, str]] = []

    def speak(text: str, language: str) -> np.ndarray:
        asked.append((text, language))
        return tone(0.5)

    assert speech_of(Say(text="Hello"), hibari, speak).size == 4000
    assert asked == [("Hello", "en")]
    low = Voice.model_validate({"engine": "hibari", "pitch": 20})
    deeper = speech_of(Say(text="Hello"), low, speak)
    assert deeper.size == pytest.approx(4000 * 2**0.3, abs=160)
    spectrum = np.abs(np.fft.rfft(deeper))
    assert np.argmax(spectrum) / deeper.size * 8000 == pytest.approx(600 / 2**0.3, abs=5)
    with pytest.raises(VoiceUnavailable, match="hibari"):
        speech_of(Say(text="Hello"), hibari)


def test_loud_frames_leave_out_the_silence_around_the_words() -> None:
    speech = np.concatenate([np.zeros(1600), tone(0.5), np.zeros(3200)]).astype(np.float32)
    assert [index for index, is_loud in enumerate(loud_frames(speech)) if is_loud] == list(range(10, 35))


@needs_espeak
def test_espeak_speaks_and_unknown_voices_are_told() -> None:
    speech = speech_of(Say(text="Where is my order?"), Voice(name="en-gb", variant="f2"))
    assert 0.7 < speech.size / 8000 < 3.0
    with pytest.raises(VoiceUnavailable, match="no-such-voice"):
        speech_of(Say(text="Hello"), Voice(name="no-such-voice"))
