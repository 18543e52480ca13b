"""Short answers that bot, agents and other channels share."""
