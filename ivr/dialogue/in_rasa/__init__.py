"""What Rasa loads of ours: a channel that answers a whole turn, its memory of calls, its way to our actions.

Runs in Rasa's own environment (Python 3.10) under the names that `ivr/nlu/training.py` writes into its files.
"""
