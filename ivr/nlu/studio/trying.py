"""What the bot would do with words a designer types or speaks, why, and how that becomes a test."""

import queue
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from ivr.audio import g711
from ivr.audio.resample import resample
from ivr.audio.wav import WavUnreadable, from_wav
from ivr.calls.engines import TranscriptionDesk
from ivr.dialogue.dialogue import Dialogue, DialogueReply, Spoken, Verdict
from ivr.errors import IvrError
from ivr.nlu.conversations import ConversationInvalid, load_conversations
from ivr.nlu.corpus import Line, as_heard
from ivr.nlu.editing import Author, edit, open_version, saving
from ivr.nlu.studio.git_folder import commit_saved
from ivr.nlu.studio.sentences import LONGEST_SENTENCE
from ivr.speech.transcriber import Transcription
from ivr.speech.transcription_pool import Priority

LINE_HZ, RECOGNITION_HZ = 8000, 16_000
LONGEST_S = 20.0
HEARING_LIMIT_S = 30.0
SHOWN = 4
MOST_TALKS = 50
# From this question on, an answer would change something in the shop.
LAST_STEP = "confirmation"
TESTS = Path("tests") / "from_studio.yml"


class NotTried(IvrError):
    """The words could not be tried; the message says why."""


@dataclass(frozen=True)
class Reading:
    """What the live model makes of words by themselves: intents by confidence, entities as (name, value)."""

    ranking: Sequence[tuple[str, float]]
    taken: str
    entities: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class HeardWords:
    """What speech recognition made of a recording over an 8 kHz phone line."""

    text: str
    asr_confidence: float
    doubt: str | None


@dataclass(frozen=True)
class Tried:
    """One turn: the words as Rasa gets them, what they mean, what the bot does, sentences most alike."""

    said: str
    plain: str
    reading: Reading
    reply: DialogueReply
    alike: Sequence[tuple[Line, float]]
    heard: HeardWords | None = None


@dataclass(frozen=True)
class Talk:
    """One designer's trial conversation."""

    id: str
    language: str
    turns: tuple[Tried, ...] = field(default=())

    @property
    def is_at_the_brink(self) -> bool:
        """Say whether the next answer could change something in the shop."""
        return bool(self.turns) and self.turns[-1].reply.expects.step == LAST_STEP


