"""A talk through the form without Rasa: keeps slots between actions and asks what the form asks."""

from collections.abc import Mapping
from typing import Any

from ivr.dialogue.action_wire import FORM, read_request
from ivr.dialogue.actions import ACTION_NAMES
from ivr.dialogue.matters import MATTERS
from tests.support.order_desk import OrderDesk


def body(action: str, slots: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Write a request as Rasa 3.6 sends it, cut to what counts."""
    digits = [{"entity": "digits", "value": number} for number in more.get("numbers", ())]
    mentioned = [{"entity": name, "value": "x"} for name in more.get("entities", ())]
    return {
        "next_action": action,
        "sender_id": "CA1",
        "tracker": {
            "slots": slots or {},
            "latest_message": {
                "intent": {"name": more.get("intent", "inform_number"), "confidence": 0.9},
                "entities": digits + mentioned,
                "metadata": {"said": more.get("said", ""), "language": "en"},
            },
            "active_loop": {"name": FORM} if more.get("is_form_open") else {},
        },
    }


class FormTalk:
    """One caller's talk with the actions."""

    def __init__(self, desk: OrderDesk | None = None) -> None:
        self.desk = desk or OrderDesk()
        self.actions = self.desk.actions
        self.slots: dict[str, Any] = {}
        self.is_open = False
        self.followed_by: list[str] = []
        self.responses: list[dict[str, Any]] = []
        self._remembered: set[str] = set()

    @property
    def asked(self) -> str | None:
        """The slot the form waits for."""
        return self.slots.get("requested_slot")

    def runs(self, action: str, **more: Any) -> list[str]:
        """Run one action; return what it said or ordered."""
        more.setdefault("is_form_open", self.is_open)
        answer = self.actions.run(read_request(body(action, self.slots, **more))).as_json()
        changed = {event["name"]: event["value"] for event in answer["events"] if event["event"] == "slot"}
        self.slots |= changed
        self._remembered = set(changed)
        self.followed_by = [event["name"] for event in answer["events"] if event["event"] == "followup"]
        self.responses += answer["responses"]
        return [said.get("response") or said["custom"]["command"] for said in answer["responses"]]

    def hears(self, intent: str, said: str = "", **more: Any) -> list[str]:
        """Let the form take one input; return all that is said, the next question included.

        A form that gives way to the rules says nothing.
        """
        assert self.is_open or intent in MATTERS or more.get("numbers"), "no rule would start the form"
        self.responses = []
        asked_before = self.asked if self.is_open else None
        words = self.runs(f"validate_{FORM}", intent=intent, said=said, **more)
        self.is_open = self.asked is not None
        if not self.is_open:
            return words + self.runs("action_serve_matter", intent=intent, said=said)
        if asked_before is not None and self._remembered <= {"requested_slot"}:
            return []
        return words + self._question()

    def says(self, response: str) -> dict[str, Any]:
        """Return the last utterance of this response, with its values."""
        return next(said for said in reversed(self.responses) if said.get("response") == response)

    def _question(self) -> list[str]:
        action = f"action_ask_{self.asked}"
        return self.runs(action) if action in ACTION_NAMES else [f"utter_ask_{self.asked}"]

    def is_checked(self, number: str = "471192", postcode: str = "11455") -> None:
        """Say number and postcode."""
        self.hears("inform_number", numbers=(number,))
        self.hears("inform_number", numbers=(postcode,))
