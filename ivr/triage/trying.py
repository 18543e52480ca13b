"""Calls that were never made, as a list of what is said: when would a person be fetched?"""

from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from ivr.errors import IvrError
from ivr.handoff.escalation.decision import BELIEVED_FROM, Step, Watch, WordReader
from ivr.handoff.escalation.policy import Policy
from ivr.handoff.escalation.signals import Happened
from ivr.triage.stored_calls import Judged

# words -> intent, None where the bot would ask again
IntentOf = Callable[[str], str | None]
# The dialogue's own rules for these intents fetch a person, whatever the policy adds up to.
FETCHING = BELIEVED_FROM.keys()


class CallsUnreadable(IvrError):
    """A file of calls has another shape than a list of lists of sentences."""


def judge_words(
    turns: Sequence[str], language: str, policy: Policy, reader: WordReader, intent_of: IntentOf
) -> list[Judged]:
    """Return the decision after each turn; a turn nobody understands counts as a no-match, "" as silence."""
    watch = Watch(policy, reader, language)
    judged = []
    for turn, words in enumerate(turns, 1):
        intent = intent_of(words) if words else None
        if watch.contradicts(intent, words):
            intent = None
        happened = Happened.UNDERSTOOD if intent else Happened.NOT_UNDERSTOOD
        if not words:
            happened = Happened.NO_INPUT
        judged.append(Judged(turn, words, watch.judge(turn, happened, words, intent, None, False), intent))
    return judged


def person_at(judged: Sequence[Judged]) -> int | None:
    """Return the turn after which a person is fetched, by the policy or by the dialogue's own rules."""
    return next(
        (one.turn for one in judged if one.decision.step is Step.FETCH_PERSON or one.intent in FETCHING),
        None,
    )


def read_calls(file: Path) -> list[list[str]]:
    """Read calls from YAML or JSON, a list of turns each. Raises CallsUnreadable."""
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as wrong:
        raise CallsUnreadable(f"{file} cannot be read: {wrong}") from wrong
    is_right = isinstance(found, list) and all(
        isinstance(call, list) and call and all(isinstance(turn, str) for turn in call) for call in found
    )
    if not is_right:
        raise CallsUnreadable(f'{file}: a list of calls is wanted, each a list like ["my order", "a person"]')
    return [list(call) for call in found]
