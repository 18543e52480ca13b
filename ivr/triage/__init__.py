"""The escalation's adapters: the word classifier, the designers' policy file, stored calls judged anew."""
