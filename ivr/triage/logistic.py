"""Regularised logistic regression over hashed features and rows of meaning: one per label, always alike."""

import warnings
from collections.abc import Sequence

import numpy as np

STEPS = 60


class Examples:
    """What is learned from: a sparse matrix, and a dense one beside it.

    `made` holds slots (int64) and values (float32) per example, `wanted` is (n, labels) of 0 and 1,
    `weights` is (n,), `meanings` (n, width) or nothing.
    """

    def __init__(
        self,
        made: Sequence[tuple[np.ndarray, np.ndarray]],
        wanted: np.ndarray,
        weights: np.ndarray,
        meanings: np.ndarray | None = None,
    ) -> None:
        self.starts = np.cumsum([0, *(len(slots) for slots, _ in made)])
        self.slots = np.concatenate([slots for slots, _ in made])
        self.values = np.concatenate([values for _, values in made])
        self.wanted = wanted.astype(np.float64)
        self.weights = weights
        self.meanings = np.zeros((len(wanted), 0), np.float32) if meanings is None else meanings

    def rows(self, is_kept: np.ndarray) -> "Examples":
        """Return the examples kept by a mask."""
        part = object.__new__(Examples)
        lengths = np.diff(self.starts)
        per_value = np.repeat(is_kept, lengths)
        part.starts = np.concatenate([[0], np.cumsum(lengths[is_kept])])
        part.slots, part.values = self.slots[per_value], self.values[per_value]
        part.wanted, part.weights = self.wanted[is_kept], self.weights[is_kept]
        part.meanings = self.meanings[is_kept]
        return part

    def logits(self, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
        """Return (n, labels); `weights` are those of the slots, then those of the meanings."""
        products = self.values[:, None] * weights[self.slots]
        by_meaning = self.meanings @ weights[len(weights) - self.meanings.shape[1] :]
        return np.add.reduceat(products, self.starts[:-1], axis=0) + by_meaning + bias


def fit_logistic(examples: Examples, slots_in_all: int, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Minimise weighted cross-entropy plus an L2 penalty with L-BFGS, from zero, on all labels at once.

    Returns weights (slots_in_all + width of meanings, labels) and bias (labels,).
    """
    import torch  # only training needs it, and it takes a second to load

    rows = len(examples.wanted)
    used, seen = np.unique(examples.slots, return_inverse=True)  # what no example has stays zero
    slots, values = torch.from_numpy(seen.astype(np.int64)), torch.from_numpy(examples.values)
    starts = torch.from_numpy(examples.starts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # "sparse CSR is in beta": what is used of it is tested
        matrix = torch.sparse_csr_tensor(starts, slots, values, (rows, len(used)))
    turned = matrix.to_sparse_coo().t().coalesce().to_sparse_csr()
    wanted = torch.from_numpy(examples.wanted).float()
    share = torch.from_numpy(examples.weights / examples.weights.sum()).float()[:, None]
    meanings = torch.from_numpy(examples.meanings.astype(np.float32))
    table = torch.zeros(len(used), wanted.shape[1], requires_grad=True)
    meant = torch.zeros(meanings.shape[1], wanted.shape[1], requires_grad=True)
    bias = torch.full((wanted.shape[1],), -2.0, requires_grad=True)
    solver = torch.optim.LBFGS(
        [table, meant, bias],
        max_iter=STEPS,
        history_size=8,
        line_search_fn="strong_wolfe",
        tolerance_change=1e-7,
    )

    def closure() -> torch.Tensor:
        with torch.no_grad():
            logits = matrix @ table + meanings @ meant + bias
            losses = torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
            loss = (losses * share).sum() + strength * ((table**2).sum() + (meant**2).sum()) / 2
            slope = (torch.sigmoid(logits) - wanted) * share
            table.grad = turned @ slope + strength * table
            meant.grad = meanings.t() @ slope + strength * meant
            bias.grad = slope.sum(dim=0)
        return loss

    solver.step(closure)
    weights = np.zeros((slots_in_all + meanings.shape[1], wanted.shape[1]))
    weights[used] = table.detach().numpy()
    weights[slots_in_all:] = meant.detach().numpy()
    return weights, bias.detach().numpy().astype(np.float64)
