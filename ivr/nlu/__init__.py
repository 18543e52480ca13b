"""Tools for the designers who edit nlu_data/."""
