"""The tables of insights beside the calls: sums, words that met no answer, and what is to be told."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text

from ivr.records.columns import UtcDateTime, metadata

# What the calls of a day or a month come to, for each matter, language and release, and for "*": all of
# them. A page reads one row a day or month, whatever it is narrowed down to, and adds up a few hundred.
# Computed from call_summaries and nothing else.
figure_sums = Table(
    "figure_sums",
    metadata,
    Column("part", String(8), primary_key=True),  # "main", "way", "hours": what pages ask for together
    Column("span", String(8), primary_key=True),  # "day", "month"
    Column("is_synthetic", Boolean, primary_key=True),
    Column("period", String(10), primary_key=True),  # the company's own, YYYY-MM-DD or YYYY-MM
    Column("intent", String(64), primary_key=True),
    Column("language", String(16), primary_key=True),
    Column("release", String(64), primary_key=True),
    Column("amounts", Text, nullable=False),  # JSON: measure, key, whole number
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
    Index("ix_unmet_words_found", "is_synthetic", "day", "intent", "language", "release"),
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
