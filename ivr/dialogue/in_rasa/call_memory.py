"""Where Rasa keeps its conversations: in memory, as the events themselves.

Rasa's own store in memory writes the whole conversation as JSON and reads it back several times a turn, and
keeps something of every call there ever was.
"""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker  # type: ignore[import-not-found]
from rasa.core.tracker_store import TrackerStore  # type: ignore[import-not-found]
from rasa.shared.core.constants import ACTION_SESSION_START_NAME  # type: ignore[import-not-found]
from rasa.shared.core.domain import Domain  # type: ignore[import-not-found]
from rasa.shared.core.events import ActionExecuted  # type: ignore[import-not-found]
from rasa.shared.core.events import Event as RasaEvent
from rasa.shared.core.trackers import (  # type: ignore[import-not-found]
    DialogueStateTracker,
    get_trackers_for_conversation_sessions,
)

REMEMBERED_CALLS = 4096


class CallMemory(TrackerStore):
    """A tracker that was fetched and changed counts only once it is saved, as in every store."""

    def __init__(
        self, domain: Domain | None, event_broker: EventBroker | None = None, host: str | None = None
    ) -> None:
        """Take what Rasa gives each store; there is no host."""
        super().__init__(domain, event_broker)
        self._calls: OrderedDict[str, tuple[RasaEvent, ...]] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep a conversation; an empty one is forgotten, and so is the oldest of too many."""
        await self.stream_events(tracker)
        self._calls.pop(tracker.sender_id, None)
        if tracker.events:
            self._calls[tracker.sender_id] = tuple(tracker.events)
        while len(self._calls) > REMEMBERED_CALLS:
            self._calls.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation since its session began."""
        tracker = await self.retrieve_full_tracker(sender_id)
        if tracker is None or sum(map(_is_start, tracker.events)) <= 1:
            return tracker
        return get_trackers_for_conversation_sessions(tracker)[-1]

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """Return the conversation from its beginning."""
        events = self._calls.get(conversation_id)
        if events is None:
            return None
        tracker: DialogueStateTracker = self.init_tracker(conversation_id)
        tracker.events.extend(events)
        tracker.replay_events()
        return tracker

    async def keys(self) -> Iterable[Any]:
        """Return whose conversations are here."""
        return self._calls.keys()


def _is_start(event: RasaEvent) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == ACTION_SESSION_START_NAME
