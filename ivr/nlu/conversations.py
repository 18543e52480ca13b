"""Whole conversations that designers write down in nlu_data/tests/, held against a dialogue."""

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ivr.dialogue.dialogue import CallerInput, Dialogue, DialogueReply, Keyed, Spoken
from ivr.errors import IvrError


class ConversationInvalid(IvrError):
    """A conversation file is not written as its README says."""


@dataclass(frozen=True)
class Exchange:
    """One turn: what the caller says or keys, and what must come of it; what is None is not compared."""

    heard: CallerInput
    says: tuple[str, ...] | None
    verdict: str | None
    asks: str | None
    reason: str | None


@dataclass(frozen=True)
class Conversation:
    """A named sequence of turns in one call."""

    name: str
    exchanges: tuple[Exchange, ...]
    language: str = "en"


def load_conversations(folder: Path) -> list[Conversation]:
    """Read every *.yml of a folder. Raises ConversationInvalid."""
    found: list[Conversation] = []
    for file in sorted(folder.glob("*.yml")):
        try:
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
            found += [_conversation(entry) for entry in content["conversations"]]
        except (yaml.YAMLError, KeyError, TypeError, AttributeError) as broken:
            raise ConversationInvalid(f"{file}: not a list of conversations ({broken})") from broken
    return found


def _conversation(entry: dict[str, Any]) -> Conversation:
    return Conversation(
        entry["name"], tuple(_exchange(turn) for turn in entry["turns"]), entry.get("language", "en")
    )


def _exchange(turn: dict[str, Any]) -> Exchange:
    heard = Keyed(str(turn["keys"])) if "keys" in turn else Spoken(str(turn["caller"]))
    says = turn.get("bot")
    return Exchange(
        heard,
        None if says is None else tuple([says] if isinstance(says, str) else says),
        turn.get("verdict"),
        turn.get("asks"),
        turn.get("reason"),
    )


def run_conversation(conversation: Conversation, dialogue: Dialogue) -> list[str]:
    """Hold one conversation in a new call and return what went otherwise than written."""
    call_id = f"test-{uuid.uuid4().hex}"
    differences: list[str] = []
    for number, exchange in enumerate(conversation.exchanges, 1):
        reply = dialogue.reply(call_id, exchange.heard, conversation.language)
        for wanted, got, what in _compared(exchange, reply):
            if wanted is not None and wanted != got:
                heard = exchange.heard.text if isinstance(exchange.heard, Spoken) else exchange.heard.digits
                differences.append(f"turn {number} (“{heard}”): {what} is {_told(got)}, not {_told(wanted)}")
    return differences


def _told(value: object) -> str:
    return (", ".join(map(str, value)) if isinstance(value, tuple) else str(value or "")) or "nothing"


def _compared(exchange: Exchange, reply: DialogueReply) -> list[tuple[object, object, str]]:
    return [
        (exchange.says, tuple(prompt.id for prompt in reply.prompts), "what the bot says"),
        (exchange.verdict, reply.verdict.value, "the verdict"),
        (exchange.asks, reply.expects.step, "what the bot asks for"),
        (exchange.reason, reply.escalation.value if reply.escalation else None, "the reason for a person"),
    ]
