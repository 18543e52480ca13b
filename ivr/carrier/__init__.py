"""A phone network on your own machine: Twilio's side of every protocol, and phones on it."""
