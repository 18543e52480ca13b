"""The core: phone events in, actions out. Plain values and tables, no I/O, no clock."""
