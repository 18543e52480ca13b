"""Tools for designers: check and train what lies in nlu_data/."""
