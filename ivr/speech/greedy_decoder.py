"""Whisper's decoder, one token at a time, with nothing computed or allocated twice."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor
from whisper.model import Whisper
from whisper.tokenizer import Tokenizer, get_tokenizer

from ivr.speech.beam import Beam, Read, Words
from ivr.speech.careful_hearing import Recognised
from ivr.speech.known_sentences import Weight
from ivr.speech.languages import own_code, whisper_code
from ivr.speech.silence_memory import Heard, Rows
from ivr.speech.transcriber import GivenUp
from ivr.speech.whisper_layers import DecoderLayer, Precision, linear

# Digits read aloud fast are the densest speech: four a second, two tokens each. A decoder that writes
# more is looping, and is stopped.
_TOKENS_PER_S = 10.0
_TOKENS_AT_LEAST = 12
_LEAST_LANGUAGE_SHARE = 0.005
_FIGURE = re.compile(r"\d")
_WORD = re.compile(r"\w")
_FINAL_SIGNS = (".", "?", "!")


@dataclass(frozen=True)
class _Language:
    tokenizer: Tokenizer
    start: Tensor  # (1, n)
    speech_mark: int  # where in `start` the probability of no speech is read
    forbidden: Tensor  # added to the logits: minus infinity for the list of whisper.decoding.SuppressTokens
    forbidden_first: Tensor  # and for the first token
    figures: Tensor  # minus infinity for every token with a figure in it
    signs: frozenset[int]  # tokens without a letter or figure: signs, and the end of the text
    ends: Tensor  # the tokens that end a sentence


class GreedyDecoder:
    """Decodes without timestamps at temperature 0, as whisper.decode does; use from one thread."""

    def __init__(self, model: Whisper, most_tokens: int, precision: Precision = Precision.FLOAT32) -> None:
        self._is_multilingual, self._language_count = model.is_multilingual, model.num_languages
        decoder = model.decoder
        self._embedding = decoder.token_embedding
        self._positions: Tensor = decoder.positional_embedding
        self._norm = decoder.ln
        self._layers = [DecoderLayer(block, precision) for block in decoder.blocks]
        self._logits = linear(decoder.token_embedding.weight, None, precision)
        self._most_tokens = most_tokens
        self._languages: dict[str, _Language] = {}
        self.is_given_up: Callable[[], bool] = bool  # asked before every step
        heads = model.dims.n_text_head
        shape = (1, heads, most_tokens + 8, model.dims.n_text_state // heads)
        self._past = [(torch.zeros(shape), torch.zeros(shape)) for _ in self._layers]

    def decode(self, heard: Heard, language: str) -> Recognised:
        """Write an encoded utterance down, always by the most likely token."""
        rules = self._rules(language)
        most = self._budget(heard)
        logits, no_speech, languages = self._begin(heard, rules)
        position = rules.start.shape[1]
        tokens: list[int] = []
        total = 0.0
        end_probability, is_after_a_word = None, True
        while True:
            token = int(logits.argmax())
            all_of_them = torch.logsumexp(logits, dim=-1)
            total += float(logits[token] - all_of_them)
            if token in rules.signs and is_after_a_word:
                end_probability = float(torch.exp(logits[rules.ends] - all_of_them).sum())
            is_after_a_word = token not in rules.signs
            if token == rules.tokenizer.eot:
                break
            tokens.append(token)
            if len(tokens) >= most:
                break
            states = self._step(torch.tensor([[token]]), position, heard)
            logits = self._logits(states[0, -1:])[0] + rules.forbidden
            position += 1
        text = rules.tokenizer.decode(tokens).strip()
        return Recognised(
            text,
            total / (len(tokens) + 1),
            no_speech,
            is_complete=len(tokens) < most,
            log_probability=total,
            language_probabilities=languages,
            end_probability=None if is_after_a_word else end_probability,
        )

    def readings(self, heard: Heard, language: str, width: int) -> list[Read]:
        """Return the likeliest texts, at most `width` of them, best first; then the one without figures.

        All are written side by side: a step costs about as much for four texts as for one.
        """
        rules = self._rules(language)
        beam, words = Beam(width, rules.tokenizer.eot), Words(rules.tokenizer.eot)
        logits, _, _ = self._begin(heard, rules)
        parents = beam.extend(logits[None])
        words.extend(logits + rules.figures)
        start = rules.start.shape[1]
        past = [(keys[:, :, :start], values[:, :, :start]) for keys, values in self._past]
        last = 0  # the row of the text without figures
        for position in range(start, start + self._budget(heard)):
            own = [last] if words.is_open else []
            if not parents and not own:
                break
            beginnings = [one.tokens[-1] for one in beam.open] if parents else []
            tokens = torch.tensor([[token] for token in (*beginnings, *words.tokens[-1:][: len(own)])])
            past = [(keys[parents + own], values[parents + own]) for keys, values in past]
            last = len(parents)
            logits = self._logits(self._branch(tokens, position, past, heard)[:, -1]) + rules.forbidden
            if parents:
                parents = beam.extend(logits[:last])
            if own:
                words.extend(logits[last] + rules.figures)
        found = beam.likeliest() + ([words.text] if not words.is_open else [])
        return [Read(rules.tokenizer.decode(list(one.tokens)).strip(), one.log_probability) for one in found]

    def _branch(self, tokens: Tensor, position: int, past: list[Rows], heard: Heard) -> Tensor:
        """Run one more token of several texts (texts, 1); `past` grows by their self-attention rows."""
        self._heed()
        x = self._embedding(tokens) + self._positions[position : position + 1]
        for place, (layer, cross) in enumerate(zip(self._layers, heard.cross, strict=True)):
            queries, *new = layer.attention.queries_keys_values(layer.attention_norm(x))
            keys, values = (torch.cat(rows, 2) for rows in zip(past[place], new, strict=True))
            past[place] = keys, values
            x = x + layer.attention.mix(queries, keys, values)
            x = x + layer.cross.attend(layer.cross_norm(x), *cross, heard.bias)
            x = layer.feed_forward(x)
        states: Tensor = self._norm(x)
        return states

    def weigh(self, heard: Heard, texts: Sequence[str], language: str) -> list[float]:
        """Return the log probability of each text, as the whole of what was said."""
        end = self._rules(language).tokenizer.eot
        return [
            float(logs[range(len(tokens)), tokens].sum() + logs[-1, end])
            for tokens, logs in self._foreseen(heard, texts, language)
        ]

    def weigh_sentences(self, heard: Heard, texts: Sequence[str], language: str) -> list[Weight]:
        """Return how likely each text is, given without its final sign, and that one follows, or nothing."""
        ends = self._rules(language).ends
        return [
            Weight(
                float(logs[range(len(tokens)), tokens].sum()),
                float(torch.logsumexp(logs[-1, ends], dim=-1)),
                len(tokens),
                _FINAL_SIGNS[int(logs[-1, ends[: len(_FINAL_SIGNS)]].argmax())],
            )
            for tokens, logs in self._foreseen(heard, texts, language)
        ]

    def _foreseen(
        self, heard: Heard, texts: Sequence[str], language: str
    ) -> Iterator[tuple[list[int], Tensor]]:
        """Yield each text's tokens, and log probabilities (tokens + 1, vocabulary) at and after them."""
        rules = self._rules(language)
        start = rules.start[0].tolist()
        written = [rules.tokenizer.encode(text) for text in texts]
        longest = max(map(len, written))
        rows = torch.tensor([[*start, *text, *[0] * (longest - len(text))] for text in written])
        states = self._all_at_once(rows, heard)[:, len(start) - 1 :]
        is_written = torch.tensor([[place <= len(text) for place in range(longest + 1)] for text in written])
        logs = torch.log_softmax(self._logits(states[is_written]), dim=-1)
        yield from zip(written, logs.split([len(text) + 1 for text in written]), strict=True)

    def weigh_beginnings(self, heard: Heard, texts: Sequence[str], language: str) -> list[float]:
        """Return the log probability of each text's first token."""
        rules = self._rules(language)
        logits = self._logits(self._all_at_once(rules.start, heard)[0, -1:])[0]
        firsts = torch.tensor([rules.tokenizer.encode(text)[0] for text in texts])
        found: list[float] = F.log_softmax(logits, dim=-1)[firsts].tolist()
        return found

    def _all_at_once(self, tokens: Tensor, heard: Heard) -> Tensor:
        """Run whole texts (texts, n) through the decoder side by side; nothing is kept of them."""
        self._heed()
        x = self._embedding(tokens) + self._positions[: tokens.shape[1]]
        for layer, cross in zip(self._layers, heard.cross, strict=True):
            rows = layer.attention.queries_keys_values(layer.attention_norm(x))
            x = x + layer.attention.mix(*rows, is_causal=True)
            x = x + layer.cross.attend(layer.cross_norm(x), *cross, heard.bias)
            x = layer.feed_forward(x)
        states: Tensor = self._norm(x)
        return states

    def _budget(self, heard: Heard) -> int:
        return min(self._most_tokens, _TOKENS_AT_LEAST + int(_TOKENS_PER_S * heard.speech_s))

    def _begin(self, heard: Heard, rules: _Language) -> tuple[Tensor, float, dict[str, float]]:
        """Return the logits of the first token, the probability of no speech and those of the languages."""
        states = self._step(rules.start, 0, heard)
        at_mark, logits = self._logits(states[0, [rules.speech_mark, -1]])
        no_speech = rules.tokenizer.no_speech
        probability = float(F.softmax(at_mark, dim=-1)[no_speech]) if no_speech else 0.0
        return logits + rules.forbidden_first, probability, _languages(at_mark, rules.tokenizer)

    def _step(self, tokens: Tensor, position: int, heard: Heard) -> Tensor:
        """Run new tokens (1, n) through the decoder; their self-attention rows are kept for the next."""
        self._heed()
        end = position + tokens.shape[1]
        x = self._embedding(tokens) + self._positions[position:end]
        for layer, past, cross in zip(self._layers, self._past, heard.cross, strict=True):
            queries, keys, values = layer.attention.queries_keys_values(layer.attention_norm(x))
            past[0][:, :, position:end] = keys
            past[1][:, :, position:end] = values
            mine = past[0][:, :, :end], past[1][:, :, :end]
            x = x + layer.attention.mix(queries, *mine, is_causal=position == 0)
            x = x + layer.cross.attend(layer.cross_norm(x), *cross, heard.bias)
            x = layer.feed_forward(x)
        states: Tensor = self._norm(x)
        return states

    def _heed(self) -> None:
        if self.is_given_up():
            raise GivenUp

    def _rules(self, language: str) -> _Language:
        if language not in self._languages:
            self._languages[language] = self._read_rules(language)
        return self._languages[language]

    def _read_rules(self, language: str) -> _Language:
        tokenizer = get_tokenizer(
            self._is_multilingual,
            num_languages=self._language_count,
            language=whisper_code(language),
            task="transcribe",
        )
        start = tokenizer.sot_sequence_including_notimestamps
        control = (tokenizer.transcribe, tokenizer.translate, tokenizer.sot, tokenizer.sot_prev)
        never = {*tokenizer.non_speech_tokens, *control, tokenizer.sot_lm, tokenizer.no_speech}
        forbidden = torch.zeros(self._embedding.weight.shape[0])
        forbidden[sorted(never)] = -torch.inf
        forbidden_first = forbidden.clone()
        forbidden_first[[*tokenizer.encode(" "), tokenizer.eot]] = -torch.inf
        figures = torch.zeros_like(forbidden)
        figures[
            [token for token in range(tokenizer.eot) if _FIGURE.search(tokenizer.decode([token]))]
        ] = -torch.inf
        is_sign = [not _WORD.search(tokenizer.decode([token])) for token in range(tokenizer.eot)]
        ends = [*(tokenizer.encode(sign)[0] for sign in _FINAL_SIGNS), tokenizer.eot]
        return _Language(
            tokenizer,
            torch.tensor([start]),
            start.index(tokenizer.sot),
            forbidden,
            forbidden_first,
            figures,
            frozenset({token for token, is_one in enumerate(is_sign) if is_one} | {tokenizer.eot}),
            torch.tensor(ends),
        )


def _languages(at_mark: Tensor, tokenizer: Tokenizer) -> dict[str, float]:
    """Read which language the sound is: the decoder's first guess after its start mark, before it is told."""
    if tokenizer.language is None:
        return {}
    shares = F.softmax(at_mark[list(tokenizer.all_language_tokens)], dim=-1).tolist()
    found = zip(tokenizer.all_language_codes, shares, strict=True)
    return {own_code(code): share for code, share in found if share >= _LEAST_LANGUAGE_SHARE}
