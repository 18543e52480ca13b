"""Figures by hour, words that met no answer, alerts and reports; calls are counted anew for them."""

import sqlalchemy as sa
from alembic import op

from ivr.records.models import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and forget the sums: the service counts every call anew by itself."""
    op.create_table(
        "hour_counts",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("hour", sa.String(2), nullable=False),
        sa.Column("measure", sa.String(32), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("key", sa.String(96), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "hour", "measure", "release", "is_synthetic", "key", name="pk_hour_counts"
        ),
    )
    op.create_table(
        "unmet_words",
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("intent", sa.String(64), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("step", sa.String(64), nullable=False),
        sa.Column("why", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", "turn", name="pk_unmet_words"),
    )
    op.create_index("ix_unmet_words_is_synthetic_day", "unmet_words", ["is_synthetic", "day"])
    op.create_table(
        "notices",
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime()),
        sa.Column("next_try_at", UtcDateTime()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(200)),
        sa.PrimaryKeyConstraint("key", "way", name="pk_notices"),
    )
    op.create_index("ix_notices_written_at", "notices", ["written_at"])
    op.create_index("ix_notices_next_try_at", "notices", ["next_try_at"])
    _forget_sums()


def downgrade() -> None:
    """Drop them."""
    op.drop_table("notices")
    op.drop_table("unmet_words")
    op.drop_table("hour_counts")
    _forget_sums()


def _forget_sums() -> None:
    for table in ("call_summaries", "day_counts", "month_counts"):
        op.execute(f"DELETE FROM {table}")
    op.execute("UPDATE event_streams SET counted_seq = 0")
