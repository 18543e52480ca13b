"""Flask: parse a request, call one thing, render the answer."""
