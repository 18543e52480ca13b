"""The studio's table: what designers did about callers' words."""

from sqlalchemy import JSON, Column, String, Table

from ivr.records.columns import UtcDateTime, metadata

# The key is a hash of language and words; `sentences` are pairs of intent and
# sentence that were written into nlu_data/.
inbox_decisions = Table(
    "inbox_decisions",
    metadata,
    Column("key", String(16), primary_key=True),
    Column("language", String(16), nullable=False),
    Column("what", String(16), nullable=False),
    Column("sentences", JSON, nullable=False),
    Column("who", String(128), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
)
