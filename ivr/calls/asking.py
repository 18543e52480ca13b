"""Asking the dialogue for a live call: what comes back when it cannot answer."""

from ivr.conversation.actions import AskDialogue
from ivr.conversation.conversation import Conversation
from ivr.conversation.events import DialogueFailed, DialogueReplied
from ivr.dialogue.dialogue import Dialogue, DialogueUnavailable, Spoken
from ivr.log import get

log = get("asking")


def read_ahead(ask: AskDialogue, conversation: Conversation) -> None:
    """Read what was said for the escalation, on the call's own thread, while the dialogue answers."""
    if conversation.watch is not None and isinstance(ask.heard, Spoken):
        conversation.watch.read_ahead(ask.heard.text)


def answer_to(
    ask: AskDialogue, conversation: Conversation, dialogue: Dialogue
) -> DialogueReplied | DialogueFailed:
    """Ask and wait for the answer: never on the call's own thread, which must go on hearing."""
    call_id = conversation.call_id
    try:
        return DialogueReplied(ask.turn, dialogue.reply(call_id, ask.heard, conversation.language))
    except DialogueUnavailable as problem:
        log.warning("dialogue_unavailable", call_id=call_id, reason=str(problem))
        return DialogueFailed(ask.turn)
