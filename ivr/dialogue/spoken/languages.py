"""Which languages have number words."""

from collections.abc import Mapping

from ivr.dialogue.spoken.english import ENGLISH
from ivr.dialogue.spoken.finnish import FINNISH
from ivr.dialogue.spoken.norwegian import NORWEGIAN
from ivr.dialogue.spoken.number_words import NumberWords
from ivr.dialogue.spoken.swedish import SWEDISH

NUMBER_WORDS: Mapping[str, NumberWords] = {
    "en": ENGLISH,
    "sv": SWEDISH,
    "nb": NORWEGIAN,
    "fi": FINNISH,
}
