"""How Rasa asks the service for an action: with what an action reads, over a connection that stays open.

Of a turn through Rasa's own way of asking, three fifths of the computing time went into checking the answer
against a schema that was itself checked each time, and the request held the whole conversation.
"""

from functools import lru_cache
from typing import Any

import aiohttp
from rasa.core.actions import action, forms  # type: ignore[import-not-found]
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT  # type: ignore[import-not-found]
from rasa.shared.core.domain import Domain  # type: ignore[import-not-found]
from rasa.shared.core.events import Event  # type: ignore[import-not-found]
from rasa.shared.core.trackers import DialogueStateTracker  # type: ignore[import-not-found]
from rasa.utils.endpoints import ClientResponseError, EndpointConfig  # type: ignore[import-not-found]

from ivr.dialogue.in_rasa.plain_answers import is_plainly_right

# Less than the service waits (running/gunicorn_config.py), so that no request meets its closing.
IDLE_S = 3.0


class ServiceAction(action.RemoteAction):
    """Rasa's remote action, for one service on the same machine that sends a few kinds of events."""

    def __init__(self, name: str, action_endpoint: EndpointConfig | None) -> None:
        """Take what Rasa gives each action."""
        at = action_endpoint
        super().__init__(name, at and _connection(at.url, at.token, at.token_name))

    def _action_call_format(self, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        """Return the request without the events: no action of ours reads them."""
        return {
            "next_action": self.name(),
            "sender_id": tracker.sender_id,
            "tracker": tracker.current_state(),
        }

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        """Check the answer; what is not plainly right is left to Rasa's own check, which raises."""
        return is_plainly_right(result) or super()._validate_action_result(result)


class LastingConnection(EndpointConfig):
    """An address whose connection stays open between requests."""

    _session: aiohttp.ClientSession | None = None

    async def request(self, method: str = "post", **asked: Any) -> Any:
        """Ask and return the JSON of the answer. Raises ClientResponseError, aiohttp.ClientError."""
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT)
            connector = aiohttp.TCPConnector(keepalive_timeout=IDLE_S)
            self._session = aiohttp.ClientSession(timeout=timeout, connector=connector)
        params = self.combine_parameters()
        async with self._session.request(method, self.url, params=params, json=asked["json"]) as answer:
            if answer.status >= 400:
                raise ClientResponseError(answer.status, answer.reason, await answer.content.read())
            return await answer.json()


@lru_cache(maxsize=1)
def _connection(url: str, token: str, token_name: str) -> LastingConnection:
    return LastingConnection(url, token=token, token_name=token_name)


def use_service_actions() -> None:
    """Have Rasa make its actions of this kind from now on."""
    action.RemoteAction = forms.RemoteAction = ServiceAction
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=64)(Event.resolve_by_type))
