"""How each language says numbers, dates and codes: one table file per language, one engine each way."""
