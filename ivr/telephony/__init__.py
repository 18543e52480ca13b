"""Twilio and nothing else: its messages, forms, signatures, TwiML and REST."""
