"""What was promised with a callback: how many tries at most, and between which hours."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = (("tries", "0"), ("most_tries", "3"), ("from_hour", "8"), ("to_hour", "20"))


def upgrade() -> None:
    """Add the columns; callbacks booked before get the same terms."""
    for name, value in COLUMNS:
        op.add_column("callbacks", sa.Column(name, sa.Integer(), nullable=False, server_default=value))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("callbacks") as table:
        for name, _ in COLUMNS:
            table.drop_column(name)
