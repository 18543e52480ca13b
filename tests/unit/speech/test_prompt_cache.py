"""Prompts: rendered once, served by unguessable names, mended when broken, forgotten when personal."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from ivr.audio.wav import read_wav
from ivr.speech.prompt_cache import PromptCache
from ivr.speech.synthesizer import SynthesizerFailed
from tests.fakes.tone_synthesizer import ToneSynthesizer

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class StillClock:
    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()


@pytest.fixture
def voice() -> ToneSynthesizer:
    return ToneSynthesizer(unspeakable=("unsayable",))


def cache_in(folder: Path, voice: ToneSynthesizer, clock: StillClock | None = None) -> PromptCache:
    return PromptCache(folder, voice, "secret", clock or StillClock())


def test_a_sentence_is_rendered_once_even_across_restarts(tmp_path: Path, voice: ToneSynthesizer) -> None:
    first = cache_in(tmp_path, voice).mulaw("one two", "en")
    cache = cache_in(tmp_path, voice)
    assert cache.ready("one two", "en") is None  # on disk only
    assert cache.mulaw("one two", "en") == cache.mulaw("one two", "en") == first
    assert cache.ready("one two", "en") == first
    assert len(first) == 4000
    assert voice.spoken == [("one two", "en")]


def test_the_file_holds_the_same_audio(tmp_path: Path, voice: ToneSynthesizer) -> None:
    cache = cache_in(tmp_path, voice)
    audio, rate = read_wav(cache.wav_path("one two", "en"))
    assert (audio.size, rate) == (4000, 8000)
    assert float(np.abs(audio).max()) == pytest.approx(0.14, abs=0.01)


def test_names_depend_on_secret_voice_language_and_text(tmp_path: Path, voice: ToneSynthesizer) -> None:
    cache = cache_in(tmp_path, voice)
    other_secret = PromptCache(tmp_path, voice, "other", StillClock())
    names = {
        cache.wav_name("one", "en"),
        cache.wav_name("two", "en"),
        cache.wav_name("one", "sv"),
        other_secret.wav_name("one", "en"),
    }
    assert len(names) == 4
    assert cache.wav_name("one", "en") == cache_in(tmp_path, voice).wav_name("one", "en")


@pytest.mark.parametrize(
    "name",
    ["", "..", "../fixed/x.wav", "/etc/passwd", "a.wav", "A" * 40 + ".wav", "0" * 40 + ".wav\n", "0" * 40],
)
def test_only_names_the_cache_gave_are_opened(tmp_path: Path, voice: ToneSynthesizer, name: str) -> None:
    cache = cache_in(tmp_path, voice)
    cache.mulaw("one", "en")
    assert cache.open_wav(name) is None
    assert cache.open_wav("0" * 40 + ".wav") is None
    given = cache.open_wav(cache.wav_name("one", "en"))
    assert given is not None
    assert given.parent.parent == tmp_path


@pytest.mark.parametrize("damage", [b"", b"RIFF", "half"])
def test_a_broken_file_is_rendered_again(tmp_path: Path, voice: ToneSynthesizer, damage: bytes | str) -> None:
    file = cache_in(tmp_path, voice).wav_path("one two", "en")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if isinstance(damage, str) else damage)
    cache = cache_in(tmp_path, voice)
    assert len(cache.mulaw("one two", "en")) == 4000
    assert file.read_bytes() == whole


def test_nothing_half_written_is_left_behind(tmp_path: Path, voice: ToneSynthesizer) -> None:
    cache = cache_in(tmp_path, voice)
    cache.mulaw("one", "en")
    assert [file.name for file in (tmp_path / "fixed").iterdir()] == [cache.wav_name("one", "en")]


def test_many_threads_that_want_one_sentence_render_it_once(tmp_path: Path, voice: ToneSynthesizer) -> None:
    cache = cache_in(tmp_path, voice)
    heard: list[bytes] = []
    askers = [threading.Thread(target=lambda: heard.append(cache.mulaw("one two", "en"))) for _ in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(heard) == 8
    assert len(set(heard)) == len(voice.spoken) == 1


def test_warming_renders_all_and_survives_what_cannot_be_said(tmp_path: Path, voice: ToneSynthesizer) -> None:
    cache = cache_in(tmp_path, voice)
    cache.warm([("one", "en"), ("unsayable", "en"), ("two", "en")]).join(timeout=10)
    voice.spoken.clear()
    cache.mulaw("one", "en")
    cache.mulaw("two", "en")
    assert voice.spoken == []
    with pytest.raises(SynthesizerFailed):
        cache.mulaw("unsayable", "en")


def test_personal_sentences_are_gone_after_an_hour_and_fixed_ones_stay(
    tmp_path: Path, voice: ToneSynthesizer
) -> None:
    clock = StillClock()
    cache = cache_in(tmp_path, voice, clock)
    personal = cache.wav_path("order four", "en", is_personal=True)
    fixed = cache.wav_path("hello", "en")
    assert personal.parent != fixed.parent
    assert cache.purge_personal(NOW + timedelta(minutes=59)) == 0
    assert cache.purge_personal(NOW + timedelta(minutes=61)) == 1
    assert cache.open_wav(personal.name) is None
    assert fixed.is_file()
    voice.spoken.clear()
    cache.mulaw("order four", "en", is_personal=True)
    assert voice.spoken == [("order four", "en")]  # not kept in memory either


def test_a_file_purged_under_a_running_call_comes_back(tmp_path: Path, voice: ToneSynthesizer) -> None:
    cache = cache_in(tmp_path, voice)
    cache.wav_path("order four", "en", is_personal=True).unlink()
    assert cache.wav_path("order four", "en", is_personal=True).is_file()
