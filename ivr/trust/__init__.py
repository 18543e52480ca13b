"""The trust file: what runs here, what it is for, what was said and measured, and the papers about it."""
