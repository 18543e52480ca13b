"""The tables of insights beside the sums by day: hours, words that met no answer, and what is to be told."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from ivr.records.columns import UtcDateTime, metadata

# Without matter and language: hours are watched for anomalies and compared with each other.
hour_counts = Table(
    "hour_counts",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("hour", String(2), primary_key=True),  # the company's own, 00 to 23
    Column("measure", String(32), primary_key=True),
    Column("release", String(64), primary_key=True),
    Column("is_synthetic", Boolean, primary_key=True),
    Column("key", String(96), primary_key=True),
    Column("amount", BigInteger, nullable=False),
)

# A caller's words as they were stored, redacted; they go when the call's words go.
unmet_words = Table(
    "unmet_words",
    metadata,
    Column("call_id", String(64), primary_key=True),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    Column("day", String(10), nullable=False),
    Column("is_synthetic", Boolean, nullable=False),
    Column("language", String(16), nullable=False),
    Column("intent", String(64), nullable=False),
    Column("release", String(64), nullable=False),
    Column("step", String(64), nullable=False),
    Column("why", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_unmet_words_is_synthetic_day", "is_synthetic", "day"),
)

# Alerts and weekly reports: written before they are sent, one row for each way they go.
notices = Table(
    "notices",
    metadata,
    Column("key", String(160), primary_key=True),
    Column("way", String(16), primary_key=True),  # "page", "email", "webhook"
    Column("kind", String(16), nullable=False),  # "alert", "weekly"
    Column("facts", JSON, nullable=False),
    Column("written_at", UtcDateTime, nullable=False, index=True),
    Column("sent_at", UtcDateTime),
    Column("next_try_at", UtcDateTime, index=True),  # None once it is sent or given up
    Column("tries", Integer, nullable=False),
    Column("problem", String(200)),
)
