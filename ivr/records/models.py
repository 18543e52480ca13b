"""The tables: what is kept, which combinations cannot exist, and how a time of day is stored."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from ivr.records import insight_tables, studio_tables, trust_tables  # noqa: F401  they belong to the same database
from ivr.records.columns import UtcDateTime, metadata

# Values of handoff.transfer.TransferState. A live transfer has a caller who waits for somebody; an agent
# is busy from the first ring until the joined call is over.
LIVE_STATES = ("requested", "dialing", "briefing")
BUSY_STATES = ("dialing", "briefing", "bridged")


calls = Table(
    "calls",
    metadata,
    Column("call_id", String(64), primary_key=True),
    Column("caller", String(32), index=True),
    Column("called", String(32)),
    Column("language", String(16), nullable=False),
    Column("started_at", UtcDateTime, nullable=False, index=True),
    Column("ended_at", UtcDateTime),
    Column("outcome", String(64)),
)

# The counter that numbers a call's events without gaps. Apart from `calls` so that an event of an unknown
# call is kept, and so that the counter's row lock never holds up a change of the call itself.
event_streams = Table(
    "event_streams",
    metadata,
    Column("call_id", String(64), primary_key=True),
    Column("last_seq", Integer, nullable=False),
    Column("counted_seq", Integer, nullable=False, server_default="0"),  # how far insights have come
)
_IS_UNCOUNTED = text("last_seq <> counted_seq")
Index(
    "ix_event_streams_uncounted",
    event_streams.c.call_id,
    sqlite_where=_IS_UNCOUNTED,
    postgresql_where=_IS_UNCOUNTED,
)

call_events = Table(
    "call_events",
    metadata,
    Column("call_id", String(64), ForeignKey(event_streams.c.call_id, ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("event_id", String(32), nullable=False, unique=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("facts", JSON, nullable=False),
)

transfers = Table(
    "transfers",
    metadata,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("transfer_id", String(64), nullable=False, unique=True),
    Column("call_id", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("case", JSON, nullable=False),
    Column("briefing", JSON, nullable=False),
    Column("agent", String(128)),
    Column("agent_call_id", String(64)),
    Column("tried", JSON, nullable=False),
    Column("state_since", UtcDateTime, nullable=False),
    Column("case_number", String(6)),
    Index("ix_transfers_state", "state"),
    Index("ix_transfers_call_id", "call_id"),
)

_IS_LIVE = text("state IN ('requested', 'dialing', 'briefing')")
Index(
    "uq_transfers_one_live_per_call",
    transfers.c.call_id,
    unique=True,
    sqlite_where=_IS_LIVE,
    postgresql_where=_IS_LIVE,
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("case_number", String(6), primary_key=True),
    Column("call_id", String(64), nullable=False, unique=True),
    Column("number", String(32)),
    Column("reason", String(64), nullable=False),
    Column("briefing", JSON, nullable=False),
    Column("booked_at", UtcDateTime, nullable=False, index=True),
    Column("closed_at", UtcDateTime),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("most_tries", Integer, nullable=False, server_default="3"),
    Column("from_hour", Integer, nullable=False, server_default="8"),
    Column("to_hour", Integer, nullable=False, server_default="20"),
)

agents = Table(
    "agents",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("number", String(128), nullable=False),  # E.164 or a SIP address
    Column("position", Integer, nullable=False),
    Column("presence", String(16), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("missed", Integer, nullable=False),
)

webhook_answers = Table(
    "webhook_answers",
    metadata,
    Column("request_key", String(255), primary_key=True),
    Column("body", Text, nullable=False),
    Column("answered_at", UtcDateTime, nullable=False, index=True),
)

orders = Table(
    "orders",
    metadata,
    Column("number", String(6), primary_key=True),
    Column("postcode", String(5), nullable=False),
    Column("status", String(32), nullable=False),
    Column("customer_name", String(128)),
    Column("delivery_date", Date),
    Column("carrier_name", String(64)),
    Column("tracking_code", String(64)),
)

# What a caller left instead of waiting; the case itself is a row of `callbacks`.
messages = Table(
    "messages",
    metadata,
    Column("case_number", String(6), primary_key=True),
    Column("call_id", String(64), nullable=False, unique=True),
    Column("language", String(16), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("recording_sid", String(64)),
    Column("text", Text),
    Column("tries", Integer, nullable=False),
    Column("taken_at", UtcDateTime, nullable=False),
)

# Text messages callers asked for, written before they are sent.
texts = Table(
    "texts",
    metadata,
    Column("text_id", String(96), primary_key=True),
    Column("call_id", String(64), nullable=False),
    Column("number", String(32), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("sid", String(64)),
    Column("since", UtcDateTime, nullable=False),
)

# Each try to call somebody back. An agent and a case have one open try at most.
callback_tries = Table(
    "callback_tries",
    metadata,
    Column("try_id", String(64), primary_key=True),
    Column("case_number", String(6), nullable=False, index=True),
    Column("call_id", String(64), nullable=False),
    Column("agent", String(128), nullable=False),
    Column("state", String(32), nullable=False),
    Column("agent_call_id", String(64)),
    Column("caller_call_id", String(64)),
    Column("since", UtcDateTime, nullable=False),
)

_IS_OPEN_TRY = text("state IN ('agent_rings', 'agent_briefed', 'caller_rings', 'caller_asked', 'joined')")
for _owner in ("agent", "case_number"):
    Index(
        f"uq_callback_tries_one_open_per_{_owner}",
        callback_tries.c[_owner],
        unique=True,
        sqlite_where=_IS_OPEN_TRY,
        postgresql_where=_IS_OPEN_TRY,
    )

invoices = Table(
    "invoices",
    metadata,
    Column("order_number", String(6), primary_key=True),
    Column("amount_ore", Integer, nullable=False),  # hundredths: databases differ in how they keep decimals
    Column("currency", String(3), nullable=False),
    Column("due_date", Date, nullable=False),
    Column("is_paid", Boolean, nullable=False),
)

order_returns = Table(
    "order_returns",
    metadata,
    Column("order_number", String(6), primary_key=True),
    Column("code", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("amount_ore", Integer),
    Column("currency", String(3), nullable=False),
    Column("paid_on", Date),
)

products = Table(
    "products",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("names", JSON, nullable=False),
    Column("in_stock", Integer, nullable=False),
    Column("back_on", Date),
)

# What callers had done to their orders. The request id makes a repeated request harmless.
order_changes = Table(
    "order_changes",
    metadata,
    Column("request_id", String(128), primary_key=True),
    Column("order_number", String(6), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("detail", Text),
    Column("receipt", String(16), nullable=False, unique=True),
    Column("done_at", UtcDateTime, nullable=False),
)

# What an agent wrote down about a call; a draft until `finished_at` is set. The notes are personal.
wrap_ups = Table(
    "wrap_ups",
    metadata,
    Column("transfer_id", String(64), primary_key=True),
    Column("call_id", String(64), nullable=False, index=True),
    Column("agent", String(128), nullable=False),
    Column("disposition", String(32)),
    Column("notes", Text, nullable=False),
    Column("finished_at", UtcDateTime),
)

# Every throw of a switch for the whole house; the newest row of a name is how it stands.
switch_throws = Table(
    "switch_throws",
    metadata,
    Column("ordinal", Integer, primary_key=True, autoincrement=True),
    Column("name", String(32), nullable=False, index=True),
    Column("is_on", Boolean, nullable=False),
    Column("thrown_by", String(128), nullable=False),
    Column("thrown_at", UtcDateTime, nullable=False),
)

# Computed from call_events and nothing else; `ivr insights rebuild` makes both anew.
call_summaries = Table(
    "call_summaries",
    metadata,
    Column("call_id", String(64), primary_key=True),
    Column("day", String(10), nullable=False),  # the company's own day
    Column("started_at", UtcDateTime, nullable=False),
    Column("intent", String(64), nullable=False),
    Column("language", String(16), nullable=False),
    Column("release", String(64), nullable=False),
    Column("is_synthetic", Boolean, nullable=False),
    Column("fate", String(16)),
    Column("caller_key", String(32)),
    Column("order_key", String(32)),
    Column("is_settled", Boolean, nullable=False),
    Column("called_again", Boolean, nullable=False),
    Column("steps", Text, nullable=False),  # of its way, as "|greeting|order_number|"
    Column("summary", JSON, nullable=False),
    # All that a list of calls is narrowed down by, and ordered by: rows are wide, only those shown are read.
    Index(
        "ix_call_summaries_found",
        *("is_synthetic", "day", "intent", "language", "release", "fate", "steps", "started_at", "call_id"),
    ),
    Index("ix_call_summaries_day", "day"),
    Index("ix_call_summaries_caller_key_started_at", "caller_key", "started_at"),
    Index("ix_call_summaries_order_key_started_at", "order_key", "started_at"),
)
IS_UNSETTLED = text("is_settled = false")  # in the index's own words: SQLite uses it for no others
Index(
    "ix_call_summaries_unsettled",
    call_summaries.c.started_at,
    sqlite_where=IS_UNSETTLED,
    postgresql_where=IS_UNSETTLED,
)
