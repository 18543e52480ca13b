"""How the encoder becomes a graph that onnxruntime computes, its weights staying at 4 bits."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ivr.embedding.packed_weights import BLOCK, PackedWeights, Quantised

OPSET, OPSET_OF_ONNXRUNTIME, IR_VERSION = 21, 1, 10
INT8_COMPUTING = 4  # MatMulNBits' accuracy level: activations at 8 bits, three times as fast


class _Graph:
    """A graph under construction; every method adds a node and returns the name of what it gives."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, kind: str, inputs: Sequence[str], domain: str = "", **settings: Any) -> str:
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], domain=domain, **settings))
        return name

    def own(self, kind: str, inputs: Sequence[str], **settings: Any) -> str:
        """Add one of onnxruntime's own nodes."""
        return self.add(kind, inputs, "com.microsoft", **settings)

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def times(self, name: str, left: str, matrix: Quantised) -> str:
        """Multiply by a matrix (out, in) kept at 4 bits; its blocks go two neighbours to a byte."""
        rows, columns = matrix.values.shape
        shifted = (matrix.values + 8).astype(np.uint8)
        packed = (shifted[:, ::2] | (shifted[:, 1::2] << 4)).reshape(rows, columns // BLOCK, BLOCK // 2)
        inputs = [
            left,
            self.constant(f"{name}.w", packed),
            self.constant(f"{name}.s", matrix.scales.astype(np.float32).reshape(-1)),
        ]
        sizes = {"K": columns, "N": rows, "bits": 4, "block_size": BLOCK, "accuracy_level": INT8_COMPUTING}
        return self.own("MatMulNBits", inputs, **sizes)

    def words(self, name: str, ids: str, matrix: Quantised) -> str:
        """Look rows up in a matrix kept at 4 bits."""
        low, high = matrix.values[:, ::2].astype(np.uint8), matrix.values[:, 1::2].astype(np.uint8)
        packed = ((low & 15) | ((high & 15) << 4)).tobytes()
        tensor = helper.make_tensor(name, TensorProto.INT4, matrix.values.shape, packed, raw=True)
        self.constants.append(tensor)
        inputs = [name, ids, self.constant(f"{name}.s", matrix.scales)]
        found = self.own("GatherBlockQuantized", inputs, gather_axis=0, quantize_axis=1, block_size=BLOCK)
        return self.add("Cast", [found], to=TensorProto.FLOAT)


def build(weights: PackedWeights, kept: np.ndarray, layers: Sequence[int]) -> onnx.ModelProto:
    """Return the model: `ids` int64 and `mask` int32 (texts, pieces) in, `rows` float32 (texts, width) out.

    `kept` holds the numbers of the pieces that stay in the vocabulary, in their new order. A row holds the
    mean over a text's pieces after each of `layers`.
    """
    shape, graph = weights.shape, _Graph()
    word = weights.quantised("emb.word", shape.vocabulary, shape.width)
    found = graph.words("word", "ids", Quantised(word.values[kept], word.scales[kept]))
    places = weights.floats("emb.pos").reshape(shape.positions, shape.width)
    places = places + weights.floats("emb.type")[: shape.width]
    length = graph.add("Shape", ["ids"], start=1, end=2)
    zero, axes = graph.constant("zero", np.array([0])), graph.constant("pieces_axis", np.array([0]))
    here = graph.add("Slice", [graph.constant("places", places), zero, length, axes])
    state = graph.add("Add", [found, here])
    state = graph.add(
        "LayerNormalization",
        [state, *_normal(graph, weights, "emb.ln")],
        epsilon=shape.epsilon,
    )
    last = graph.constant("last_axis", np.array([2]))
    share = graph.add("Unsqueeze", [graph.add("Cast", ["mask"], to=TensorProto.FLOAT), last])
    second = graph.constant("second_axis", np.array([1]))
    count = graph.add("ReduceSum", [share, second], keepdims=0)
    means = []
    for number in range(max(layers)):
        state = _layer(graph, weights, number, state)
        if number + 1 in layers:
            total = graph.add("ReduceSum", [graph.add("Mul", [state, share]), second], keepdims=0)
            means.append(graph.add("Div", [total, count]))
    graph.nodes.append(helper.make_node("Concat", means, ["rows"], axis=1))
    return _model(graph, shape.width * len(layers))


def _layer(graph: _Graph, weights: PackedWeights, number: int, state: str) -> str:
    """Add attention and the two inner products, each with what came in and a normalisation."""
    shape, own = weights.shape, f"l{number}."
    width = shape.width
    parts = [weights.quantised(f"{own}{part}.w", width, width) for part in "qkv"]
    stacked = Quantised(
        *(np.concatenate([getattr(one, side) for one in parts]) for side in ("values", "scales"))
    )
    projected = graph.times(f"{own}qkv", state, stacked)
    splits = [f"{own}{part}" for part in "qkv"]
    graph.nodes.append(helper.make_node("Split", [projected], splits, axis=2, num_outputs=3))
    shifts = np.concatenate([weights.floats(f"{own}{part}.b") for part in "qkv"])
    attended = graph.own(
        "MultiHeadAttention",
        [*splits, graph.constant(f"{own}qkv.b", shifts), "mask"],
        num_heads=shape.heads,
    )
    output = graph.times(f"{own}ao", attended, weights.quantised(f"{own}ao.w", width, width))
    state = _joined(graph, weights, own, "ao", "aln", output, state)
    inner = graph.times(f"{own}fi", state, weights.quantised(f"{own}fi.w", shape.inner_width, width))
    inner = graph.own("BiasGelu", [inner, graph.constant(f"{own}fi.b", weights.floats(f"{own}fi.b"))])
    output = graph.times(f"{own}fo", inner, weights.quantised(f"{own}fo.w", width, shape.inner_width))
    return _joined(graph, weights, own, "fo", "oln", output, state)


def _joined(
    graph: _Graph, weights: PackedWeights, own: str, part: str, norm: str, output: str, state: str
) -> str:
    normal = _normal(graph, weights, f"{own}{norm}")
    shift = graph.constant(f"{own}{part}.b", weights.floats(f"{own}{part}.b"))
    epsilon = weights.shape.epsilon
    return graph.own("SkipLayerNormalization", [output, state, *normal, shift], epsilon=epsilon)


def _normal(graph: _Graph, weights: PackedWeights, name: str) -> list[str]:
    return [graph.constant(f"{name}.{side}", weights.floats(f"{name}.{side}")) for side in "wb"]


def _model(graph: _Graph, width: int) -> onnx.ModelProto:
    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "pieces"]),
        helper.make_tensor_value_info("mask", TensorProto.INT32, ["texts", "pieces"]),
    ]
    outputs = [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["texts", width])]
    made = helper.make_graph(graph.nodes, "sentence encoder", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", OPSET_OF_ONNXRUNTIME)]
    return helper.make_model(made, opset_imports=opsets, ir_version=IR_VERSION)
