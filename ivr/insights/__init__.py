"""What the calls say: quality, value and friction, computed from the records they leave."""
