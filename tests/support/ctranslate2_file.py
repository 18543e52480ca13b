"""Writes CTranslate2 Whisper files as its own converter does, from an openai-whisper state dict."""

import struct

import numpy as np

FLOAT32, INT8, INT16, FLOAT16 = 0, 1, 2, 4
TYPES = {np.dtype("f4"): FLOAT32, np.dtype("i1"): INT8, np.dtype("i2"): INT16, np.dtype("f2"): FLOAT16}


def ctranslate2_variables(
    state: dict[str, np.ndarray], encoder_heads: int, decoder_heads: int
) -> dict[str, np.ndarray]:
    """Name and fuse the tensors of a checkpoint as CTranslate2's Whisper converter does."""
    variables = {
        "encoder/num_heads": np.array(encoder_heads, np.int16),
        "decoder/num_heads": np.array(decoder_heads, np.int16),
        "decoder/pre_norm": np.array(1, np.int8),
        "decoder/embeddings/weight": state["decoder.token_embedding.weight"],
        "encoder/position_encodings/encodings": state["encoder.positional_embedding"],
        "decoder/position_encodings/encodings": state["decoder.positional_embedding"],
    }
    for name, value in state.items():
        side, *rest = name.split(".")
        if rest[0] in ("conv1", "conv2"):
            variables[f"encoder/{rest[0]}/{rest[1]}"] = value
        elif rest[0] in ("ln", "ln_post"):
            variables[f"{side}/layer_norm/{_norm(rest[1])}"] = value
        elif rest[0] == "blocks" and rest[2].endswith("_ln"):
            part = {"attn_ln": "self_attention", "cross_attn_ln": "attention", "mlp_ln": "ffn"}[rest[2]]
            variables[f"{side}/layer_{rest[1]}/{part}/layer_norm/{_norm(rest[3])}"] = value
        elif rest[0] == "blocks" and rest[2] == "mlp":
            variables[f"{side}/layer_{rest[1]}/ffn/linear_{int(rest[3]) // 2}/{rest[4]}"] = value
        elif rest[0] == "blocks" and rest[3:] == ["out", "weight"]:
            variables |= _attention(state, f"{side}.blocks.{rest[1]}.{rest[2]}", f"{side}/layer_{rest[1]}")
    return variables


def _attention(state: dict[str, np.ndarray], source: str, layer: str) -> dict[str, np.ndarray]:
    part = {
        (name, kind): state[f"{source}.{name}.{kind}"]
        for name in ("query", "key", "value", "out")
        for kind in ("weight", "bias")
        if (name, kind) != ("key", "bias")
    }
    part["key", "bias"] = np.zeros_like(part["query", "bias"])
    if source.endswith("cross_attn"):
        groups, target = (("query",), ("key", "value"), ("out",)), f"{layer}/attention"
    else:
        groups, target = (("query", "key", "value"), ("out",)), f"{layer}/self_attention"
    return {
        f"{target}/linear_{index}/{kind}": np.concatenate([part[name, kind] for name in names])
        for index, names in enumerate(groups)
        for kind in ("weight", "bias")
    }


def _norm(kind: str) -> str:
    return {"weight": "gamma", "bias": "beta"}[kind]


def ctranslate2_file(variables: dict[str, np.ndarray], version: int = 6, spec: str = "WhisperSpec") -> bytes:
    """Serialize variables in binary version 6."""
    content = struct.pack("<I", version) + _string(spec) + struct.pack("<II", 3, len(variables))
    for name, value in variables.items():
        content += _string(name) + struct.pack("<B", value.ndim)
        content += b"".join(struct.pack("<I", size) for size in value.shape)
        content += struct.pack("<BI", TYPES[value.dtype], value.nbytes) + value.tobytes()
    return (
        content
        + struct.pack("<I", 1)
        + _string("decoder/projection/weight")
        + _string("decoder/embeddings/weight")
    )


def _string(text: str) -> bytes:
    return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"
