"""Telephone audio as arrays: G.711, resampling, framing, levels, voice activity."""
