"""What the bot understands and answers: the Rasa adapter and the actions Rasa calls back."""
