"""The demo shop beyond orders: invoices, returns, products, and what callers had changed."""

import sqlalchemy as sa
from alembic import op

from ivr.records.models import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; `ivr db seed` fills them."""
    op.create_table(
        "invoices",
        sa.Column("order_number", sa.String(6), nullable=False),
        sa.Column("amount_ore", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("is_paid", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("order_number", name="pk_invoices"),
    )
    op.create_table(
        "order_returns",
        sa.Column("order_number", sa.String(6), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("amount_ore", sa.Integer()),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("paid_on", sa.Date()),
        sa.PrimaryKeyConstraint("order_number", name="pk_order_returns"),
    )
    op.create_table(
        "products",
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("in_stock", sa.Integer(), nullable=False),
        sa.Column("back_on", sa.Date()),
        sa.PrimaryKeyConstraint("code", name="pk_products"),
    )
    op.create_table(
        "order_changes",
        sa.Column("request_id", sa.String(128), nullable=False),
        sa.Column("order_number", sa.String(6), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text()),
        sa.Column("receipt", sa.String(16), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name="pk_order_changes"),
        sa.UniqueConstraint("receipt", name="uq_order_changes_receipt"),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("order_changes", "products", "order_returns", "invoices"):
        op.drop_table(table)
