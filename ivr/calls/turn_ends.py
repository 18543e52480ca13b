"""How likely the words heard so far are all that a caller wants to say: a small trained model, numpy only."""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from ivr import log
from ivr.conversation.turn_words import turn_words
from ivr.dialogue.plain_words import plain_words
from ivr.embedding.e5_encoder import E5Encoder, EncoderMissing
from ivr.embedding.sentence_encoder import FOLDER, SentenceEncoder
from ivr.errors import IvrError

MODEL = Path("models") / "turn_ends" / "ends.npz"
SLOTS = 1 << 15
LONGEST_RUN = 4  # words at the end of the sentence
MOST_COUNTED = 10  # words; longer sentences are alike
# From the judges' log odds to those of the words being all, for one judge and two: fitted on 780 pauses and
# ends of open questions in four sets (benchmarks/paused_speech.py, more_paused_speech.py, fourth_speech.py).
OF_ONE, OF_BOTH = (0.8, 0.4), (0.5, -0.1)
KNOWN = 1.8  # more log odds for what designers wrote down as a request, so often all
# With what people begin a turn, whatever they say then; the first are the most usual.
OPENERS: Mapping[str, tuple[str, ...]] = {
    "en": ("hi", "hello", "yes", "well", "so", "okay", "no", "hey", "yeah", "um"),
    "sv": ("hej", "ja", "jo", "alltså", "nej", "okej"),
    "nb": ("hei", "ja", "altså", "nei", "ok"),
    "fi": ("hei", "joo", "no", "ei", "moi"),
}

_log = log.get("turn_ends")
OpenEncoder = Callable[[Path], SentenceEncoder]  # raises EncoderMissing


class TurnEnds(Protocol):
    """Judges words heard so far."""

    def whole(self, words: str, language: str) -> float | None:
        """Return the probability, 0 to 1, that nothing is to come; None where that is not known."""
        ...


class TurnEndsMissing(IvrError):
    """The model was not trained yet, or its file is not one; the message says what to do."""


@dataclass(frozen=True)
class Meaning:
    """The second judge: weights over a sentence encoder's row."""

    weights: np.ndarray  # (WIDTH,), float32
    bias: float
    encoder: str  # the version it was trained with


class TrainedTurnEnds:
    """Implements `TurnEnds`. Safe from any thread; 5 ms for a sentence, a tenth of one without an encoder."""

    def __init__(
        self,
        weights: np.ndarray,
        bias: float,
        languages: tuple[str, ...],
        version: str,
        known: frozenset[int],
        meaning: Meaning | None = None,
        encoder: SentenceEncoder | None = None,
    ) -> None:
        """`known` are fingerprints; `meaning` is used where `encoder` is the one it was trained with."""
        self.weights = weights  # (SLOTS,), float32
        self.bias = bias
        self.languages = languages
        self.version = version
        self.known = known
        self.meaning = meaning
        fits = meaning is not None and encoder is not None and encoder.version == meaning.encoder
        self._encoder = encoder if fits else None

    @classmethod
    def load(cls, data_dir: Path, encoder: SentenceEncoder | None = None) -> "TrainedTurnEnds":
        """Read the trained model. Raises TurnEndsMissing."""
        file = data_dir / MODEL
        try:
            with np.load(file, allow_pickle=False) as stored:
                about = json.loads(str(stored["about"]))
                weights, bias = stored["weights"].astype(np.float32), float(stored["bias"])
                known = frozenset(stored["known"].tolist())
                meaning = _meaning_in(stored, about)
        except (OSError, KeyError, ValueError) as wrong:
            raise TurnEndsMissing(f"{file}: {wrong}. `ivr nlu train` makes it") from wrong
        if weights.shape != (SLOTS,):
            raise TurnEndsMissing(f"{file} is of another version. `ivr nlu train` makes it anew")
        return cls(weights, bias, tuple(about["languages"]), str(about["version"]), known, meaning, encoder)

    def whole(self, words: str, language: str) -> float | None:
        """Return the probability that nothing is to come; None for a language it was not trained on."""
        said = plain_words(words).split()
        if not said or language not in self.languages:
            return None
        slots, values = features(said, language)
        odds = float(values @ self.weights[slots]) + self.bias
        spread, shift = OF_ONE
        if self.meaning is not None and self._encoder is not None:
            row = self._encoder.encode([" ".join(said)])[0]
            odds += float(row @ self.meaning.weights) + self.meaning.bias
            spread, shift = OF_BOTH
        odds = spread * odds + shift + self._of_known(said, language)
        return float(1.0 / (1.0 + np.exp(-odds)))

    def _of_known(self, said: list[str], language: str) -> float:
        request = without_opener(said, language)
        return KNOWN if request and fingerprint(request, language) in self.known else 0.0


