"""Agents behind SIP addresses, which are longer than numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room."""
    with op.batch_alter_table("agents") as table:
        table.alter_column("number", type_=sa.String(128), existing_nullable=False)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("agents") as table:
        table.alter_column("number", type_=sa.String(32), existing_nullable=False)
