"""Decides what a sentence means as a row of figures, near for sentences that say the same."""
