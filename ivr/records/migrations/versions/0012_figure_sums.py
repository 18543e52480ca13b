"""Sums by day and month for everything pages are narrowed down to; calls are counted anew for them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OLD = {
    "day_counts": ("measure", "day", "intent", "language", "release", "is_synthetic", "key"),
    "month_counts": ("measure", "month", "intent", "language", "release", "is_synthetic", "key"),
    "hour_counts": ("day", "hour", "measure", "release", "is_synthetic", "key"),
}
LONG = {
    "measure": 32,
    "day": 10,
    "month": 10,
    "hour": 2,
    "intent": 64,
    "language": 16,
    "release": 64,
    "key": 96,
}


def upgrade() -> None:
    """Put one table in the place of three and forget what was counted: the service counts anew by itself."""
    for name in OLD:
        op.drop_table(name)
    op.create_table(
        "figure_sums",
        sa.Column("part", sa.String(8), nullable=False),
        sa.Column("span", sa.String(8), nullable=False),
        sa.Column("is_synthetic", sa.Boolean(), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("intent", sa.String(64), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("amounts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "part", "span", "is_synthetic", "period", "intent", "language", "release", name="pk_figure_sums"
        ),
    )
    _forget()
    op.drop_index("ix_call_summaries_day_fate", "call_summaries")
    with op.batch_alter_table("call_summaries") as table:
        table.add_column(sa.Column("steps", sa.Text(), nullable=False))
    found = ["is_synthetic", "day", "intent", "language", "release"]
    listed = ["fate", "steps", "started_at", "call_id"]
    op.create_index("ix_call_summaries_found", "call_summaries", [*found, *listed])
    op.create_index("ix_call_summaries_day", "call_summaries", ["day"])
    op.drop_index("ix_unmet_words_is_synthetic_day", "unmet_words")
    op.create_index("ix_unmet_words_found", "unmet_words", found)


def downgrade() -> None:
    """Bring the three tables back, empty; calls are counted anew for them."""
    op.drop_index("ix_unmet_words_found", "unmet_words")
    op.create_index("ix_unmet_words_is_synthetic_day", "unmet_words", ["is_synthetic", "day"])
    op.drop_index("ix_call_summaries_day", "call_summaries")
    op.drop_index("ix_call_summaries_found", "call_summaries")
    _forget()
    with op.batch_alter_table("call_summaries") as table:
        table.drop_column("steps")
    op.create_index("ix_call_summaries_day_fate", "call_summaries", ["day", "fate"])
    op.drop_table("figure_sums")
    for name, key in OLD.items():
        columns = [
            sa.Column(part, sa.Boolean() if part == "is_synthetic" else sa.String(LONG[part]), nullable=False)
            for part in key
        ]
        amount = sa.Column("amount", sa.BigInteger(), nullable=False)
        op.create_table(name, *columns, amount, sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"))
        if name != "hour_counts":
            op.create_index(f"ix_{name}_{key[1]}", name, [key[1]])


def _forget() -> None:
    op.execute("DELETE FROM call_summaries")
    op.execute("DELETE FROM unmet_words")
    op.execute("UPDATE event_streams SET counted_seq = 0")
