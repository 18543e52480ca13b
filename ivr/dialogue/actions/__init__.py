"""The actions Rasa calls back for, by name; each topic has its own file."""

from collections.abc import Callable, Mapping
from datetime import date

from ivr.dialogue.action_wire import FORM, ActionAnswer, ActionRequest
from ivr.dialogue.actions import asking, talk
from ivr.dialogue.actions.form import MatterForm
from ivr.dialogue.actions.knowing import Knowledge, NoKnowledge, unless_known
from ivr.dialogue.actions.serving import Serving
from ivr.dialogue.look_ups import LookUps, NotedNowhere
from ivr.dialogue.order_check import OrderCheck
from ivr.dialogue.privacy_desk import PrivacyDesk
from ivr.orders.shop import Shop

VALIDATE_FORM = f"validate_{FORM}"
SERVE = "action_serve_matter"
_WITHOUT_LOOK_UP: Mapping[str, Callable[[ActionRequest], ActionAnswer]] = {**asking.ACTIONS, **talk.ACTIONS}
ANSWERED_FROM_KNOWLEDGE = ("action_cannot_help", "action_not_understood")
ACTION_NAMES = frozenset({VALIDATE_FORM, SERVE, *_WITHOUT_LOOK_UP})


class UnknownAction(Exception):
    """Rasa asked for an action this service does not have."""


class Actions:
    """Runs the actions named in nlu_data/domain.yml."""

    def __init__(
        self,
        order_check: OrderCheck,
        shop: Shop,
        privacy: PrivacyDesk,
        today: Callable[[], date],
        knowledge: Knowledge | None = None,
        look_ups: LookUps | None = None,
    ) -> None:
        self._actions: dict[str, Callable[[ActionRequest], ActionAnswer]] = {
            VALIDATE_FORM: MatterForm(order_check, shop, today).take_answer,
            SERVE: Serving(shop, privacy, today, look_ups or NotedNowhere()).serve,
            **_WITHOUT_LOOK_UP,
        }
        for name in ANSWERED_FROM_KNOWLEDGE:
            self._actions[name] = unless_known(knowledge or NoKnowledge(), self._actions[name])

    def run(self, request: ActionRequest) -> ActionAnswer:
        """Run one action. Blocking, any thread. Raises UnknownAction."""
        action = self._actions.get(request.action)
        if action is None:
            raise UnknownAction(request.action)
        return action(request)
