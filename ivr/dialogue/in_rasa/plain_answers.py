"""Which answers of the service's actions are right at a glance, by Rasa's own schema of them. Pure."""

from collections.abc import Mapping

_NAMED = {"slot": {"name", "value"}, "followup": {"name"}, "active_loop": {"name"}}


def is_plainly_right(answer: object) -> bool:
    """Say whether an answer has only responses, and events that set a slot, the next action or the form."""
    if not isinstance(answer, Mapping):
        return False
    events, responses = answer.get("events"), answer.get("responses")
    if not isinstance(events, list) or not isinstance(responses, list):
        return False
    return all(map(_is_plain, events)) and all(isinstance(one, dict) for one in responses)


def _is_plain(event: object) -> bool:
    kind = event.get("event") if isinstance(event, dict) else None
    if not isinstance(event, dict) or not isinstance(kind, str) or kind not in _NAMED:
        return False
    is_named = isinstance(event.get("name"), str) or (kind == "active_loop" and event.get("name") is None)
    return is_named and event.keys() == _NAMED[kind] | {"event", "timestamp"} and event["timestamp"] is None
