"""Traces over OTLP to a collector: the only module that knows OpenTelemetry; imported only when asked for."""

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator

from ivr.telemetry.call_trace import Span, trace_key

LIMIT_S = 5


class OtlpTraces:
    """Implements `Traces`. Spans wait in memory, 2,048 at most, and go in batches."""

    def __init__(self, url: str, version: str, exporter: SpanExporter | None = None) -> None:
        self._ids = _CallIds()
        resource = Resource({"service.name": "ivr", "service.version": version})
        self._provider = TracerProvider(resource=resource, id_generator=self._ids)
        endpoint = f"{url.rstrip('/')}/v1/traces"
        sender = exporter or OTLPSpanExporter(endpoint=endpoint, timeout=LIMIT_S)
        self._provider.add_span_processor(BatchSpanProcessor(sender))
        self._tracer = self._provider.get_tracer("ivr")

    def send(self, call_id: str, spans: Sequence[Span]) -> None:
        """Send a call's spans, the call itself first."""
        made: list[trace.Span] = []
        for span in spans:
            if span.parent is None:
                with self._ids.of(call_id):
                    made.append(self._start(span, trace.set_span_in_context(trace.INVALID_SPAN)))
            else:
                made.append(self._start(span, trace.set_span_in_context(made[span.parent])))
        for opened, span in zip(made, spans, strict=True):
            opened.end(_ns(span.ended))

    def send_within(self, call_id: str, span: Span) -> None:
        """Send a span that belongs to a call of which the rest comes at its end."""
        key = trace_key(call_id)
        around = trace.SpanContext(
            int.from_bytes(key[:16]),
            int.from_bytes(key[16:]),
            True,
            trace.TraceFlags(trace.TraceFlags.SAMPLED),
        )
        context = trace.set_span_in_context(trace.NonRecordingSpan(around))
        self._start(span, context).end(_ns(span.ended))

    def flush(self) -> None:
        """Send what waits, and wait until it is sent."""
        self._provider.force_flush()

    def _start(self, span: Span, context: Context) -> trace.Span:
        return self._tracer.start_span(
            span.name, context, attributes=dict(span.facts), start_time=_ns(span.began)
        )


class _CallIds(IdGenerator):
    """Gives a call's first span the ids that follow from the call's, all others chance ones."""

    def __init__(self) -> None:
        self._thread = threading.local()

    @contextmanager
    def of(self, call_id: str) -> Iterator[None]:
        self._thread.key = trace_key(call_id)
        try:
            yield
        finally:
            self._thread.key = None

    def generate_trace_id(self) -> int:
        key = getattr(self._thread, "key", None)
        return int.from_bytes(key[:16]) if key is not None else random.getrandbits(128)

    def generate_span_id(self) -> int:
        key = getattr(self._thread, "key", None)
        return int.from_bytes(key[16:]) if key is not None else random.getrandbits(64)


def _ns(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000) * 1000
