"""What a conversation has learnt so far, and in which turn: the matter of the case an agent gets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ivr.conversation.prompt import Prompt
from ivr.dialogue.dialogue import DialogueReply
from ivr.handoff.case import Asked, Case, Deed
from ivr.handoff.escalation import EscalationReason

# Known only of the order that was looked up last; another number, or a failed look-up, takes them away.
_OF_THE_ORDER = (
    "is_verified",
    "customer_name",
    "order_status",
    "delivery_date",
    "carrier_name",
    "tracking_code",
)
_NO_REQUEST = frozenset({None, "greet", "repeat"})
# How what the dialogue knows is called in the case.
_IN_CASE = {"customer_name": "caller_name", "words": "matter", "matter": "form"}
MOST_DEEDS = 60  # of a call that goes on and on, the newest
# Doubted words that may still tell an agent something: looping and silence never do.
_HALF_HEARD = frozenset({"low_log_probability", "bad_line"})
_FEWEST_HALF_HEARD = 3  # a word or two is a cough or somebody else's television


@dataclass
class Known:
    """Everything one call has brought, owned by the call's thread."""

    facts: dict[str, str] = field(default_factory=dict)
    last_words: str | None = None
    _wanted: Asked | None = None
    _asked: list[Asked] = field(default_factory=list)
    _deeds: list[Deed] = field(default_factory=list)
    _half_heard: Asked | None = None
    _since: dict[str, int] = field(default_factory=dict)
    _keyed: list[int] = field(default_factory=list)

    def heard(self, words: str, turn: int, doubt: str | None = None) -> None:
        """Keep the words of a turn; of doubted ones only the longest, and those apart."""
        if doubt is None and words.strip():
            self.last_words = words
            self._since["reason_words"] = turn
        longest = 0 if self._half_heard is None else len(self._half_heard.words.split())
        if doubt in _HALF_HEARD and len(words.split()) >= max(_FEWEST_HALF_HEARD, longest + 1):
            self._half_heard = Asked("", turn, words)

    def keyed(self, turn: int) -> None:
        """Note that a turn was keys."""
        self._keyed.append(turn)

    def learnt(self, reply: DialogueReply, turn: int) -> None:
        """Take what the dialogue knows after a turn; what it no longer says of the order is forgotten."""
        if "order_number" in reply.facts:
            for name in _OF_THE_ORDER:
                if name not in reply.facts:
                    self.facts.pop(name, None)
                    self._since.pop(_IN_CASE.get(name, name), None)
        for name, value in reply.facts.items():
            if self.facts.get(name) != value:
                self.facts[name] = value
                self._since[_IN_CASE.get(name, name)] = turn

    def brought_up(self, intent: str | None, turn: int) -> None:
        """Keep which matter a turn was about, each once, with the words it was read from."""
        if intent in _NO_REQUEST or intent is None or turn in self._keyed:
            return
        one = Asked(intent, turn, self.last_words or "")
        if self._wanted is None and self.last_words:
            self._wanted = one
        if all(earlier.intent != intent for earlier in self._asked):
            self._asked.append(one)

    def did(self, prompts: Sequence[Prompt], turn: int, is_told: bool) -> None:
        """Keep what the bot did in a turn, by the prompts that say it."""
        self._deeds += [Deed(prompt.id, turn, dict(prompt.slots), is_told) for prompt in prompts]
        del self._deeds[:-MOST_DEEDS]

    def case(
        self, call_id: str, language: str, reason: EscalationReason, number: str | None, **more: Any
    ) -> Case:
        """Return the case as it stands; `more` are fields that only the conversation knows."""
        wanted, facts = self._wanted, self.facts
        told = [deed.prompt_id for deed in self._deeds if deed.is_told]
        return Case(
            call_id=call_id,
            language=language,
            reason=reason,
            caller_number=number,
            caller_name=facts.get("customer_name"),
            is_verified=facts.get("is_verified") == "true",
            wanted=wanted.words if wanted is not None else self.last_words,
            intent=wanted.intent if wanted is not None else None,
            order_number=facts.get("order_number"),
            order_status=facts.get("order_status"),
            delivery_date=facts.get("delivery_date"),
            matter=facts.get("words"),
            tried=tuple(dict.fromkeys(told)),
            reason_words=self.last_words,
            asked=tuple(self._asked),
            deeds=tuple(self._deeds),
            half_heard=() if self._half_heard is None else (self._half_heard,),
            since=self._turns(),
            keyed=tuple(self._keyed),
            **more,
        )

    def _turns(self) -> Mapping[str, int]:
        heard_in = self._since.get("reason_words")
        wanted_in = self._wanted.turn if self._wanted is not None else heard_in
        return self._since | ({} if wanted_in is None else {"wanted": wanted_in})
