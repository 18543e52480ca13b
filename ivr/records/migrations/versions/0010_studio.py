"""What designers did about callers' words."""

import sqlalchemy as sa
from alembic import op

from ivr.records.models import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "inbox_decisions",
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("sentences", sa.JSON(), nullable=False),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_inbox_decisions"),
    )
    op.create_index("ix_inbox_decisions_who", "inbox_decisions", ["who"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("inbox_decisions")
