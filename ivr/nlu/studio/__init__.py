"""What the studio decides: which utterances teach most, which files change, what a release would do."""
