"""How intents are learned: one regularised logistic regression over words, letters and meaning.

Runs in Rasa's own environment (Python 3.10, with scipy) when a model is trained; reading needs numpy only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ivr.triage.features import SLOTS, features, normal

# Half of the triage's: as good where meaning is known too, and learned in less time.
HALF = 1 << 14  # slots of words, and as many of letters
# The share of rare intents is raised by this power: 0 leaves it, 1 makes all intents alike.
BALANCE = 0.5
ROUNDS = 80


@dataclass(frozen=True)
class Learned:
    """What reads a sentence. `words` is (2 * HALF, intents), `meaning` (WIDTH, intents), `bias` (intents,).

    A row of the encoder is first moved by `middle` and divided by `spread`.
    """

    intents: tuple[str, ...]
    words: np.ndarray
    meaning: np.ndarray
    bias: np.ndarray
    middle: np.ndarray
    spread: np.ndarray

    def confidences(self, texts: Sequence[str], rows: np.ndarray, temperature: float) -> np.ndarray:
        """Return (texts, intents) that add up to one, of texts and the encoder's rows of them.

        A `temperature` below 1 makes the likeliest surer.
        """
        logits = (rows - self.middle) / self.spread @ self.meaning + self.bias
        for place, text in enumerate(texts):
            slots, values = words_of(text)
            logits[place] += values @ self.words[slots]
        sure = np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature)
        shares: np.ndarray = sure / sure.sum(axis=1, keepdims=True)
        return shares


def learn(
    texts: Sequence[str], wanted: Sequence[str], rows: np.ndarray, penalties: tuple[float, float]
) -> Learned:
    """Minimise balanced cross-entropy plus an L2 penalty (words, meaning) with L-BFGS, from zero.

    `rows` is what the encoder made of the texts. The same input gives the same result.
    """
    from scipy.optimize import minimize  # Rasa's environment has it, the service's does not
    from scipy.sparse import csr_matrix

    intents, numbers, counts = np.unique(wanted, return_inverse=True, return_counts=True)
    middle, spread = rows.mean(axis=0), (rows.std(axis=0) + 1e-6) * np.sqrt(rows.shape[1])
    meaning = ((rows - middle) / spread).astype(np.float32)
    made = [words_of(text) for text in texts]
    starts = np.cumsum([0, *(len(slots) for slots, _ in made)])
    slots, values = (np.concatenate(column) for column in zip(*made, strict=True))
    words = csr_matrix((values, slots, starts), (len(texts), 2 * HALF))
    turned = words.T.tocsr()
    share = (len(texts) / counts) ** BALANCE
    weights = (share[numbers] / share[numbers].sum()).astype(np.float32)
    places = np.arange(len(texts))
    sizes = (2 * HALF, rows.shape[1], len(intents))
    penalty = np.repeat(penalties, sizes[:2]).astype(np.float32)[:, None]

    def cost(flat: np.ndarray) -> tuple[float, np.ndarray]:
        table, bias = _parts(flat, sizes)
        logits = words @ table[: sizes[0]] + meaning @ table[sizes[0] :] + bias
        logits -= logits.max(axis=1, keepdims=True)
        sure = np.exp(logits)
        total = sure.sum(axis=1, keepdims=True)
        loss = weights @ (np.log(total[:, 0]) - logits[places, numbers])
        slope = sure / total
        slope[places, numbers] -= 1
        slope *= weights[:, None]
        steep = penalty * table
        loss += (steep * table).sum() / 2
        steep[: sizes[0]] += turned @ slope
        steep[sizes[0] :] += meaning.T @ slope
        return float(loss), np.concatenate([steep.ravel(), slope.sum(axis=0)]).astype(np.float64)

    start = np.zeros((sizes[0] + sizes[1] + 1) * sizes[2])
    found = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS, "maxcor": 8})
    table, bias = _parts(found.x, sizes)
    return Learned(tuple(map(str, intents)), table[: sizes[0]], table[sizes[0] :], bias, middle, spread)


def words_of(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Return slots below 2 * HALF and values of a sentence's words and letters."""
    slots, values = features(normal(text))
    return np.where(slots < SLOTS // 2, 0, HALF) + slots % HALF, values


def _parts(flat: np.ndarray, sizes: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the table (words and meaning, intents) and the bias (intents,), float32."""
    small = flat.astype(np.float32)
    return small[: -sizes[2]].reshape(-1, sizes[2]), small[-sizes[2] :]
