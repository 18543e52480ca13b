"""Traces of calls: their spans, their ids, what never gets into them, what they cost where they are off."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from flask import Flask
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ivr.bootstrap.telemetry import trace_webhooks
from ivr.records.store import CallEvent
from ivr.telemetry.call_trace import Span, call_trace, trace_key
from ivr.telemetry.otlp_traces import OtlpTraces
from tests.fakes.steered_clock import SteeredClock

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CALL = "CA" + "5" * 32
TIMINGS = {
    "endpointing_s": 0.4, "transcription_s": 0.3, "dialogue_s": 0.1, "speech_s": 0.05,
    "time_to_first_audio_s": 0.85,
}  # fmt: skip
PERSONAL = {"text": "I am Freja Almkvist", "number": "+46709182736", "digits": "471192", "agent": "Erik"}
STORY = (
    ("call_started", 0, {"release": "r7", "caller_known": True}),
    ("utterance_heard", 9, {"turn": 1, "asr_confidence": 0.9, "engine": "whisper"}),
    ("turn_answered", 10, {"turn": 1, "intent": "order_status", "verdict": "answered", "timings": TIMINGS}),
    ("looked_up", 11, {"system": "orders", "found": True}),
    ("escalated", 12, {"reason": "asked_for_person"}),
    ("transfer_moved", 13, {"transfer_id": "T1", "state": "dialing"}),
    ("transfer_moved", 30, {"transfer_id": "T1", "state": "bridged"}),
    ("call_ended", 60, {"outcome": "connected_to_person", "step": "request"}),
)


def events() -> list[CallEvent]:
    return [
        CallEvent(CALL, seq, BEGAN + timedelta(seconds=at), kind, {**PERSONAL, **facts})
        for seq, (kind, at, facts) in enumerate(STORY, 1)
    ]


def test_a_trace_has_the_call_its_turns_with_their_parts_and_its_transfers() -> None:
    spans = call_trace(events())
    assert [span.name for span in spans] == [
        "call", "turn", "endpointing", "transcription", "rasa", "speech", "look-up", "escalated", "transfer",
        "transfer dialing", "transfer bridged",
    ]  # fmt: skip
    turn, transcription, transfer = spans[1], spans[3], spans[8]
    assert (turn.ended - turn.began).total_seconds() == 0.85
    assert (transcription.began - turn.began).total_seconds() == 0.4
    assert transcription.parent == 1
    assert (transfer.ended - transfer.began).total_seconds() == 17
    assert spans[0].facts == {"release": "r7", "outcome": "connected_to_person", "step": "request"}


def test_a_call_that_never_ended_or_left_nothing_is_no_error() -> None:
    assert call_trace([]) == []
    assert [span.name for span in call_trace(events()[:1])] == ["call"]


def test_spans_go_out_as_one_trace_that_follows_from_the_call_and_holds_nothing_personal() -> None:
    exporter = InMemorySpanExporter()
    traces = OtlpTraces("http://127.0.0.1:9", "1", exporter)
    traces.send_within(CALL, Span("webhook voice.incoming", BEGAN, BEGAN, {"status": 200}))
    traces.send(CALL, call_trace(events()))
    traces.flush()
    sent = exporter.get_finished_spans()
    key = trace_key(CALL)
    assert {span.context.trace_id for span in sent} == {int.from_bytes(key[:16])}
    (call,) = [span for span in sent if span.name == "call"]
    assert call.parent is None and call.context.span_id == int.from_bytes(key[16:])  # noqa: PT018
    children = [span.name for span in sent if span.parent and span.parent.span_id == call.context.span_id]
    assert sorted(children) == ["escalated", "look-up", "transfer", "turn", "webhook voice.incoming"]
    told = json.dumps([json.loads(span.to_json()) for span in sent])
    assert not [value for value in (*PERSONAL.values(), CALL, "Freja") if value in told]


def test_webhooks_are_spans_by_our_names_for_them() -> None:
    sent: list[tuple[str, Span]] = []

    class Noted:
        def send(self, call_id, spans) -> None: ...

        def send_within(self, call_id, span) -> None:
            sent.append((call_id, span))

    app = Flask(__name__)
    app.add_url_rule("/health", "health.live", lambda: "ok")
    app.add_url_rule("/voice/turn", "voice.turn", lambda: "<Response/>", methods=["POST"])
    trace_webhooks(app, Noted(), SteeredClock())
    client = app.test_client()
    client.get("/health")
    client.post("/voice/turn?turn=1", data={"CallSid": CALL, "From": "+46709182736"})
    ((call_id, span),) = sent
    assert (call_id, span.name, span.facts) == (CALL, "webhook voice.turn", {"status": 200})


def test_nothing_of_it_is_loaded_where_no_collector_is_set() -> None:
    seen = "import sys, ivr.bootstrap.telemetry; print([m for m in sys.modules if 'opentelemetry' in m])"
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
