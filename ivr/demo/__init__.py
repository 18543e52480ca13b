"""Made-up callers for a new house: a month of synthetic calls, marked as such everywhere."""
