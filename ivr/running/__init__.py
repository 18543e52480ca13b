"""Running the whole service on one machine: Rasa, the web service and the local phone network as children."""
