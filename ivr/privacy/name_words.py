"""Which words are people's names, which are not, and which words announce one; per language.

Names come from the lists of Faker (MIT), how common a word is from wordfreq (data CC BY-SA 4.0).
"""

from functools import cache
from pathlib import Path

import yaml
from faker.providers.person import da_DK, en_GB, en_US, fi_FI, no_NO, sv_SE
from wordfreq import zipf_frequency

LANGUAGES = ("en", "sv", "nb", "fi")
# Zipf scale: 3 is once in a million words, 6 once in a thousand (wordfreq's own scale). What follows "my name
# is" and is more common than this is no name but a sentence that went on, unless a list of names has it.
COMMON = 5.0
LONGEST_WITHOUT_GENITIVE = 5  # letters: "lottas" is Lotta's, "this" is nobody's
_WORDS = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
# Phrases by language, each as its words; what the file says of them stands there.
ANNOUNCING = {
    name: [tuple(phrase.split()) for phrase in found] for name, found in _WORDS["announcing"].items()
}
PRESENTING = {
    name: [tuple(phrase.split()) for phrase in found] for name, found in _WORDS["presenting"].items()
}
PARTICLES = frozenset(_WORDS["particles"].split())
NO_NAMES = frozenset(_WORDS["no_names"].split())
_ALSO_WORDS = {name: frozenset(found.split()) for name, found in _WORDS["also_words"].items()}
# Names of all languages together: callers are not named by the language they speak.
_LISTS = [module.Provider for module in (en_US, en_GB, sv_SE, no_NO, fi_FI, da_DK)]
GIVEN_NAMES = frozenset(name.lower() for names in _LISTS for name in names.first_names)
SURNAMES = frozenset(name.lower() for names in _LISTS for name in names.last_names)
_BOTH = frozenset[str]().union(*_ALSO_WORDS.values())


@cache
def is_common(word: str, language: str) -> bool:
    """Say whether the word, in small letters, is an everyday word of the language."""
    known = language if language in LANGUAGES else "en"
    return float(zipf_frequency(word, known, wordlist="small")) >= COMMON


def is_listed(word: str) -> bool:
    """Say whether the word, in small letters, is on a list of names, also with a genitive or hyphens."""
    known = GIVEN_NAMES | SURNAMES | _BOTH
    return all(not _forms(part).isdisjoint(known) for part in word.split("-"))


def is_plainly_given(word: str, language: str) -> bool:
    """Say whether the word, in small letters and alone, is a given name and nothing else in the language."""
    forms = _forms(word)
    also_words = _ALSO_WORDS.get(language, _ALSO_WORDS["en"])
    return len(word) > 2 and forms.isdisjoint(also_words) and not forms.isdisjoint(GIVEN_NAMES)


def _forms(word: str) -> set[str]:
    bare = word.removesuffix("'s").removesuffix("’s")
    return {bare, bare[:-1]} if bare.endswith("s") and len(bare) > LONGEST_WITHOUT_GENITIVE else {bare}
