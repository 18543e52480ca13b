import numpy as np

from ivr.nlu.softmax import HALF, Learned, words_of


def learned() -> Learned:
    """Know "lamps" by its letters as stock, and a row with a high first figure as a greeting."""
    words = np.zeros((2 * HALF, 2), np.float32)
    only_lamps = set(words_of("lamps")[0]) - set(words_of("well met")[0])  # both begin and end
    words[sorted(only_lamps), 1] = 4.0
    meaning = np.array([[3.0, 0.0], [0.0, 0.0]], np.float32)
    zero = np.zeros(2, np.float32)
    return Learned(("greet", "stock"), words, meaning, zero, zero, np.ones(2, np.float32))


def test_words_and_meaning_both_count() -> None:
    rows = np.array([[0.0, 9.0], [1.0, 9.0], [0.0, 0.0]], np.float32)
    sure = learned().confidences(["Lamps?", "well met", "well met"], rows, 1.0)

    assert sure[0, 1] > 0.9
    assert sure[1, 0] > 0.9
    assert np.allclose(sure[2], 0.5)
    assert np.allclose(sure.sum(axis=1), 1.0)


def test_a_lower_temperature_makes_it_surer_of_the_same() -> None:
    row = np.array([[0.2, 0.0]], np.float32)
    shy, sure = (learned().confidences(["well met"], row, heat)[0] for heat in (1.0, 0.5))

    assert 0.5 < shy[0] < sure[0] < 1.0
