"""Who hears at once of events that were appended in this process, and how a listener misses none."""

import queue
import threading
from collections.abc import Iterator
from typing import Protocol

from ivr.records.store import CallEvent, RecordsUnavailable

# Events a slow listener may fall behind; older ones are dropped here and read from the records instead.
BACKLOG = 256
EVERY_CALL = "*"  # no call's id: to listen to all of them


class Subscription:
    """One listener's queue of new events; use it as a context manager."""

    def __init__(self, feed: "Feed", call_id: str) -> None:
        self._feed = feed
        self.call_id = call_id
        self._events: queue.Queue[CallEvent] = queue.Queue(BACKLOG)

    def get(self, timeout_s: float) -> CallEvent | None:
        """Return the next event as it was published, or None when none came in time.

        Two threads that append at once may publish in either order: see `follow`.
        """
        try:
            return self._events.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def offer(self, event: CallEvent) -> None:
        """Queue an event; drop the oldest when the listener does not keep up. Never blocks."""
        while True:
            try:
                self._events.put_nowait(event)
                return
            except queue.Full:
                self._drop_oldest()

    def close(self) -> None:
        """Stop listening."""
        self._feed.leave(self)

    def __enter__(self) -> "Subscription":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _drop_oldest(self) -> None:
        try:
            self._events.get_nowait()
        except queue.Empty:
            return  # the listener has just made room


class Feed:
    """Hands events to the listeners of their call. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscriptions: dict[str, list[Subscription]] = {}

    def subscribe(self, call_id: str) -> Subscription:
        """Start listening to a call, known or not yet."""
        subscription = Subscription(self, call_id)
        with self._lock:
            self._subscriptions.setdefault(call_id, []).append(subscription)
        return subscription

    def publish(self, event: CallEvent) -> None:
        """Hand an event to everyone who listens to its call."""
        with self._lock:
            listeners = [
                *self._subscriptions.get(event.call_id, ()),
                *self._subscriptions.get(EVERY_CALL, ()),
            ]
        for subscription in listeners:
            subscription.offer(event)

    def leave(self, subscription: Subscription) -> None:
        """Forget a listener; harmless when it has left already."""
        with self._lock:
            remaining = [
                s for s in self._subscriptions.get(subscription.call_id, ()) if s is not subscription
            ]
            if remaining:
                self._subscriptions[subscription.call_id] = remaining
            else:
                self._subscriptions.pop(subscription.call_id, None)


class EventReader(Protocol):
    """The part of the records that `follow` reads."""

    def events(self, call_id: str, after_seq: int = 0) -> list[CallEvent]:
        """Return the call's events in order."""
        ...


def follow(
    records: EventReader, feed: Feed, call_id: str, after_seq: int = 0, idle_s: float = 15.0
) -> Iterator[CallEvent | None]:
    """Yield a call's events from `after_seq` on, each once and in order: the stored ones, then new ones.

    Yields None after every `idle_s` without news, so that a server can write a keep-alive and notice that its
    listener has gone. Never ends by itself: stop at the event you wait for and close the generator.
    """
    with feed.subscribe(call_id) as subscription:
        # Subscribed first, read second: an event that falls in between is seen twice, and its seq tells.
        last = after_seq
        for event in records.events(call_id, last):
            last = event.seq
            yield event
        while True:
            news = subscription.get(idle_s)
            if news is not None and news.seq == last + 1:
                last = news.seq
                yield news
                continue
            if news is not None and news.seq <= last:
                continue
            missed = _missed(records, call_id, last)  # dropped, overtaken, or appended by another process
            for event in missed:
                last = event.seq
                yield event
            if not missed:
                yield None


def _missed(records: EventReader, call_id: str, after_seq: int) -> list[CallEvent]:
    try:
        return records.events(call_id, after_seq)
    except RecordsUnavailable:
        return []  # what is published is still heard; the rest is read when the records are back
