"""Whisper's encoder over the speech alone: what it makes of the silence after it is remembered.

The encoder always sees 30 s, most of it silence after a short turn. A window cut to the speech makes the
decoder loop, because it never sees the silence after which it learnt to stop. So the silence's part is
computed once per model: each layer's attention keys and values, and the decoder's projections of the final
states. Per turn only the frames with speech are computed; they attend to themselves and to the remembered
rows, and the decoder to both.

Neighbouring rows of silence are nearly alike, so a remembered row stands for `silence_step` of them: it is
their mean, and the logarithm of their number is added to its attention scores.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
import whisper
from torch import Tensor
from whisper.model import Whisper

from ivr.speech.whisper_layers import CrossSource, Layer, Precision

SAMPLE_RATE_HZ = 16000
_HOP = 160  # samples per mel frame
_FRAME = 2 * _HOP  # samples per encoder frame: the second convolution halves the mel frames
TAIL_S = 0.5  # silence computed after the speech
SHORTEST_S = 2.0
SILENCE_STEP = 10
_EDGE_FRAMES = 2  # mel frames computed past the end so that the convolutions see what follows

Rows = tuple[Tensor, Tensor]  # keys and values, (1, heads, rows, state / heads)


@dataclass(frozen=True)
class Heard:
    """An encoded utterance: per decoder layer, what its cross-attention attends to.

    `bias`, (1, 1, 1, rows) or None for none, is to be added to the attention scores.
    """

    cross: list[Rows]
    bias: Tensor | None
    speech_s: float


class SilenceMemory:
    """The encoder of one model with its remembered silence; use from one thread."""

    def __init__(
        self, model: Whisper, feed_forward: Precision = Precision.FLOAT32, silence_step: int = SILENCE_STEP
    ) -> None:
        """`feed_forward` is how its feed-forward layers multiply, two thirds of the work; attention is exact.

        `silence_step` must divide the 1,500 frames of the window.
        """
        encoder = model.encoder
        self._mels = model.dims.n_mels
        self._frames = model.dims.n_audio_ctx
        self._step = silence_step
        self._convolutions = (encoder.conv1, encoder.conv2)
        self._positions: Tensor = encoder.positional_embedding
        self._norm = encoder.ln_post
        self._layers = [Layer(block, Precision.FLOAT32, feed_forward) for block in encoder.blocks]
        self._cross = [CrossSource(block.cross_attn, Precision.FLOAT32) for block in model.decoder.blocks]
        with torch.inference_mode():
            remembered: list[Rows] = []
            mel = log_mel(_vowel(), self._mels, self._frames * _FRAME)
            states = self._run(mel, self._frames, remembered)
            self._silence = [self._thinned(rows) for rows in remembered]
            self._cross_silence = [self._thinned(cross.keys_values(states)) for cross in self._cross]

    def encode(self, audio: np.ndarray) -> Heard:
        """Encode up to 30 s of float32 audio at 16 kHz, computing only its own frames."""
        wanted = max(audio.size + int(TAIL_S * SAMPLE_RATE_HZ), int(SHORTEST_S * SAMPLE_RATE_HZ))
        own = min(-(-wanted // (_FRAME * self._step)) * self._step, self._frames)
        if own == self._frames:
            return self.encode_full(audio)
        mel = log_mel(audio, self._mels, own * _FRAME + _EDGE_FRAMES * _HOP)
        states = self._run(mel, own)
        cross = [
            self._with_silence(attention.keys_values(states), silence)
            for attention, silence in zip(self._cross, self._cross_silence, strict=True)
        ]
        return Heard(cross, self._bias(own), audio.size / SAMPLE_RATE_HZ)

    def encode_full(self, audio: np.ndarray) -> Heard:
        """Encode with the whole 30 s window, as openai-whisper does."""
        mel = log_mel(audio, self._mels, self._frames * _FRAME)
        states = self._run(mel, self._frames)
        return Heard([cross.keys_values(states) for cross in self._cross], None, audio.size / SAMPLE_RATE_HZ)

    def _run(self, mel: Tensor, own: int, remember: list[Rows] | None = None) -> Tensor:
        """Return the final states of the first `own` frames, (1, own, state).

        All frames of the window need no silence added; with `remember` each layer's rows are noted.
        """
        first, second = self._convolutions
        x = F.gelu(second(F.gelu(first(mel)))).permute(0, 2, 1)[:, :own]
        x = x + self._positions[:own]
        bias = self._bias(own) if own < self._frames else None
        for place, layer in enumerate(self._layers):
            queries, keys, values = layer.attention.queries_keys_values(layer.attention_norm(x))
            if remember is not None:
                remember.append((keys, values))
            if bias is not None:
                keys, values = self._with_silence((keys, values), self._silence[place])
            x = layer.feed_forward(x + layer.attention.mix(queries, keys, values, bias))
        states: Tensor = self._norm(x)
        return states

    def _thinned(self, rows: Rows) -> Rows:
        keys, values = (row.unflatten(2, (-1, self._step)).mean(3) for row in rows)
        return keys, values

    def _with_silence(self, own: Rows, silence: Rows) -> Rows:
        """Return own rows, then the silence that follows them."""
        start = own[0].shape[2] // self._step
        keys, values = (
            torch.cat([mine, rest[:, :, start:]], 2) for mine, rest in zip(own, silence, strict=True)
        )
        return keys, values

    def _bias(self, own: int) -> Tensor:
        bias = torch.zeros(1, 1, 1, own + (self._frames - own) // self._step)
        bias[..., own:] = math.log(self._step)
        return bias


def log_mel(audio: np.ndarray, n_mels: int, samples: int) -> Tensor:
    """Return the log-mel spectrogram of audio filled up with silence to `samples`: (1, mels, frames)."""
    filled = np.zeros(samples, np.float32)
    kept = min(samples, audio.size)
    filled[:kept] = audio[:kept]
    return whisper.log_mel_spectrogram(filled, n_mels=n_mels)[None]


def _vowel() -> np.ndarray:
    """Return one second of a made vowel: any speech will do before the silence that is remembered."""
    time_s = np.arange(SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    pitch_hz = 120 + 15 * np.sin(2 * np.pi * 2 * time_s)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / SAMPLE_RATE_HZ
    formants = ((700, 110, 1.0), (1220, 130, 0.5), (2600, 200, 0.25))
    voice = np.zeros(SAMPLE_RATE_HZ)
    for harmonic in range(1, 30):
        frequency = 120.0 * harmonic
        loudness = sum(gain / (1 + ((frequency - centre) / width) ** 2) for centre, width, gain in formants)
        voice += loudness * np.sin(harmonic * phase)
    envelope = np.minimum(1.0, np.minimum(time_s, 1 - time_s) / 0.1)
    return (0.2 * envelope * voice / np.max(np.abs(voice))).astype(np.float32)
