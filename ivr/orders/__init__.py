"""The shop's orders, behind one protocol."""
