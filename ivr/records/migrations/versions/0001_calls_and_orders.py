"""Calls, their events, transfers, callbacks, remembered webhook answers, and the demo shop's orders."""

import sqlalchemy as sa
from alembic import op

from ivr.records.models import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = ("orders", "webhook_answers", "callbacks", "transfers", "call_events", "event_streams", "calls")
IS_LIVE = sa.text("state IN ('requested', 'dialing', 'briefing')")


def upgrade() -> None:
    """Create everything."""
    _create_calls()
    _create_transfers()
    _create_the_rest()
    _forbid_changing_events()


def downgrade() -> None:
    """Drop everything."""
    for name in TABLES:
        op.drop_table(name)
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_event_change()")


def _create_calls() -> None:
    op.create_table(
        "calls",
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("caller", sa.String(32)),
        sa.Column("called", sa.String(32)),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("outcome", sa.String(64)),
        sa.PrimaryKeyConstraint("call_id", name="pk_calls"),
    )
    op.create_index("ix_calls_started_at", "calls", ["started_at"])
    op.create_table(
        "event_streams",
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name="pk_event_streams"),
    )
    op.create_table(
        "call_events",
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.String(32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", "seq", name="pk_call_events"),
        sa.UniqueConstraint("event_id", name="uq_call_events_event_id"),
        sa.ForeignKeyConstraint(
            ["call_id"], ["event_streams.call_id"], name="fk_call_events_call_id", ondelete="CASCADE"
        ),
    )


def _create_transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("ordinal", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("transfer_id", sa.String(64), nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("case", sa.JSON(), nullable=False),
        sa.Column("briefing", sa.JSON(), nullable=False),
        sa.Column("agent", sa.String(128)),
        sa.Column("agent_call_id", sa.String(64)),
        sa.Column("tried", sa.JSON(), nullable=False),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("case_number", sa.String(6)),
        sa.PrimaryKeyConstraint("ordinal", name="pk_transfers"),
        sa.UniqueConstraint("transfer_id", name="uq_transfers_transfer_id"),
    )
    op.create_index("ix_transfers_state", "transfers", ["state"])
    op.create_index("ix_transfers_call_id", "transfers", ["call_id"])
    op.create_index(
        "uq_transfers_one_live_per_call",
        "transfers",
        ["call_id"],
        unique=True,
        sqlite_where=IS_LIVE,
        postgresql_where=IS_LIVE,
    )


def _create_the_rest() -> None:
    op.create_table(
        "callbacks",
        sa.Column("case_number", sa.String(6), nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("number", sa.String(32)),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("briefing", sa.JSON(), nullable=False),
        sa.Column("booked_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("case_number", name="pk_callbacks"),
        sa.UniqueConstraint("call_id", name="uq_callbacks_call_id"),
    )
    op.create_index("ix_callbacks_booked_at", "callbacks", ["booked_at"])
    op.create_table(
        "webhook_answers",
        sa.Column("request_key", sa.String(255), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("request_key", name="pk_webhook_answers"),
    )
    op.create_index("ix_webhook_answers_answered_at", "webhook_answers", ["answered_at"])
    op.create_table(
        "orders",
        sa.Column("number", sa.String(6), nullable=False),
        sa.Column("postcode", sa.String(5), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("customer_name", sa.String(128)),
        sa.Column("delivery_date", sa.Date()),
        sa.Column("carrier_name", sa.String(64)),
        sa.Column("tracking_code", sa.String(64)),
        sa.PrimaryKeyConstraint("number", name="pk_orders"),
    )


def _forbid_changing_events() -> None:
    # What happened is never rewritten. Deleting stays possible: a person may ask to be forgotten.
    if op.get_context().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER call_events_never_change BEFORE UPDATE ON call_events "
            "BEGIN SELECT RAISE(ABORT, 'call events are append-only'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'call events are append-only' "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER call_events_never_change BEFORE UPDATE ON call_events "
        "FOR EACH ROW EXECUTE FUNCTION refuse_event_change()"
    )
