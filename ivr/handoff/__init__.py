"""From bot to person: when (escalation), with what words (briefing), and how (transfer)."""
