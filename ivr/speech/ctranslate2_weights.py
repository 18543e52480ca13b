"""Decides how a CTranslate2 Whisper file maps back to openai-whisper's checkpoint."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

BINARY_VERSION = 6
# CTranslate2's type ids: float32, int8, int16, int32, float16 (ctranslate2/specs/model_spec.py).
DTYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


class WeightsUnreadable(Exception):
    """The file is not a CTranslate2 Whisper model of the layout this reader knows."""


@dataclass
class _Cursor:
    """Reads little-endian values one after the other."""

    content: bytes
    at: int = 0

    def take(self, size: int) -> bytes:
        if self.at + size > len(self.content):
            raise WeightsUnreadable(f"the file ends at byte {len(self.content)}, inside a value")
        taken = self.content[self.at : self.at + size]
        self.at += size
        return taken

    def number(self, code: str) -> int:
        return int(struct.unpack(f"<{code}", self.take(struct.calcsize(code)))[0])

    def text(self) -> str:
        return self.take(self.number("H"))[:-1].decode("utf-8")


def read_variables(path: Path) -> dict[str, np.ndarray]:
    """Read every variable of a CTranslate2 Whisper file, by its CTranslate2 name.

    Raises WeightsUnreadable.
    """
    cursor = _Cursor(path.read_bytes())
    version = cursor.number("I")
    if version != BINARY_VERSION:
        raise WeightsUnreadable(f"{path.name}: binary version {version}, expected {BINARY_VERSION}")
    spec = cursor.text()
    if spec != "WhisperSpec":
        raise WeightsUnreadable(f"{path.name}: holds a {spec}, expected a WhisperSpec")
    cursor.number("I")  # revision of the spec: says nothing about the layout read here
    variables = {}
    for _ in range(cursor.number("I")):
        name = cursor.text()
        shape = tuple(cursor.number("I") for _ in range(cursor.number("B")))
        dtype = DTYPES.get(cursor.number("B"))
        if dtype is None:
            raise WeightsUnreadable(f"{path.name}: {name} has an unknown type")
        variables[name] = np.frombuffer(cursor.take(cursor.number("I")), dtype=dtype).reshape(shape)
    return variables


def to_checkpoint(variables: dict[str, np.ndarray]) -> dict[str, Any]:
    """Turn CTranslate2 variables into {"dims", "model_state_dict"} with numpy arrays as tensors.

    Values are copied bit for bit; fused query/key/value projections are cut apart. Raises
    WeightsUnreadable when a variable is missing, quantized or left over.
    """
    left = dict(variables)
    state: dict[str, np.ndarray] = {}
    heads = {side: int(_take(left, f"{side}/num_heads")) for side in ("encoder", "decoder")}
    for conv in ("conv1", "conv2"):
        _move_linear(left, f"encoder/{conv}", state, f"encoder.{conv}")
    state["decoder.token_embedding.weight"] = _take(left, "decoder/embeddings/weight")
    for side in ("encoder", "decoder"):
        state[f"{side}.positional_embedding"] = _take(left, f"{side}/position_encodings/encodings")
    _move_norm(left, "encoder/layer_norm", state, "encoder.ln_post")
    _move_norm(left, "decoder/layer_norm", state, "decoder.ln")
    layers = {side: _move_layers(left, side, state) for side in ("encoder", "decoder")}
    unread = sorted(name for name, value in left.items() if value.ndim > 0)
    if unread:
        raise WeightsUnreadable(f"variables of no known place: {', '.join(unread[:5])}")
    return {"dims": _dimensions(state, heads, layers), "model_state_dict": state}


def _dimensions(
    state: dict[str, np.ndarray], heads: dict[str, int], layers: dict[str, int]
) -> dict[str, int]:
    n_vocab, n_text_state = state["decoder.token_embedding.weight"].shape
    n_audio_ctx, n_audio_state = state["encoder.positional_embedding"].shape
    return {
        "n_mels": state["encoder.conv1.weight"].shape[1],
        "n_audio_ctx": n_audio_ctx,
        "n_audio_state": n_audio_state,
        "n_audio_head": heads["encoder"],
        "n_audio_layer": layers["encoder"],
        "n_vocab": n_vocab,
        "n_text_ctx": state["decoder.positional_embedding"].shape[0],
        "n_text_state": n_text_state,
        "n_text_head": heads["decoder"],
        "n_text_layer": layers["decoder"],
    }


def _move_layers(left: dict[str, np.ndarray], side: str, state: dict[str, np.ndarray]) -> int:
    count = 0
    while f"{side}/layer_{count}/ffn/layer_norm/gamma" in left:
        source, target = f"{side}/layer_{count}", f"{side}.blocks.{count}"
        _move_self_attention(left, f"{source}/self_attention", state, f"{target}.attn")
        _move_norm(left, f"{source}/self_attention/layer_norm", state, f"{target}.attn_ln")
        if side == "decoder":
            _move_cross_attention(left, f"{source}/attention", state, f"{target}.cross_attn")
            _move_norm(left, f"{source}/attention/layer_norm", state, f"{target}.cross_attn_ln")
        _move_linear(left, f"{source}/ffn/linear_0", state, f"{target}.mlp.0")
        _move_linear(left, f"{source}/ffn/linear_1", state, f"{target}.mlp.2")
        _move_norm(left, f"{source}/ffn/layer_norm", state, f"{target}.mlp_ln")
        count += 1
    return count


def _move_self_attention(
    left: dict[str, np.ndarray], source: str, state: dict[str, np.ndarray], target: str
) -> None:
    _split(left, f"{source}/linear_0", state, [f"{target}.{part}" for part in ("query", "key", "value")])
    _move_linear(left, f"{source}/linear_1", state, f"{target}.out")


def _move_cross_attention(
    left: dict[str, np.ndarray], source: str, state: dict[str, np.ndarray], target: str
) -> None:
    _move_linear(left, f"{source}/linear_0", state, f"{target}.query")
    _split(left, f"{source}/linear_1", state, [f"{target}.key", f"{target}.value"])
    _move_linear(left, f"{source}/linear_2", state, f"{target}.out")


def _split(
    left: dict[str, np.ndarray], source: str, state: dict[str, np.ndarray], targets: list[str]
) -> None:
    """Cut one fused projection into its parts; Whisper's keys have no bias, so theirs must be zero."""
    weights = np.split(_take(left, f"{source}/weight"), len(targets))
    biases = np.split(_take(left, f"{source}/bias"), len(targets))
    for target, weight, bias in zip(targets, weights, biases, strict=True):
        state[f"{target}.weight"] = weight
        if not target.endswith(".key"):
            state[f"{target}.bias"] = bias
        elif np.any(bias):
            raise WeightsUnreadable(f"{source}: the key projection has a bias; Whisper's has none")


def _move_linear(left: dict[str, np.ndarray], source: str, state: dict[str, np.ndarray], target: str) -> None:
    state[f"{target}.weight"] = _take(left, f"{source}/weight")
    state[f"{target}.bias"] = _take(left, f"{source}/bias")


def _move_norm(left: dict[str, np.ndarray], source: str, state: dict[str, np.ndarray], target: str) -> None:
    state[f"{target}.weight"] = _take(left, f"{source}/gamma")
    state[f"{target}.bias"] = _take(left, f"{source}/beta")


def _take(left: dict[str, np.ndarray], name: str) -> np.ndarray:
    if name not in left:
        raise WeightsUnreadable(f"the variable {name} is missing")
    value = left.pop(name)
    if value.ndim > 0 and not np.issubdtype(value.dtype, np.floating):
        raise WeightsUnreadable(f"{name} is quantized ({value.dtype}); only float weights map back exactly")
    return value
