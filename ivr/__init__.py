"""A phone bot that answers routine matters and knows when to fetch a person."""
