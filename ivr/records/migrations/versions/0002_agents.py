"""Agents: who takes calls, whether they do now, and since when."""

import sqlalchemy as sa
from alembic import op

from ivr.records.models import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; the service fills it from its settings at its next start."""
    op.create_table(
        "agents",
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("presence", sa.String(16), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_agents"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("agents")