class TryOut:
    """Trial conversations with the live model, one for each designer. Safe from any thread.

    `read` asks the live model and raises DialogueUnavailable, as `dialogue` does.
    """

    def __init__(
        self,
        nlu_data: Path,
        dialogue: Dialogue,
        read: Callable[[str, str], Mapping[str, Any]],
        hearing: TranscriptionDesk,
    ) -> None:
        self._nlu_data = nlu_data
        self._dialogue = dialogue
        self._read = read
        self._hearing = hearing
        self._talks: dict[str, Talk] = {}

    def talk(self, who: str) -> Talk | None:
        """Return the conversation a designer is in."""
        return self._talks.get(who)

    def begin(self, who: str, language: str) -> Talk:
        """Begin anew, forgetting what was said before."""
        old = self._talks.pop(who, None)
        if old is not None:
            self._dialogue.forget(old.id)
        while len(self._talks) >= MOST_TALKS:
            oldest = next(iter(self._talks))
            self._dialogue.forget(self._talks.pop(oldest).id)
        talk = self._talks[who] = Talk(f"studio-{uuid.uuid4().hex}", language)
        return talk

    def say(self, who: str, text: str, lines: Sequence[Line], heard: HeardWords | None = None) -> Talk:
        """Let the caller of the trial say words. Raises NotTried, DialogueUnavailable."""
        talk = self._talks.get(who)
        if talk is None:
            raise NotTried("begin a conversation first")
        said = " ".join(text.split())
        if not said or len(said) > LONGEST_SENTENCE:
            raise NotTried(f"write or say something, at most {LONGEST_SENTENCE} letters")
        if talk.is_at_the_brink:
            raise NotTried(
                "the next yes would change something in the shop: trying ends here. "
                "A test conversation may go on, over the demo shop"
            )
        plain = as_heard(said, talk.language)
        reading = reading_of(self._read(said, talk.language))
        reply = self._dialogue.reply(talk.id, Spoken(said), talk.language)
        turn = Tried(said, plain, reading, reply, alike(plain, talk.language, lines), heard)
        grown = self._talks[who] = replace(talk, turns=(*talk.turns, turn))
        return grown

    def hear(self, recording: bytes, language: str) -> HeardWords:
        """Return what the recogniser makes of a WAV once it went over a phone line. Raises NotTried."""
        try:
            audio, rate_hz = from_wav(recording)
        except WavUnreadable as broken:
            raise NotTried(f"this is no WAV file: {broken}") from broken
        if not 0.2 <= audio.size / rate_hz <= LONGEST_S:
            raise NotTried(f"say something of at most {LONGEST_S:.0f} seconds")
        line = g711.decode(g711.encode(resample(audio, rate_hz, LINE_HZ)))
        answers: queue.SimpleQueue[object] = queue.SimpleQueue()
        ready = resample(line, LINE_HZ, RECOGNITION_HZ)
        # Callers go first.
        ticket = self._hearing.submit(ready, language, answers.put, Priority.SPECULATIVE)
        try:
            found = answers.get(timeout=HEARING_LIMIT_S)
        except queue.Empty:
            ticket.cancel()
            raise NotTried("speech recognition is busy with calls; try again") from None
        if not isinstance(found, Transcription):
            raise NotTried(f"speech recognition failed: {found}")
        doubt = None if found.doubt is None else str(found.doubt)
        return HeardWords(found.text.strip(), found.asr_confidence, doubt)

    def make_test(self, who: str, name: str, author: Author) -> str:
        """Write the conversation into tests/ and return a warning, or "".

        Raises NotTried, EditConflict, EditImpossible.
        """
        talk = self._talks.get(who)
        if talk is None or not talk.turns:
            raise NotTried("there is no conversation yet")
        title = " ".join(name.split())
        if not title or len(title) > LONGEST_SENTENCE:
            raise NotTried("give the test a name, such as: a return in the middle of an order")
        try:
            taken = {known.name for known in load_conversations(self._nlu_data / "tests")}
        except ConversationInvalid as broken:
            raise NotTried(str(broken)) from broken
        if title in taken:
            raise NotTried(f"a test is called “{title}” already")
        file = self._nlu_data / TESTS
        if not file.exists():
            file.write_text(
                "# Conversations that designers tried in the studio and want kept.\nconversations: []\n",
                encoding="utf-8",
            )

        def change(content: CommentedMap) -> None:
            content["conversations"].append(as_test(talk, title))
            content["conversations"].fa.set_block_style()

        with saving(self._nlu_data):
            edit(open_version(file), change)
            return commit_saved(self._nlu_data, file, f"Test: {title}", author)


def as_test(talk: Talk, name: str) -> CommentedMap:
    """Return a conversation as tests/ writes it. Pure."""
    turns = CommentedSeq()
    for turn in talk.turns:
        reply = turn.reply
        row = CommentedMap(caller=turn.said)
        if reply.prompts:
            row["bot"] = [prompt.id for prompt in reply.prompts]
        if reply.verdict is not Verdict.ANSWERED:
            row["verdict"] = str(reply.verdict.value)
        elif reply.expects.step != "request":
            row["asks"] = reply.expects.step
        if reply.escalation:
            row["reason"] = str(reply.escalation.value)
        turns.append(row)
    return CommentedMap(name=name, language=talk.language, turns=turns)


def alike(plain: str, language: str, lines: Sequence[Line]) -> list[tuple[Line, float]]:
    """Return the training sentences most like plain words, with their likeness from 0 to 100. Pure."""
    own = [line for line in lines if line.language == language]
    found = process.extract(plain, [line.plain for line in own], scorer=fuzz.ratio, limit=SHOWN)
    return [(own[place], float(likeness)) for _, likeness, place in found]


def reading_of(parsed: Mapping[str, Any]) -> Reading:
    """Return what Rasa's parse says. Pure."""
    ranking = [
        (str(found["name"]), float(found["confidence"]))
        for found in parsed.get("intent_ranking", [])
        if found["name"] != "nlu_fallback"
    ]
    entities = [(str(found.get("entity")), str(found.get("value"))) for found in parsed.get("entities", [])]
    taken = str((parsed.get("intent") or {}).get("name") or "nlu_fallback")
    return Reading(ranking[:SHOWN], taken, entities)
