"""How Whisper's weights come from a file into memory: without first filling the model with random numbers."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from whisper.model import ModelDimensions, Whisper

from ivr.speech.transcriber import TranscriberFailed


def load_whisper(checkpoint: Path) -> Whisper:
    """Return the model in 32-bit floats, ready to be read. Raises TranscriberFailed.

    `whisper.load_model` takes three times as long: it draws every weight at random before it overwrites it.
    """
    if not checkpoint.is_file():
        raise TranscriberFailed(f"no Whisper weights at {checkpoint}; run `ivr models pull`")
    try:
        stored = torch.load(checkpoint, map_location="cpu", mmap=True, weights_only=True)
        with _AsItCame():
            model = Whisper(ModelDimensions(**stored["dims"]))
        weights = {name: weight.float() for name, weight in stored["model_state_dict"].items()}
        model.load_state_dict(weights, assign=True)
    except (RuntimeError, OSError, KeyError, TypeError) as broken:
        raise TranscriberFailed(f"Whisper weights at {checkpoint} cannot be loaded: {broken}") from broken
    return model.eval()


class _AsItCame(TorchFunctionMode):
    """Leaves new weights as the memory holds them; the meta device would do, but loads a compiler (1.5 s)."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        return args[0] if func in {Tensor.uniform_, Tensor.normal_} else func(*args, **(kwargs or {}))
