"""What may be kept of a caller, for how long, and how it is taken away again."""
