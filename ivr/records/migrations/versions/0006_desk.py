"""What the desk keeps: agents' notes after a call, and switches for the whole house."""

import sqlalchemy as sa
from alembic import op

from ivr.records.models import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "wrap_ups",
        sa.Column("transfer_id", sa.String(64), nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(128), nullable=False),
        sa.Column("disposition", sa.String(32)),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("finished_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("transfer_id", name="pk_wrap_ups"),
    )
    op.create_index("ix_wrap_ups_call_id", "wrap_ups", ["call_id"])
    op.create_table(
        "switch_throws",
        sa.Column("ordinal", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("thrown_by", sa.String(128), nullable=False),
        sa.Column("thrown_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("ordinal", name="pk_switch_throws"),
    )
    op.create_index("ix_switch_throws_name", "switch_throws", ["name"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("switch_throws")
    op.drop_table("wrap_ups")
