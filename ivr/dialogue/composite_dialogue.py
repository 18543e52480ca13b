"""What becomes of two requests in one sentence: both are served, the quick answer first."""

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import Protocol

from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import CallerInput, Dialogue, DialogueReply, Spoken, Verdict
from ivr.dialogue.matters import MATTERS
from ivr.dialogue.two_requests import places
from ivr.dialogue.wording import Wording

SURE = 0.5  # of each half; benchmarks/understanding.py measures what it splits and what it must not
REMEMBERED_CALLS = 4096
LINK = "utter_also"
ANSWERED_AT_ONCE = frozenset({"opening_hours", "locations"})
_REQUESTS = frozenset(MATTERS) | ANSWERED_AT_ONCE
_QUESTIONS = ("utter_ask_", "utter_confirm_", "utter_rest_of_")
_DONE_STEP = "anything_else"


class UnderstandingDialogue(Dialogue, Protocol):
    """A dialogue that can also say what words mean without answering them."""

    def understand(self, text: str, language: str) -> tuple[str, float]:
        """Return intent and intent_confidence. Raises DialogueUnavailable."""
        ...


class CompositeDialogue:
    """Implements `Dialogue` over another: splits two requests and keeps the second until its turn."""

    def __init__(self, inner: UnderstandingDialogue, wording: Wording) -> None:
        self._inner = inner
        self._wording = wording
        self._waiting: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def reply(self, call_id: str, heard: CallerInput, language: str) -> DialogueReply:
        """Answer one input, and what waited when its turn has come. Raises DialogueUnavailable."""
        takes_back = isinstance(heard, Spoken) and heard.takes_back
        if takes_back:
            self._take(call_id)
        halves = self._halves(heard, language)
        if halves is None:
            return self._with_waiting(call_id, self._inner.reply(call_id, heard, language), language)
        (first, intent), (second, _) = halves
        reply = self._inner.reply(call_id, Spoken(first, takes_back=takes_back), language)
        self._keep(call_id, second)
        if intent in ANSWERED_AT_ONCE:
            return self._joined(call_id, reply, language)
        return self._with_waiting(call_id, reply, language)

    def forget(self, call_id: str) -> None:
        """Drop what is remembered of a call that is over."""
        self._take(call_id)
        self._inner.forget(call_id)

    def is_ready(self) -> bool:
        """Say whether the dialogue inside is ready."""
        return self._inner.is_ready()

    def _halves(self, heard: CallerInput, language: str) -> tuple[tuple[str, str], tuple[str, str]] | None:
        """Return two requests with their intents, the one answered at once first; None when there is one."""
        if not isinstance(heard, Spoken):
            return None
        for one, other in places(heard.text, language):
            meant = []
            for half in (one, other):
                intent, intent_confidence = self._inner.understand(half, language)
                if intent not in _REQUESTS or intent_confidence < SURE:
                    break
                meant.append((half, intent))
            if len(meant) == 2 and meant[0][1] != meant[1][1]:
                first, second = sorted(meant, key=lambda half: half[1] not in ANSWERED_AT_ONCE)
                return first, second
        return None

    def _with_waiting(self, call_id: str, reply: DialogueReply, language: str) -> DialogueReply:
        """Serve the waiting request once the one before it is done; a call that ends takes it along."""
        if reply.verdict in {Verdict.HAND_OVER, Verdict.HANG_UP} or reply.intent == "start_over":
            self._take(call_id)
            return reply
        is_done = reply.verdict is Verdict.ANSWERED and reply.expects.step == _DONE_STEP
        return self._joined(call_id, reply, language) if is_done else reply

    def _joined(self, call_id: str, reply: DialogueReply, language: str) -> DialogueReply:
        waiting = self._take(call_id)
        if waiting is None or reply.verdict is not Verdict.ANSWERED:
            return reply
        more = self._inner.reply(call_id, Spoken(waiting), language)
        if more.verdict in {Verdict.NO_MATCH, Verdict.REPEAT}:
            return reply
        link = self._wording.prompt(LINK, language)
        prompts = (*_without_question(reply.prompts), link, *more.prompts)
        return replace(more, prompts=prompts, intent=reply.intent, intent_confidence=reply.intent_confidence)

    def _keep(self, call_id: str, request: str) -> None:
        with self._lock:
            self._waiting[call_id] = request
            while len(self._waiting) > REMEMBERED_CALLS:
                self._waiting.popitem(last=False)

    def _take(self, call_id: str) -> str | None:
        with self._lock:
            return self._waiting.pop(call_id, None)


def _without_question(prompts: tuple[Prompt, ...]) -> tuple[Prompt, ...]:
    kept = list(prompts)
    while kept and kept[-1].id.startswith(_QUESTIONS):
        kept.pop()
    return tuple(kept)
