"""What insights keep: what each call comes down to, and the sums of each day."""

import sqlalchemy as sa
from alembic import op

from ivr.records.models import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; every call stored so far is still to be counted."""
    with op.batch_alter_table("event_streams") as table:
        table.add_column(sa.Column("counted_seq", sa.Integer(), nullable=False, server_default="0"))
    is_uncounted = sa.text("last_seq <> counted_seq")
    op.create_index(
        "ix_event_streams_uncounted",
        "event_streams",
        ["call_id"],
        sqlite_where=is_uncounted,
        postgresql_where=is_uncounted,
    )
    op.create_table(
        "call_summaries",
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("intent", sa.String(64), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("fate", sa.String(16)),
        sa.Column("caller_key", sa.String(32)),
        sa.Column("order_key", sa.String(32)),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.Column("called_again", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name="pk_call_summaries"),
    )
    op.create_index("ix_call_summaries_day_fate", "call_summaries", ["day", "fate"])
    op.create_index("ix_call_summaries_caller_key_started_at", "call_summaries", ["caller_key", "started_at"])
    op.create_index("ix_call_summaries_order_key_started_at", "call_summaries", ["order_key", "started_at"])
    is_unsettled = sa.text("is_settled = false")
    op.create_index(
        "ix_call_summaries_unsettled",
        "call_summaries",
        ["started_at"],
        sqlite_where=is_unsettled,
        postgresql_where=is_unsettled,
    )
    for name, period in (("day_counts", "day"), ("month_counts", "month")):
        dimensions = ("measure", period, "intent", "language", "release", "is_synthetic", "key")
        op.create_table(
            name,
            sa.Column("measure", sa.String(32), nullable=False),
            sa.Column(period, sa.String(10), nullable=False),
            sa.Column("intent", sa.String(64), nullable=False),
            sa.Column("language", sa.String(16), nullable=False),
            sa.Column("release", sa.String(64), nullable=False),
            sa.Column("is_synthetic", sa.Boolean(), nullable=False),
            sa.Column("key", sa.String(96), nullable=False),
            sa.Column("amount", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint(*dimensions, name=f"pk_{name}"),
        )
        op.create_index(f"ix_{name}_{period}", name, [period])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("month_counts")
    op.drop_table("day_counts")
    op.drop_table("call_summaries")
    op.drop_index("ix_event_streams_uncounted", "event_streams")
    with op.batch_alter_table("event_streams") as table:
        table.drop_column("counted_seq")
