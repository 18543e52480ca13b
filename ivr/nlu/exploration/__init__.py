"""Every state a call can get into, visited: shows that no rule, form or policy keeps a caller in a loop."""