def _meaning_in(stored: np.lib.npyio.NpzFile, about: dict[str, str]) -> Meaning | None:
    if "meaning" not in stored:
        return None
    weights = stored["meaning"].astype(np.float32)
    return Meaning(weights[:-1], float(weights[-1]), str(about["encoder"]))


def without_opener(said: Sequence[str], language: str) -> tuple[str, ...]:
    """Return what is asked after the greeting, without noises of thinking; empty when there was only that."""
    skipped = {*turn_words(language).sounds}
    words = [word for word in said if word not in skipped]
    begins = OPENERS.get(language, ())
    first = next((at for at, word in enumerate(words) if word not in begins), len(words))
    return tuple(words[first:])


def fingerprint(request: Sequence[str], language: str) -> int:
    """Return a number by which a known request is found again."""
    return zlib.crc32(f"{language} {' '.join(request)}".encode())


class NoTurnEnds:
    """Implements `TurnEnds` where no model was trained: rules alone decide then."""

    def whole(self, words: str, language: str) -> float | None:
        """Return None: nothing is known."""
        return None


def _from_files(data_dir: Path) -> SentenceEncoder:
    return E5Encoder(data_dir / FOLDER)


def open_encoder(data_dir: Path, opening: OpenEncoder = _from_files) -> SentenceEncoder | None:
    """Return the sentence encoder; None where it was not made, which the log says."""
    try:
        return opening(data_dir)
    except EncoderMissing as missing:
        _log.error("no_sentence_encoder", why=str(missing))
        return None


def open_turn_ends(data_dir: Path, opening: OpenEncoder = _from_files) -> TurnEnds:
    """Return the trained model; without one, and said so in the log, rules alone decide."""
    try:
        return TrainedTurnEnds.load(data_dir, open_encoder(data_dir, opening))
    except TurnEndsMissing as missing:
        _log.error("no_turn_ends", why=str(missing))
        return NoTurnEnds()


def features(said: list[str], language: str) -> tuple[np.ndarray, np.ndarray]:
    """Return slots (int64) and values (float32) of plain words; noises of thinking count at the end only."""
    hums = turn_words(language).sounds
    kept = [word for at, word in enumerate(said) if word not in hums or at == len(said) - 1]
    shown = ["0" if word.isdigit() else word for word in kept]
    slots = np.unique([zlib.crc32(f"{language} {gram}".encode()) % SLOTS for gram in _grams(shown)])
    return slots.astype(np.int64), np.full(len(slots), 1.0 / np.sqrt(len(slots)), np.float32)


def _grams(said: list[str]) -> Iterator[str]:
    yield f"words {min(len(said), MOST_COUNTED)}"
    yield f"all {' '.join(said)}"
    for size in range(1, LONGEST_RUN + 1):
        if size <= len(said):
            yield f"end {' '.join(said[-size:])}"
    last = said[-1]
    yield from (f"letters {last[-size:]}" for size in (1, 2, 3) if len(last) > size)
    yield f"begin {' '.join(said[:2])}"
    yield f"begin and end {said[0]} {last}"
    yield f"begin and length {said[0]} {min(len(said), MOST_COUNTED)}"
    yield from (f"word {word}" for word in said[:-1])
    yield from (f"with {word} end {last}" for word in said[:-1])
