"""What the other side has said so far, how far the script has taken it in, and until when it talks."""

from dataclasses import dataclass

from ivr.carrier.call_script import Hear, matches

_CHARACTERS_PER_S = 20.0  # how fast prompts are spoken; measured with the default voice: 18 to 23


@dataclass(frozen=True)
class _Words:
    at_s: float
    text: str
    prompt_id: str | None

    def __str__(self) -> str:
        return f"“{self.text or self.prompt_id}”"


class WordsHeard:
    """The words of the other side, in order; each is taken in once by a `hear`."""

    def __init__(self) -> None:
        self.matched_s = 0.0
        self.talks_until_s = 0.0  # an estimate, from the length of the captions
        self._words: list[_Words] = []
        self._read = 0  # everything before this index has been taken in

    def add(self, at_s: float, text: str, prompt_id: str | None = None) -> None:
        """Take words."""
        self._words.append(_Words(at_s, text, prompt_id))

    def announce(self, at_s: float, text: str) -> None:
        """Take note that this text is being said from about now on."""
        self.talks_until_s = max(self.talks_until_s, at_s) + len(text) / _CHARACTERS_PER_S

    def finds(self, hear: Hear, now_s: float) -> bool:
        """Look for a prompt or words in what has not been taken in; take it in up to there when found."""
        for index in range(self._read, len(self._words)):
            words = self._words[index]
            if hear.prompt is not None:
                is_found = words.prompt_id == hear.prompt
            else:
                is_found = matches(hear.text or "", words.text)
            if is_found:
                self._read, self.matched_s = index + 1, words.at_s
                return True
        # A sentence may come in pieces: look at everything unread together as well.
        unread = " ".join(words.text for words in self._words[self._read :])
        if hear.text is not None and unread and matches(hear.text, unread):
            self._read, self.matched_s = len(self._words), now_s
            return True
        return False

    def everything(self) -> str:
        """Return all words of the call so far."""
        return " ".join(words.text for words in self._words)

    def told(self) -> str:
        """Say what was heard instead of what was expected."""
        unread = self._words[self._read :]
        if unread:
            return "heard instead: " + " ".join(str(words) for words in unread)
        return "nothing was heard" + (f" after {self._words[self._read - 1]}" if self._read else "")
