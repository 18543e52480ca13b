"""Traces of calls, where a collector is set: who sends them, which webhooks are among them."""

import importlib.metadata
import threading

from flask import Flask, Response, g, request

from ivr.bootstrap.wired import WiredServices
from ivr.clock import Clock
from ivr.telemetry.traces import Traces, trace_ended_calls, webhook_span

TRACED = frozenset({"voice", "rasa_actions"})  # blueprints whose requests name the caller's call


def start_traces(app: Flask, services: WiredServices) -> None:
    """Trace calls and webhooks where the settings name a collector; else load nothing."""
    if services.settings.telemetry_url is None:
        return
    from ivr.telemetry.otlp_traces import OtlpTraces  # nobody else pays for it

    traces = OtlpTraces(services.settings.telemetry_url, importlib.metadata.version("ivr"))
    trace_webhooks(app, traces, services.clock)
    threading.Thread(
        target=trace_ended_calls, args=(services.records, services.feed, traces), name="traces", daemon=True
    ).start()


def trace_webhooks(app: Flask, traces: Traces, clock: Clock) -> None:
    """Send a span for each webhook and each look-up that Rasa asks for."""

    @app.before_request
    def begin() -> None:
        g.began_at = clock.now()

    @app.after_request
    def end(response: Response) -> Response:
        if request.blueprint in TRACED and response.status_code != 403:
            is_voice = request.blueprint == "voice"
            asked = request.form if is_voice else request.get_json(silent=True)
            call_id = str((asked or {}).get("CallSid" if is_voice else "sender_id") or "")
            name = f"webhook {request.endpoint}" if is_voice else "look-up"
            if call_id:
                span = webhook_span(name, g.began_at, clock.now(), response.status_code)
                traces.send_within(call_id, span)
        return response
