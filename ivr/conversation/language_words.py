"""What a caller's words say about language: which one they ask for, which one they speak. Pure tables."""

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.dialogue.plain_words import plain_words

LONGEST_WISH = 12  # words; who names a language in a longer sentence tells a story
FEWEST_TELLING = 2  # function words; one alone ("en", "to", "i") may be of several languages
MOST_OTHERS = 0.34  # of the telling words may be another language's: names and slips of recognition


@dataclass(frozen=True)
class LanguageWords:
    """One language's own names, in every language, and its commonest words that no other of ours has."""

    names: frozenset[str]
    telling: frozenset[str]


WORDS = {
    "en": LanguageWords(
        frozenset({"english", "engelska", "engelsk", "englanti", "englantia", "englanniksi"}),
        frozenset(
            {"the", "my", "i'm", "is", "where", "what", "when", "how", "you", "and", "it", "this", "that"}
            | {"want", "would", "please", "hello", "not", "with", "about", "have", "can", "order", "your"}
            | {"are", "i'd", "speak", "talk", "yes", "thanks", "thank", "was", "but"}
        ),
    ),
    "sv": LanguageWords(
        frozenset({"swedish", "svenska", "svensk", "ruotsi", "ruotsia", "ruotsiksi"}),
        frozenset(
            {"jag", "inte", "och", "är", "vad", "när", "hej", "någon", "nån", "nåt", "något", "beställning"}
            | {"paket", "mitt", "öppet", "vill", "skulle", "från", "tack", "prata", "beställt", "varför"}
            | {"hur", "min", "mina", "ni", "ett", "undrar", "människa", "hjälp", "behöver", "också"}
        ),
    ),
    "nb": LanguageWords(
        frozenset({"norwegian", "norsk", "norska", "norja", "norjaa", "norjaksi", "bokmål"}),
        frozenset(
            {"jeg", "ikke", "og", "er", "hva", "hvor", "når", "hei", "noen", "noe", "bestillingen", "pakken"}
            | {"mitt", "åpent", "vil", "skulle", "fra", "takk", "snakke", "bestilt", "hvorfor", "hvordan"}
            | {"min", "mine", "dere", "et", "lurer", "menneske", "hjelp", "trenger", "også", "ordren"}
        ),
    ),
    "fi": LanguageWords(
        frozenset({"finnish", "finska", "finsk", "suomi", "suomea", "suomeksi"}),
        frozenset(
            {"missä", "mikä", "milloin", "minun", "mun", "tilaus", "tilaukseni", "paketti", "pakettini"}
            | {"haluan", "haluaisin", "onko", "olen", "ja", "ei", "kiitos", "moi", "terve", "puhua", "voiko"}
            | {"voinko", "ihmisen", "kanssa", "mä", "minä", "tarvitsen", "apua", "en", "että", "mutta"}
            | {"mihin", "miksi", "miten", "se", "teillä", "hei", "auki"}
        ),
    ),
}
# Around the name of a language these make a wish ("english please", "på svenska tack").
_WISHING = frozenset(
    {"please", "in", "can", "could", "we", "do", "you", "i", "it", "to", "sorry", "hello", "hi", "switch"}
    | {"a", "bit", "of", "no", "only", "would", "like", "want", "change", "language", "have", "is", "there"}
    | {
        "på",
        "tack",
        "kan",
        "vi",
        "du",
        "ni",
        "ta",
        "det",
        "går",
        "att",
        "är",
        "snäll",
        "hej",
        "jag",
        "hellre",
    }
    | {"vill", "nej", "köra", "här", "man", "få", "gärna", "kunde", "förlåt", "istället", "ursäkta", "hellst"}
    | {"takk", "jeg", "det", "ta", "dere", "heller", "går", "an", "hei", "unnskyld", "kunne", "nei", "gjerne"}
    | {"kiitos", "voiko", "voitko", "voidaanko", "onko", "hei", "mieluummin", "haluan", "haluaisin", "saako"}
    | {"voinko", "anteeksi", "ei", "vaan", "ole", "hyvä", "öh", "eh", "um", "uh", "öö", "alltså", "instead"}
)
# With one of these a short sentence is a wish whatever else it holds.
_SPEAKING = frozenset(
    {"speak", "speaking", "talk", "prata", "pratar", "tala", "talar", "snacka", "byt", "byta", "byter"}
    | {"snakke", "snakker", "bytt", "bytte", "prate", "puhua", "puhutko", "puhutaan", "puhun", "puhu"}
    | {"vaihda", "vaihdetaan", "puhutteko", "jatketaan", "forstår", "förstår", "understand", "ymmärrän"}
    | {"switch"}
)


def asked_for(words: str, among: Iterable[str], current: str) -> str | None:
    """Return the language that the caller wishes to go on in; None for anything else that was said."""
    said = plain_words(words).split()
    if not said or len(said) > LONGEST_WISH:
        return None
    named = {language for language in among if not WORDS[language].names.isdisjoint(said)} - {current}
    if len(named) != 1:
        return None
    every_name = frozenset().union(*(entry.names for entry in WORDS.values()))
    is_wish = _WISHING.union(every_name).issuperset(said) or not _SPEAKING.isdisjoint(said)
    return named.pop() if is_wish else None


def spoken_in(words: str, among: Iterable[str]) -> str | None:
    """Return the language that the words are clearly in; None when they may be of several or of none."""
    said = set(plain_words(words).split())
    languages = tuple(among)
    counts = {language: len(said & WORDS[language].telling) for language in languages}
    shared = {
        language: len(
            said
            & WORDS[language].telling
            - frozenset().union(*(WORDS[other].telling for other in languages if other != language))
        )
        for language in languages
    }
    best = max(languages, key=lambda language: (shared[language], counts[language]), default=None)
    if best is None or counts[best] < FEWEST_TELLING or shared[best] == 0:
        return None
    others = max((shared[other] for other in languages if other != best), default=0)
    return best if others <= MOST_OTHERS * shared[best] else None
