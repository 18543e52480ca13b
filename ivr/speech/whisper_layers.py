"""Whisper's layers from its published weights, in 32-bit floats or with 8-bit whole numbers."""

import warnings
from collections.abc import Callable
from enum import StrEnum

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from whisper.model import MultiHeadAttention, ResidualAttentionBlock

_MOST = 127.0  # of 8 bits with a sign
Linear = Callable[[Tensor], Tensor]
Norm = Callable[[Tensor], Tensor]


class Precision(StrEnum):
    """How the weights of the large matrices are kept."""

    FLOAT32 = "fp32"  # as published
    INT8 = "int8"  # one scale an output, the input rounded to 8 bits as it comes, with one scale
    INT8_ROWS = "int8 rows"  # the input with one scale a row: closer, and for many rows as fast


def best_for_a_row() -> Precision:
    """Choose for one or a few rows at a time, as the decoder has them, on this processor.

    8 bits only where it multiplies them natively (VNNI): elsewhere they overflow.
    """
    return Precision.INT8 if _multiplies_8_bits() else Precision.FLOAT32


def best_for_many_rows() -> Precision:
    """Choose for a hundred rows at a time, as the encoder has them, on this processor."""
    return Precision.INT8_ROWS if _multiplies_8_bits() else Precision.FLOAT32


def _multiplies_8_bits() -> bool:
    can = torch.cpu.get_capabilities()
    return bool(can.get("avx512_vnni") or can.get("avx_vnni"))


def linear(weight: Tensor, bias: Tensor | None, precision: Precision) -> Linear:
    """Return x -> x W^T + b for a weight of shape (outputs, inputs)."""
    weight = weight.detach().float()
    if precision is Precision.FLOAT32:
        return lambda x: F.linear(x, weight, bias)
    if precision is Precision.INT8_ROWS:
        return _by_rows(weight, torch.zeros(weight.shape[0]) if bias is None else bias)
    scales = (weight.abs().amax(1) / 127).clamp(min=1e-8).double()
    zeros = torch.zeros(weight.shape[0], dtype=torch.long)
    with warnings.catch_warnings():
        # PyTorch means to drop quantised tensors one day. requirements.lock holds a version that has them,
        # and nothing else it offers multiplies one row by 8-bit weights as fast (1.2 ms for the logits of
        # `base`; 7.8 ms in 32-bit floats, as much in bfloat16 without AMX).
        warnings.filterwarnings("ignore", "torch.quantize_per_tensor", UserWarning)
        rounded = torch.quantize_per_channel(weight, scales, zeros, 0, torch.qint8)
    packed = torch.ops.quantized.linear_prepack(rounded, bias)
    multiply = torch.ops.quantized.linear_dynamic
    return lambda x: multiply(x, packed, False)


def _by_rows(weight: Tensor, bias: Tensor) -> Linear:
    scales = (weight.abs().amax(1) / _MOST).clamp(min=1e-8)
    rounded = (weight / scales[:, None]).round_().to(torch.int8).t().contiguous()

    def multiply(x: Tensor) -> Tensor:
        rows = x.flatten(0, -2)
        widest = rows.abs().amax(1, keepdim=True).clamp_(min=1e-6)
        whole = (rows * (_MOST / widest)).round_().to(torch.int8)
        sums = torch._int_mm(whole, rounded) * (widest / _MOST)
        return torch.addcmul(bias, sums, scales).unflatten(0, x.shape[:-1])

    return multiply


class SelfAttention:
    """Rows that attend to each other; tensors are (batch, heads, rows, state / heads)."""

    def __init__(self, source: MultiHeadAttention, precision: Precision) -> None:
        self._heads = source.n_head
        no_bias = torch.zeros_like(source.value.bias)
        weights = (source.query.weight, source.key.weight, source.value.weight)
        biases = (source.query.bias, no_bias, source.value.bias)
        self._all = linear(torch.cat(weights), torch.cat(biases).detach(), precision)
        self._out = linear(source.out.weight, source.out.bias.detach(), precision)

    def queries_keys_values(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Project x (batch, n, state), all in one multiplication."""
        queries, keys, values = self._all(x).chunk(3, dim=2)
        return _split(queries, self._heads), _split(keys, self._heads), _split(values, self._heads)

    def mix(
        self,
        queries: Tensor,
        keys: Tensor,
        values: Tensor,
        bias: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Attend and project back to (batch, n, state); `bias` is added to the scores."""
        return self._out(_attended(queries, keys, values, bias, is_causal))


class CrossSource:
    """The side of a cross-attention that is attended to."""

    def __init__(self, source: MultiHeadAttention, precision: Precision) -> None:
        self._heads = source.n_head
        biases = torch.cat((torch.zeros_like(source.value.bias), source.value.bias)).detach()
        self._rows = linear(torch.cat((source.key.weight, source.value.weight)), biases, precision)

    def keys_values(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """Project states (batch, n, state) to (batch, heads, n, state / heads), twice."""
        keys, values = self._rows(states).chunk(2, dim=2)
        return _split(keys, self._heads), _split(values, self._heads)


class CrossAttention:
    """The side of a cross-attention that attends."""

    def __init__(self, source: MultiHeadAttention, precision: Precision) -> None:
        self._heads = source.n_head
        self._query = linear(source.query.weight, source.query.bias.detach(), precision)
        self._out = linear(source.out.weight, source.out.bias.detach(), precision)

    def attend(self, x: Tensor, keys: Tensor, values: Tensor, bias: Tensor | None) -> Tensor:
        """Attend from x (batch, n, state) to keys and values of batch 1 or as many."""
        one = x.flatten(0, 1)[None] if keys.shape[0] == 1 else x  # all attend to the same rows
        queries = _split(self._query(one), self._heads)
        return self._out(_attended(queries, keys, values, bias, is_causal=False)).view(x.shape)


class Layer:
    """One residual block: self-attention, cross-attention in the decoder, feed-forward."""

    def __init__(
        self, source: ResidualAttentionBlock, precision: Precision, feed_forward: Precision | None = None
    ) -> None:
        """`feed_forward` None is the same as `precision`."""
        self.attention = SelfAttention(source.attn, precision)
        self.attention_norm: Norm = source.attn_ln
        wide, narrow = source.mlp[0], source.mlp[2]
        self._wide = linear(wide.weight, wide.bias.detach(), feed_forward or precision)
        self._narrow = linear(narrow.weight, narrow.bias.detach(), feed_forward or precision)
        self._norm: nn.LayerNorm = source.mlp_ln

    def feed_forward(self, x: Tensor) -> Tensor:
        """Add the feed-forward part to x (batch, n, state)."""
        return x + self._narrow(F.gelu(self._wide(self._norm(x))))


class DecoderLayer(Layer):
    """A layer that also attends to what the encoder heard."""

    def __init__(self, source: ResidualAttentionBlock, precision: Precision) -> None:
        super().__init__(source, precision)
        self.cross = CrossAttention(source.cross_attn, precision)
        self.cross_norm: Norm = source.cross_attn_ln


def _attended(queries: Tensor, keys: Tensor, values: Tensor, bias: Tensor | None, is_causal: bool) -> Tensor:
    mixed = F.scaled_dot_product_attention(queries, keys, values, attn_mask=bias, is_causal=is_causal)
    return mixed.transpose(1, 2).flatten(2)


def _split(x: Tensor, heads: int) -> Tensor:
    return x.unflatten(2, (heads, -1)).transpose(1, 2)
