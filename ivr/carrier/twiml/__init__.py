"""TwiML: what documents may say and how they are carried out."""
