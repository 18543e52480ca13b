"""Traces of calls for OpenTelemetry: made from the record a call leaves anyway, after the call."""
