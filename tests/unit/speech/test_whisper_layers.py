"""8-bit multiplication stays close to the published weights, row by row."""

import pytest
import torch

from ivr.speech.whisper_layers import Precision, best_for_many_rows, linear

needs_8_bits = pytest.mark.skipif(
    best_for_many_rows() is Precision.FLOAT32,
    reason="this processor does not multiply 8-bit numbers natively",
)


@needs_8_bits
def test_a_quiet_row_beside_a_loud_one_keeps_its_digits() -> None:
    torch.manual_seed(1)
    weight, bias = torch.randn(64, 128), torch.randn(64)
    x = torch.randn(1, 2, 128) * torch.tensor([[[0.01], [100.0]]])
    exact = linear(weight, None, Precision.FLOAT32)(x)
    rounded = linear(weight, bias, Precision.INT8_ROWS)(x) - bias
    assert rounded.shape == exact.shape
    error = (rounded - exact).norm(dim=-1) / exact.norm(dim=-1)
    assert float(error.max()) < 0.02


@needs_8_bits
def test_a_row_of_nothing_gives_the_bias() -> None:
    bias = torch.arange(8.0)
    assert torch.equal(
        linear(torch.ones(8, 16), bias, Precision.INT8_ROWS)(torch.zeros(1, 3, 16))[0, 2], bias
    )
