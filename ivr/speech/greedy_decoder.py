"""Whisper's decoder, one token at a time, with nothing computed twice."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor
from whisper.model import Whisper
from whisper.tokenizer import Tokenizer, get_tokenizer

from ivr.speech.careful_hearing import Recognised
from ivr.speech.silence_memory import Heard, attend, heads


@dataclass(frozen=True)
class _Language:
    tokenizer: Tokenizer
    start: tuple[int, ...]
    forbidden: Tensor  # token ids never written: the list of whisper.decoding.SuppressTokens
    forbidden_first: Tensor  # also not as the first token


class GreedyDecoder:
    """Decodes without timestamps at temperature 0, as whisper.decode does; use from one thread."""

    def __init__(self, model: Whisper, most_tokens: int) -> None:
        self._model = model
        self._decoder = model.decoder
        self._most_tokens = most_tokens
        self._languages: dict[str, _Language] = {}

    def decode(self, heard: Heard, language: str) -> Recognised:
        """Write down an encoded utterance."""
        rules = self._rules(language)
        tokenizer = rules.tokenizer
        past: list[tuple[Tensor, Tensor]] = []
        states = self._step(torch.tensor([rules.start]), 0, heard, past)
        no_speech = F.softmax(self._logits(states[:, rules.start.index(tokenizer.sot)]), dim=-1)
        no_speech_probability = float(no_speech[0, tokenizer.no_speech]) if tokenizer.no_speech else 0.0
        tokens: list[int] = []
        total = 0.0
        while True:
            logits = self._logits(states[:, -1])[0]
            logits[rules.forbidden] = -torch.inf
            if not tokens:
                logits[rules.forbidden_first] = -torch.inf
            token = int(logits.argmax())
            total += float(logits[token] - torch.logsumexp(logits, dim=-1))
            if token == tokenizer.eot:
                break
            tokens.append(token)
            if len(tokens) >= self._most_tokens:
                break
            position = len(rules.start) + len(tokens) - 1
            states = self._step(torch.tensor([[token]]), position, heard, past)
        text = tokenizer.decode(tokens).strip()
        return Recognised(text, total / (len(tokens) + 1), no_speech_probability)

    def _step(self, tokens: Tensor, position: int, heard: Heard, past: list[tuple[Tensor, Tensor]]) -> Tensor:
        """Run new tokens (1, n) through the decoder; their self-attention rows are added to `past`."""
        decoder = self._decoder
        count = tokens.shape[1]
        x = decoder.token_embedding(tokens) + decoder.positional_embedding[position : position + count]
        for layer, (block, cross) in enumerate(zip(decoder.blocks, heard.cross, strict=True)):
            normal = block.attn_ln(x)
            keys = heads(block.attn.key(normal), block.attn.n_head)
            values = heads(block.attn.value(normal), block.attn.n_head)
            if position:
                keys = torch.cat([past[layer][0], keys], dim=2)
                values = torch.cat([past[layer][1], values], dim=2)
                past[layer] = (keys, values)
            else:
                past.append((keys, values))
            x = x + attend(block.attn, normal, keys, values, is_causal=count > 1)
            x = x + attend(block.cross_attn, block.cross_attn_ln(x), *cross)
            x = x + block.mlp(block.mlp_ln(x))
        states: Tensor = decoder.ln(x)
        return states

    def _logits(self, states: Tensor) -> Tensor:
        return F.linear(states, self._decoder.token_embedding.weight)

    def _rules(self, language: str) -> _Language:
        if language not in self._languages:
            tokenizer = get_tokenizer(
                self._model.is_multilingual,
                num_languages=self._model.num_languages,
                language=language,
                task="transcribe",
            )
            control = (tokenizer.transcribe, tokenizer.translate, tokenizer.sot, tokenizer.sot_prev)
            never = {*tokenizer.non_speech_tokens, *control, tokenizer.sot_lm, tokenizer.no_speech}
            self._languages[language] = _Language(
                tokenizer,
                tokenizer.sot_sequence_including_notimestamps,
                torch.tensor(sorted(never)),
                torch.tensor([*tokenizer.encode(" "), tokenizer.eot]),
            )
        return self._languages[language]
