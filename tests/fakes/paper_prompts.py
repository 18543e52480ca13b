"""A prompt shelf that writes the words themselves into the files, so that tests read what is said."""

from pathlib import Path

from ivr.speech.synthesizer import SynthesizerFailed


class PaperPrompts:
    """Implements the blueprints' PromptShelf. File names count up; set `is_mute` to break the voice."""

    def __init__(self, folder: Path) -> None:
        self.is_mute = False
        self.personal: set[str] = set()
        self._folder = folder
        self._names: dict[str, str] = {}

    def wav_path(self, text: str, language: str, is_personal: bool = False) -> Path:
        """Return the file of a sentence."""
        if self.is_mute:
            raise SynthesizerFailed("mute")
        if is_personal:
            self.personal.add(text)
        path = self._folder / self._names.setdefault(text, f"{len(self._names):040x}.wav")
        path.write_text(text)
        return path

    def open_wav(self, name: str) -> Path | None:
        """Return the file of a name that was given out."""
        return self._folder / name if name in self._names.values() else None

    def said(self, name: str) -> str:
        """Return the sentence in a file."""
        return (self._folder / name).read_text()
