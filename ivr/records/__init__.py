"""The database: what happened in every call, transfers, callbacks."""
