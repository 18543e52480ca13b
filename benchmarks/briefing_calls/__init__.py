"""Calls whose facts are known, for `benchmarks.briefing`."""
