"""Frames, rates, levels, WAV and hold music."""

import io
import wave
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.frames import FRAME_SAMPLES, Windows, split_frames, split_payload
from ivr.audio.hold_music import LOOP_S, hold_music
from ivr.audio.levels import FLOOR_DBFS, active_rms_dbfs, peak_dbfs, rms_dbfs, soften_peaks, to_level
from ivr.audio.resample import resample
from ivr.audio.wav import WavUnreadable, from_wav, read_wav, to_wav, write_wav


def tone(hz: float, seconds: float, rate: int, loudness: float = 0.5) -> np.ndarray:
    return (loudness * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def test_frames_cover_the_audio_and_the_last_is_filled_up() -> None:
    frames = split_frames(np.ones(FRAME_SAMPLES + 1, np.float32))
    assert [frame.size for frame in frames] == [FRAME_SAMPLES, FRAME_SAMPLES]
    assert frames[1].sum() == 1


def test_payload_is_filled_up_with_silence() -> None:
    assert split_payload(b"\x01" * 161)[1] == b"\x01" + b"\xff" * 159


def test_windows_come_out_whole_whatever_the_frames() -> None:
    audio = np.arange(1000, dtype=np.float32)
    windows = Windows(256)
    out = [window for start in range(0, 1000, 160) for window in windows.push(audio[start : start + 160])]
    assert np.array_equal(np.concatenate(out), audio[:768])
    assert {window.size for window in out} == {256}


@pytest.mark.parametrize(("from_hz", "to_hz"), [(8000, 16000), (16000, 8000), (24000, 8000), (22050, 8000)])
def test_a_tone_keeps_pitch_length_and_level_at_another_rate(from_hz: int, to_hz: int) -> None:
    moved = resample(tone(1000, 1.0, from_hz), from_hz, to_hz)
    assert abs(moved.size - to_hz) <= 1
    assert np.argmax(np.abs(np.fft.rfft(moved))) == pytest.approx(1000, abs=1)
    assert rms_dbfs(moved) == pytest.approx(-9.03, abs=0.1)


def test_what_the_lower_rate_cannot_carry_is_gone_rather_than_folded() -> None:
    assert rms_dbfs(resample(tone(6000, 1.0, 16000), 16000, 8000)) < -50


def test_levels_of_known_sounds() -> None:
    assert rms_dbfs(np.ones(100)) == pytest.approx(0.0)
    assert rms_dbfs(tone(100, 1.0, 8000, 1.0)) == pytest.approx(-3.01, abs=0.01)
    assert peak_dbfs(np.array([0.1, -0.5])) == pytest.approx(-6.02, abs=0.01)
    assert rms_dbfs(np.zeros(0)) == peak_dbfs(np.zeros(9)) == FLOOR_DBFS


def test_pauses_do_not_count_in_the_active_level() -> None:
    speech = tone(300, 1.0, 8000)
    with_pauses = np.concatenate([speech, np.zeros(16000, np.float32)])
    assert active_rms_dbfs(with_pauses, 8000) == pytest.approx(rms_dbfs(speech), abs=0.1)


def test_speech_is_brought_to_level_and_spikes_are_bent_under_the_ceiling() -> None:
    quiet = tone(300, 1.0, 8000, 0.01)
    quiet[4000] = 0.9
    loud = to_level(quiet, 8000, -20.0, -3.0)
    assert peak_dbfs(loud) <= -3.0
    assert np.all(np.isfinite(loud))
    assert rms_dbfs(to_level(tone(300, 1.0, 8000, 0.01), 8000)) == pytest.approx(-20.0, abs=0.2)


def test_quiet_samples_pass_the_ceiling_untouched() -> None:
    quiet = tone(300, 0.1, 8000, 0.3)
    assert np.array_equal(soften_peaks(quiet, -3.0), quiet)


def test_silence_is_not_made_loud() -> None:
    assert not np.any(to_level(np.zeros(800, np.float32), 8000))


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_wavs_of_every_width_are_read(width: int) -> None:
    samples = np.array([0.0, 0.5, -0.5, -1.0])
    if width == 1:
        raw = (samples * 128 + 128).astype(np.uint8).tobytes()
    else:
        whole = (samples * 2 ** (8 * width - 1)).astype("<i8")
        raw = b"".join(int(value).to_bytes(width, "little", signed=True) for value in whole)
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(width)
        wav.setframerate(8000)
        wav.writeframes(raw)
    audio, rate = from_wav(out.getvalue())
    assert rate == 8000
    assert audio.tolist() == samples.tolist()


def test_two_channels_are_written_and_averaged_on_reading(tmp_path: Path) -> None:
    write_wav(tmp_path / "two.wav", np.array([[0.5, 0.0], [-0.5, 0.0]], np.float32), 8000)
    audio, rate = read_wav(tmp_path / "two.wav")
    assert (audio.tolist(), rate) == ([0.25, -0.25], 8000)


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"not a wav at all, just words", to_wav(np.zeros(9), 8000)[:20]]
)
def test_what_is_not_a_wav_is_refused(content: bytes) -> None:
    with pytest.raises(WavUnreadable):
        from_wav(content)


def test_hold_music_is_quiet_loops_without_a_click_and_never_pauses() -> None:
    music = hold_music()
    assert music.shape == (LOOP_S * 8000,)
    assert rms_dbfs(music) == pytest.approx(-24.0, abs=0.5)
    assert peak_dbfs(music) < -6
    twice = np.concatenate([music, music])
    steps = np.abs(np.diff(twice))
    assert steps[music.size - 1] <= np.percentile(steps, 99.9)  # the seam is a step like any other
    blocks = twice[: twice.size // 4000 * 4000].reshape(-1, 4000)
    assert min(rms_dbfs(block) for block in blocks) > -40  # sounds in every half second
