"""The shell that runs one call: owns its thread, feeds the core, carries out its actions."""
