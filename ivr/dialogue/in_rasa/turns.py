"""The channel by which the service gives Rasa a turn: one request, answered by what the turn left behind.

Rasa's REST channel answers with the words only, and a second request had to fetch the conversation's memory.
"""

import gc
import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from rasa.core.agent import Agent  # type: ignore[import-not-found]
from rasa.core.channels.channel import (  # type: ignore[import-not-found]
    CollectingOutputChannel,
    InputChannel,
    UserMessage,
)
from rasa.shared.core.constants import ACTION_LISTEN_NAME  # type: ignore[import-not-found]
from rasa.shared.core.events import ActionExecuted, UserUtteranceReverted, UserUttered  # type: ignore[import-not-found]
from rasa.shared.core.events import Event as RasaEvent
from rasa.shared.core.trackers import DialogueStateTracker  # type: ignore[import-not-found]
from sanic import Blueprint, Sanic, response  # type: ignore[import-not-found]
from sanic.request import Request  # type: ignore[import-not-found]
from sanic.response import HTTPResponse  # type: ignore[import-not-found]
from threadpoolctl import threadpool_limits  # type: ignore[import-not-found]

from ivr.dialogue.in_rasa.service_action import use_service_actions


class Turns(InputChannel):
    """`POST /webhooks/turns/turn?token=`, one at a time for each call."""

    def __init__(self, token: str) -> None:
        """Only who shows `token` is answered: the answer holds what a caller said."""
        self._token = token

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> "Turns":
        """Return the channel, and have Rasa ask for actions as the service answers them."""
        use_service_actions()
        return cls((credentials or {})["token"])

    @classmethod
    def name(cls) -> str:
        """Return the channel's name, which is a part of its path."""
        return "turns"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the route."""
        blueprint = Blueprint("turns")

        @blueprint.after_server_start
        async def leave_alone_what_stays(_: Sanic, __: object) -> None:
            """Spare turns two delays: collecting garbage in all that is loaded, and threads that only spin.

            One sentence is too little for the threads of numpy's library to share.
            """
            threadpool_limits(1, user_api="blas")
            gc.collect()
            gc.freeze()

        @blueprint.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            if not hmac.compare_digest(str(request.args.get("token")).encode(), self._token.encode()):
                return response.json({"error": "wrong token"}, 401)
            agent: Agent = request.app.ctx.agent
            if agent is None or not agent.is_ready():
                return response.json({"error": "no model"}, 409)
            asked = request.json
            call_id = str(asked["sender"])
            if asked.get("takes_back"):
                await _take_back(agent, call_id)
            message = UserMessage(
                asked["message"],
                CollectingOutputChannel(),
                call_id,
                input_channel=self.name(),
                metadata=asked.get("metadata"),
            )
            await on_new_message(message)
            return response.json(left_behind(await agent.tracker_store.retrieve(call_id)))

        return blueprint


async def _take_back(agent: Agent, call_id: str) -> None:
    """Forget the last input and what came of it; Rasa's own way takes the listening before it along."""
    async with agent.lock_store.lock(call_id):
        tracker = await agent.tracker_store.retrieve(call_id)
        if tracker is None or tracker.latest_message is None:
            return
        events = [UserUtteranceReverted(), ActionExecuted(ACTION_LISTEN_NAME)]
        tracker.update_with_events(events, agent.domain)
        await agent.tracker_store.save(tracker)


def left_behind(tracker: DialogueStateTracker | None) -> dict[str, Any]:
    """Return the events since the last input, the slots and the form, as Rasa's own tracker page does."""
    if tracker is None:
        return {"events": []}
    turn: list[RasaEvent] = []
    for event in reversed(tracker.events):
        turn.append(event)
        if isinstance(event, UserUttered):
            break
    state = tracker.current_state()
    events = [event.as_dict() for event in reversed(turn)]
    return {"events": events, "slots": state["slots"], "active_loop": state["active_loop"]}
