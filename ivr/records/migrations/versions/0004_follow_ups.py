"""What is owed after a wait or a call: messages, texts, and the tries to call somebody back."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OPEN_TRY = "state IN ('agent_rings', 'agent_briefed', 'caller_rings', 'caller_asked', 'joined')"


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "messages",
        sa.Column("case_number", sa.String(6), primary_key=True),
        sa.Column("call_id", sa.String(64), nullable=False, unique=True),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("recording_sid", sa.String(64)),
        sa.Column("text", sa.Text()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("taken_at", _moment(), nullable=False),
    )
    op.create_table(
        "texts",
        sa.Column("text_id", sa.String(96), primary_key=True),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("sid", sa.String(64)),
        sa.Column("since", _moment(), nullable=False),
    )
    op.create_table(
        "callback_tries",
        sa.Column("try_id", sa.String(64), primary_key=True),
        sa.Column("case_number", sa.String(6), nullable=False, index=True),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(128), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("agent_call_id", sa.String(64)),
        sa.Column("caller_call_id", sa.String(64)),
        sa.Column("since", _moment(), nullable=False),
    )
    for owner in ("agent", "case_number"):
        op.create_index(
            f"uq_callback_tries_one_open_per_{owner}",
            "callback_tries",
            [owner],
            unique=True,
            sqlite_where=sa.text(OPEN_TRY),
            postgresql_where=sa.text(OPEN_TRY),
        )


def downgrade() -> None:
    """Drop them."""
    for table in ("callback_tries", "texts", "messages"):
        op.drop_table(table)
