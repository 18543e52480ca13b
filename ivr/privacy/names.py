"""Where people's names stand in what was said.

Speech recognition writes names with a capital letter; typed text and bare answers often do not. So three
signs count: words that announce a name, capital letters inside a sentence, and the lists of names.
"""

from collections.abc import Iterator, Sequence

from ivr.privacy import name_words
from ivr.privacy.spans import Sensitive, Span
from ivr.privacy.tokens import Token, tokens

MOST_PARTS = 4  # of one name


def find_names(text: str, language: str, keep: frozenset[str] = frozenset()) -> list[Span]:
    """Return the names in the text. `keep` are words in small letters that are none, such as products."""
    return list(_Search(tokens(text), language, name_words.NO_NAMES | keep).spans())


class _Search:
    def __init__(self, found: Sequence[Token], language: str, no_names: frozenset[str]) -> None:
        self._tokens = found
        self._language = language if language in name_words.LANGUAGES else "en"
        self._no_names = no_names

    def spans(self) -> Iterator[Span]:
        at = 0
        while at < len(self._tokens):
            end = self._name_from(at)
            if end is None:
                at += 1
                continue
            yield Span(self._tokens[at].start, self._tokens[end - 1].end, Sensitive.NAME)
            at = end

    def _name_from(self, at: int) -> int | None:
        """Return where a name that begins here ends; None where none begins."""
        token = self._tokens[at]
        if not token.is_word or token.word in self._no_names:
            return None
        if self._follows(at, name_words.ANNOUNCING[self._language]):
            return self._parts(at, is_announced=True)
        if self._follows(at, name_words.PRESENTING[self._language]) and self._looks_like_name(token):
            return self._parts(at, is_announced=False)
        if not self._stands_out(at):
            return None
        return self._parts(at, is_announced=False)

    def _follows(self, at: int, announcements: Sequence[tuple[str, ...]]) -> bool:
        return any(
            at >= len(phrase) and tuple(token.word for token in self._tokens[at - len(phrase) : at]) == phrase
            for phrase in announcements
        )

    def _stands_out(self, at: int) -> bool:
        token = self._tokens[at]
        if not token.is_capitalised:
            return name_words.is_plainly_given(token.word, self._language) or self._is_small_pair(at)
        if not token.is_first:
            return not self._is_shouted(token)
        if name_words.is_plainly_given(token.word, self._language):
            return True
        after = self._tokens[at + 1] if at + 1 < len(self._tokens) else None
        is_pair = (
            after is not None and after.is_word and self._looks_like_name(after) and after.is_capitalised
        )
        return is_pair and (name_words.is_listed(token.word) or not self._is_common(token))

    def _is_small_pair(self, at: int) -> bool:
        """Say whether a given name and a surname stand here in small letters, as in "aino korhonen"."""
        pair = self._tokens[at : at + 2]
        return (
            len(pair) == 2
            and pair[0].word in name_words.GIVEN_NAMES
            and pair[1].word in name_words.SURNAMES
            and not self._is_common(pair[1])
        )

    def _looks_like_name(self, token: Token) -> bool:
        if token.word in self._no_names:
            return False
        return token.is_capitalised or name_words.is_plainly_given(token.word, self._language)

    def _is_shouted(self, token: Token) -> bool:
        return len(token.text) > 1 and token.text.isupper() and not name_words.is_listed(token.word)

    def _is_common(self, token: Token) -> bool:
        return name_words.is_common(token.word, self._language)

    def _parts(self, at: int, is_announced: bool) -> int | None:
        """Return the end of the name whose first part is here."""
        end = at
        while end < min(at + MOST_PARTS, len(self._tokens)) and self._is_part(end, at, is_announced):
            end += 1
        while end > at and self._tokens[end - 1].word in name_words.PARTICLES:
            end -= 1
        return end if end > at else None

    def _is_part(self, at: int, first: int, is_announced: bool) -> bool:
        token = self._tokens[at]
        if not token.is_word or token.word in self._no_names or (at > first and token.is_first):
            return False
        if at > first and token.word in name_words.PARTICLES:
            return True
        if token.is_capitalised and not token.is_first:
            return True
        if token.is_capitalised and at == first:
            return not is_announced or not self._is_common(token) or name_words.is_listed(token.word)
        is_listed = name_words.is_listed(token.word) and not self._is_common(token)
        if at == first or is_announced:
            return (
                is_listed
                or (is_announced and name_words.is_listed(token.word))
                or name_words.is_plainly_given(token.word, self._language)
                or (is_announced and at <= first + 1 and not self._is_common(token))
            )
        return is_listed
