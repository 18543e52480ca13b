"""Hearing and speaking: transcribers, synthesizers, the worker pool, the prompt cache."""
