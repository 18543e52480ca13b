"""Which calls are traced when: each once it has ended, and the webhooks about it as they are answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ivr import log
from ivr.records.feed import EVERY_CALL, Feed
from ivr.records.kinds import Kind
from ivr.records.store import CallRecords, RecordsUnavailable
from ivr.telemetry.call_trace import Span, call_trace

_log = log.get("telemetry")
WAIT_S = 1.0


class Traces(Protocol):
    """Takes spans and sends them on. Safe from any thread; never blocks, never raises."""

    def send(self, call_id: str, spans: Sequence[Span]) -> None:
        """Send a call's spans, the call itself first."""
        ...

    def send_within(self, call_id: str, span: Span) -> None:
        """Send a span that belongs to a call of which the rest comes at its end."""
        ...


def trace_ended_calls(records: CallRecords, feed: Feed, traces: Traces) -> None:
    """Send the trace of every call that ends in this process. Never returns."""
    with feed.subscribe(EVERY_CALL) as news:
        while True:
            event = news.get(WAIT_S)
            if event is None or event.kind != Kind.CALL_ENDED:
                continue
            try:
                traces.send(event.call_id, call_trace(records.events(event.call_id)))
            except RecordsUnavailable as problem:
                _log.warning("call_not_traced", call_id=event.call_id, reason=str(problem))


def webhook_span(name: str, began: datetime, ended: datetime, status: int) -> Span:
    """Return the span of one answered webhook; its name is ours, never an address."""
    return Span(name, began, ended, {"status": status})
