"""Which language an utterance is in, by what the recogniser found."""

from collections.abc import Iterable, Mapping

_TO_WHISPER = {"nb": "no"}
_FROM_WHISPER = {"no": "nb"}


def whisper_code(language: str) -> str:
    """Return Whisper's code for a language of the service: it calls Bokmål "no"."""
    return _TO_WHISPER.get(language, language)


def own_code(whisper_language: str) -> str:
    """Return the service's code for one of Whisper's languages."""
    return _FROM_WHISPER.get(whisper_language, whisper_language)


def likeliest(probabilities: Mapping[str, float], among: Iterable[str]) -> tuple[str, float] | None:
    """Return the likeliest of these languages and its share among them, 0..1; None when nothing is known.

    One or two words say little about their language: take a share under about 0.8 as no answer.
    """
    known = {language: probabilities.get(language, 0.0) for language in among}
    total = sum(known.values())
    if total <= 0:
        return None
    best = max(known, key=lambda language: known[language])
    return best, known[best] / total
