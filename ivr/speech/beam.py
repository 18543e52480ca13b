"""The likeliest texts of one sound, side by side, where the greedy decoder follows just one."""

from dataclasses import dataclass, field

import torch
from torch import Tensor


@dataclass(frozen=True)
class Read:
    """One way to write the sound down; `log_probability` is of the whole text and its end."""

    text: str
    log_probability: float


@dataclass(frozen=True)
class Beginning:
    """The first tokens of a text, or all of them, with their log probability."""

    tokens: tuple[int, ...]
    log_probability: float


@dataclass
class Beam:
    """The `width` likeliest beginnings, and the texts that have ended with the token `end`."""

    width: int
    end: int
    open: list[Beginning] = field(default_factory=lambda: [Beginning((), 0.0)])
    _ended: list[Beginning] = field(default_factory=list)

    def extend(self, logits: Tensor) -> list[int]:
        """Take one more token by logits of shape (open, tokens).

        Returns which beginning each new one goes on from; empty when nothing likelier can follow.
        """
        top = torch.topk(torch.log_softmax(logits, dim=-1), self.width + 1, dim=-1)
        grown = sorted(
            (
                (self.open[place].log_probability + log, place, token)
                for place in range(len(self.open))
                for log, token in zip(top.values[place].tolist(), top.indices[place].tolist(), strict=True)
            ),
            reverse=True,
        )
        kept: list[tuple[Beginning, int]] = []
        for total, place, token in grown:
            if token == self.end:
                self._ended.append(Beginning(self.open[place].tokens, total))
            elif len(kept) < self.width:
                kept.append((Beginning((*self.open[place].tokens, token), total), place))
        self.open = [beginning for beginning, _ in kept]
        return [] if self._is_settled() else [place for _, place in kept]

    def likeliest(self) -> list[Beginning]:
        """Return the texts that have ended, the likeliest first, at most `width`."""
        return sorted(self._ended, key=lambda one: -one.log_probability)[: self.width]

    def _is_settled(self) -> bool:
        """Say whether `width` texts have ended that are likelier than any open one can become."""
        best = self.likeliest()
        return len(best) == self.width and best[-1].log_probability > self.open[0].log_probability


@dataclass
class Words:
    """The text that takes the likeliest token at every step, until it ends with the token `end`."""

    end: int
    tokens: list[int] = field(default_factory=list)
    is_open: bool = True
    _log_probability: float = 0.0

    @property
    def text(self) -> Beginning:
        """Return all of it so far, with the log probability of its end where it has ended."""
        return Beginning(tuple(self.tokens), self._log_probability)

    def extend(self, logits: Tensor) -> None:
        """Take one more token by logits of shape (tokens,)."""
        token = int(logits.argmax())
        self._log_probability += float(torch.log_softmax(logits, dim=-1)[token])
        if token == self.end:
            self.is_open = False
        else:
            self.tokens.append(token)
