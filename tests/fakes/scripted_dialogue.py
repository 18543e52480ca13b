"""A dialogue that answers from a script, so that calls can be tested without an engine."""

from collections.abc import Mapping, Sequence

from ivr.dialogue.dialogue import CallerInput, DialogueReply, DialogueUnavailable, Keyed, Verdict

Line = DialogueReply | DialogueUnavailable


class ScriptedDialogue:
    """Implements `Dialogue`. Answers by what was heard, else by the next line, else NO_MATCH.

    A line may be a `DialogueUnavailable`, which is raised. `heard` holds every input, with its call.
    """

    def __init__(self, answers: Mapping[str, Line] | None = None, lines: Sequence[Line] = ()) -> None:
        self._answers = dict(answers or {})
        self._lines = list(lines)
        self.heard: list[tuple[str, CallerInput]] = []
        self.forgotten: list[str] = []
        self.is_up = True

    def reply(self, call_id: str, heard: CallerInput, language: str) -> DialogueReply:
        """Return the scripted reply; raises DialogueUnavailable while `is_up` is false."""
        self.heard.append((call_id, heard))
        if not self.is_up:
            raise DialogueUnavailable("switched off by the test", is_retrying_useful=False)
        words = heard.digits if isinstance(heard, Keyed) else heard.text.lower().strip(" .?!")
        line = self._answers.get(words)
        if line is None and self._lines:
            line = self._lines.pop(0)
        if isinstance(line, DialogueUnavailable):
            raise line
        return line or DialogueReply(Verdict.NO_MATCH)

    def forget(self, call_id: str) -> None:
        """Note that the call is over."""
        self.forgotten.append(call_id)

    def is_ready(self) -> bool:
        """Say whether the test has the dialogue switched on."""
        return self.is_up
