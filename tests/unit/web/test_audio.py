"""The audio routes: prompts by name, hold music, and nothing else."""

import io
import wave
from pathlib import Path

import pytest

from tests.support.web_scene import WebScene


@pytest.fixture
def scene(tmp_path: Path) -> WebScene:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "secret.wav").write_text("not yours")
    return WebScene(tmp_path / "prompts")


def test_hold_music_is_audible_telephone_audio_without_a_long_gap(scene: WebScene) -> None:
    response = scene.client.get("/audio/hold-music.wav")
    assert (response.status_code, response.mimetype) == (200, "audio/wav")
    assert "max-age=86400" in response.headers["Cache-Control"]
    with wave.open(io.BytesIO(response.data)) as music:
        assert (music.getframerate(), music.getnchannels(), music.getsampwidth()) == (8000, 1, 2)
        assert music.getnframes() / 8000 >= 10


def test_a_prompt_is_served_by_its_name(scene: WebScene) -> None:
    name = scene.prompts.wav_path("Hello.", "en").name
    response = scene.client.get(f"/audio/{name}")
    assert (response.status_code, response.mimetype, response.text) == (200, "audio/wav", "Hello.")
    assert "private" in response.headers["Cache-Control"]
    etag = response.headers["ETag"]
    assert scene.client.get(f"/audio/{name}", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize(
    "path",
    ["nope.wav", "../secret.wav", "..%2fsecret.wav", "%2e%2e/secret.wav", "", ".wav", "x" * 5000, "a%00.wav"],
)
def test_anything_else_is_not_found(scene: WebScene, path: str) -> None:
    assert scene.client.get(f"/audio/{path}").status_code == 404


def test_audio_needs_no_signature_and_takes_no_post(scene: WebScene) -> None:
    assert scene.client.post("/audio/hold-music.wav").status_code == 405
