"""Who hears of events, and that a follower misses none."""

import threading
from itertools import islice

from ivr.records.feed import BACKLOG, Feed, follow
from ivr.records.kinds import Kind
from ivr.records.store import CallEvent
from tests.fakes.memory_records import MemoryCallRecords
from tests.fakes.steered_clock import SteeredClock


def event(seq: int, call_id: str = "CA1") -> CallEvent:
    return CallEvent(call_id, seq, SteeredClock().now(), Kind.BARGE_IN, {})


def test_a_listener_hears_its_call_only() -> None:
    feed = Feed()
    with feed.subscribe("CA1") as mine, feed.subscribe("CA1") as also_mine:
        feed.publish(event(1, "CA2"))
        feed.publish(event(1))
        assert mine.get(1) == also_mine.get(1) == event(1)
        assert mine.get(0.001) is None


def test_nothing_is_kept_for_those_who_left() -> None:
    feed = Feed()
    subscription = feed.subscribe("CA1")
    subscription.close()
    subscription.close()
    feed.publish(event(1))
    assert subscription.get(0.001) is None
    assert feed._subscriptions == {}


def test_a_listener_that_sleeps_holds_nobody_up() -> None:
    feed = Feed()
    with feed.subscribe("CA1") as asleep:
        for seq in range(1, BACKLOG + 11):
            feed.publish(event(seq))
        assert asleep.get(1) == event(11)


def seqs(records: MemoryCallRecords, feed: Feed, count: int, after_seq: int = 0) -> list[int | None]:
    follower = follow(records, feed, "CA1", after_seq, idle_s=0.01)
    heard = [None if news is None else news.seq for news in islice(follower, count)]
    follower.close()
    return heard


def test_a_follower_gets_what_was_stored_before_it_came() -> None:
    feed = Feed()
    records = MemoryCallRecords(feed)
    for _ in range(3):
        records.append("CA1", Kind.BARGE_IN)
    assert seqs(records, feed, 4) == [1, 2, 3, None]
    assert seqs(records, feed, 2, after_seq=2) == [3, None]


def test_a_follower_leaves_when_it_is_closed() -> None:
    feed = Feed()
    seqs(MemoryCallRecords(feed), feed, 1)
    assert feed._subscriptions == {}


def test_a_follower_puts_overtaken_and_unpublished_events_in_order() -> None:
    feed = Feed()
    records = MemoryCallRecords(feed)
    elsewhere = MemoryCallRecords(Feed())
    elsewhere._events = records._events  # another process on the same database: nothing published here
    follower = follow(records, feed, "CA1", idle_s=5)
    records.append("CA1", Kind.BARGE_IN)
    assert next(follower).seq == 1  # type: ignore[union-attr]
    elsewhere.append("CA1", Kind.BARGE_IN)
    records.append("CA1", Kind.BARGE_IN)
    feed.publish(records.events("CA1")[0])
    records.append("CA1", Kind.BARGE_IN)
    assert [news.seq for news in islice(follower, 3) if news] == [2, 3, 4]
    follower.close()


def test_a_follower_that_fell_far_behind_catches_up_from_the_records() -> None:
    feed = Feed()
    records = MemoryCallRecords(feed)
    records.append("CA1", Kind.BARGE_IN)
    follower = follow(records, feed, "CA1", idle_s=0.01)
    next(follower)
    for _ in range(3 * BACKLOG):
        records.append("CA1", Kind.BARGE_IN)
    assert [news.seq for news in islice(follower, 3 * BACKLOG) if news] == list(range(2, 3 * BACKLOG + 2))
    follower.close()


def test_a_follower_sees_racing_writers_in_order() -> None:
    feed = Feed()
    records = MemoryCallRecords(feed)

    def write() -> None:
        for _ in range(200):
            records.append("CA1", Kind.BARGE_IN)

    writers = [threading.Thread(target=write) for _ in range(4)]
    follower = follow(records, feed, "CA1", idle_s=5)
    for writer in writers:
        writer.start()
    assert [news.seq for news in islice(follower, 800) if news] == list(range(1, 801))
    for writer in writers:
        writer.join(10)
    follower.close()


def test_a_follower_survives_records_that_are_away() -> None:
    feed = Feed()
    records = MemoryCallRecords(feed)
    records.append("CA1", Kind.BARGE_IN)
    follower = follow(records, feed, "CA1", idle_s=0.01)
    next(follower)
    records.is_down = True
    assert next(follower) is None
    feed.publish(event(2))
    assert next(follower) == event(2)
    follower.close()
