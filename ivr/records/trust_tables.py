"""The trust file's tables: requests, holds, erasures, recordings and who listened, what was read."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text

from ivr.records.columns import UtcDateTime, metadata

# What callers asked for about their data, by voice or otherwise; people answer it.
privacy_requests = Table(
    "privacy_requests",
    metadata,
    Column("case_number", String(6), primary_key=True),
    Column("call_id", String(64), nullable=False, index=True),
    Column("wanted", String(16), nullable=False),
    Column("order_number", String(6)),
    Column("asked_at", UtcDateTime, nullable=False, index=True),
    Column("due_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("closed_by", String(128)),
)

# Calls that must not be erased for now, and why. A hold is lifted, never deleted.
legal_holds = Table(
    "legal_holds",
    metadata,
    Column("hold_id", String(32), primary_key=True),
    Column("call_id", String(64), nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("held_by", String(128), nullable=False),
    Column("held_at", UtcDateTime, nullable=False),
    Column("lifted_at", UtcDateTime),
)

# Each erasing, from the request to the proof. `calls` are ids until it is done, then fingerprints of them.
erasures = Table(
    "erasures",
    metadata,
    Column("erasure_id", String(32), primary_key=True),
    Column("calls", JSON, nullable=False),
    Column("number", String(32)),  # of rows in other people's calls; NULL once done
    Column("asked_by", String(128), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime, index=True),
    Column("waits_for", Text),
    Column("counts", JSON, nullable=False),
)

DROPPED = "dropped"  # stands where a purpose stood: it serves none, and goes the next night at the latest

# Recordings callers agreed to. The voice itself is at the phone network.
call_recordings = Table(
    "call_recordings",
    metadata,
    Column("recording_id", String(32), primary_key=True),
    Column("call_id", String(64), nullable=False, index=True),
    Column("recording_sid", String(64)),
    Column("purpose", String(32), nullable=False),
    Column("notice_version", String(64), nullable=False),
    Column("notice_ended_at", UtcDateTime, nullable=False),
    Column("agreed_by", String(16), nullable=False),  # "key" or "word"
    Column("started_at", UtcDateTime, nullable=False, index=True),
    Column("ended_at", UtcDateTime),
    Column("deleted_at", UtcDateTime),  # and not found by a second look
)

# Every time somebody listened to, exported or deleted a recording.
recording_visits = Table(
    "recording_visits",
    metadata,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("recording_sid", String(64), nullable=False),
    Column("call_id", String(64), nullable=False, index=True),
    Column("person", String(128), nullable=False),
    Column("what", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# Who says they have read which version of the guide.
guide_readings = Table(
    "guide_readings",
    metadata,
    Column("person", String(128), primary_key=True),
    Column("version", String(16), primary_key=True),
    Column("read_at", UtcDateTime, nullable=False),
)

# Every nightly clearing out. `reached` says for each class of data up to which moment calls were cleared.
retention_runs = Table(
    "retention_runs",
    metadata,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("is_ok", Boolean, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("reached", JSON, nullable=False),
    Column("problem", Text),
    Index("ix_retention_runs_began_at", "began_at"),
)
