"""Whisper's encoder over the speech alone: what it makes of the silence after it is remembered.

The encoder always sees 30 s, most of it silence after a short turn. A window cut to the speech makes the
decoder loop, because it never sees the silence after which it learnt to stop. So the silence's part is
computed once per model: each layer's attention keys and values, the final states, and the decoder's
projections of them. Per turn only the frames with speech are computed; they attend to themselves and to
the remembered rows, and the decoder gets its usual 1,500 frames.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
import whisper
from torch import Tensor
from whisper.model import MultiHeadAttention, Whisper

SAMPLE_RATE_HZ = 16000
_HOP = 160  # samples per mel frame
_FRAME = 2 * _HOP  # samples per encoder frame: the second convolution halves the mel frames
TAIL_S = 0.5  # silence computed after the speech
SHORTEST_S = 2.0
_EDGE_FRAMES = 2  # mel frames computed past the end so that the convolutions see what follows


@dataclass(frozen=True)
class Heard:
    """An encoded utterance: per decoder layer, cross-attention keys and values of the final states.

    Each has shape (1, heads, 1500, state / heads) and is good until the next utterance is encoded.
    """

    cross: list[tuple[Tensor, Tensor]]


class _Rows:
    """Keys and values of one layer: an utterance's own rows, then the remembered ones.

    The two are not joined anew each time, which would copy 6 MB a layer: own rows are written over the
    silence, and where the utterance before was longer, the silence is put back.
    """

    def __init__(self, silence: tuple[Tensor, Tensor]) -> None:
        self._silence = silence
        self._mixed = (silence[0].clone(), silence[1].clone())
        self._own = 0

    def after(self, own: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """Return the rows with `own` at the beginning."""
        count = own[0].shape[2]
        for mixed, mine, silence in zip(self._mixed, own, self._silence, strict=True):
            mixed[:, :, :count] = mine
            if count < self._own:
                mixed[:, :, count : self._own] = silence[:, :, count : self._own]
        self._own = count
        return self._mixed


class SilenceMemory:
    """The encoder of one model with its remembered silence; use from one thread."""

    def __init__(self, model: Whisper) -> None:
        self._model = model
        self._frames = model.dims.n_audio_ctx
        self._rows: list[_Rows] = []
        with torch.inference_mode():
            remembered: list[tuple[Tensor, Tensor]] = []
            mel = log_mel(_vowel(), model.dims.n_mels, self._frames * _FRAME)
            states = self._run(mel, self._frames, remembered)
            self._rows = [_Rows(silence) for silence in remembered]
            self._cross_rows = [_Rows(silence) for silence in self._cross(states)]

    def encode(self, audio: np.ndarray) -> Heard:
        """Encode up to 30 s of float32 audio at 16 kHz, computing only its own frames."""
        wanted = max(audio.size + int(TAIL_S * SAMPLE_RATE_HZ), int(SHORTEST_S * SAMPLE_RATE_HZ))
        own = min(-(-wanted // _FRAME), self._frames)
        mel = log_mel(audio, self._model.dims.n_mels, own * _FRAME + _EDGE_FRAMES * _HOP)
        states = self._run(mel, own)
        cross = zip(self._cross_rows, self._cross(states), strict=True)
        return Heard([rows.after(mine) for rows, mine in cross])

    def encode_full(self, audio: np.ndarray) -> Heard:
        """Encode with the whole 30 s window, as openai-whisper does."""
        mel = log_mel(audio, self._model.dims.n_mels, self._frames * _FRAME)
        return Heard(self._cross(self._model.encoder(mel)))

    def _cross(self, states: Tensor) -> list[tuple[Tensor, Tensor]]:
        return [_keys_values(block.cross_attn, states) for block in self._model.decoder.blocks]

    def _run(self, mel: Tensor, own: int, remember: list[tuple[Tensor, Tensor]] | None = None) -> Tensor:
        """Return the final states of the first `own` frames, (1, own, state).

        With `remember` they are the whole window: nothing is added, each layer's rows are noted.
        """
        encoder = self._model.encoder
        x = F.gelu(encoder.conv2(F.gelu(encoder.conv1(mel)))).permute(0, 2, 1)[:, :own]
        x = x + encoder.positional_embedding[:own]
        for layer, block in enumerate(encoder.blocks):
            normal = block.attn_ln(x)
            keys, values = _keys_values(block.attn, normal)
            if remember is not None:
                remember.append((keys, values))
            else:
                keys, values = self._rows[layer].after((keys, values))
            x = x + attend(block.attn, normal, keys, values)
            x = x + block.mlp(block.mlp_ln(x))
        states: Tensor = encoder.ln_post(x)
        return states


def log_mel(audio: np.ndarray, n_mels: int, samples: int) -> Tensor:
    """Return the log-mel spectrogram of audio filled up with silence to `samples`: (1, mels, frames)."""
    filled = np.zeros(samples, np.float32)
    kept = min(samples, audio.size)
    filled[:kept] = audio[:kept]
    return whisper.log_mel_spectrogram(filled, n_mels=n_mels)[None]


def attend(
    attention: MultiHeadAttention, x: Tensor, keys: Tensor, values: Tensor, is_causal: bool = False
) -> Tensor:
    """Attend from x (1, n, state) to given keys and values of shape (1, heads, rows, state / heads)."""
    queries = heads(attention.query(x), attention.n_head)
    mixed = F.scaled_dot_product_attention(queries, keys, values, is_causal=is_causal)
    out: Tensor = attention.out(mixed.transpose(1, 2).flatten(2))
    return out


def _keys_values(attention: MultiHeadAttention, x: Tensor) -> tuple[Tensor, Tensor]:
    return heads(attention.key(x), attention.n_head), heads(attention.value(x), attention.n_head)


def heads(x: Tensor, count: int) -> Tensor:
    """Split (1, n, state) into attention heads: (1, heads, n, state / heads)."""
    return x.unflatten(2, (count, -1)).transpose(1, 2)


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
