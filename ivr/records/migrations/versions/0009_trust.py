"""The trust file: requests about data, holds, erasures, recordings, readers of the guide, clearing out."""

import sqlalchemy as sa
from alembic import op

from ivr.records.columns import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _moment(name: str, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "privacy_requests",
        sa.Column("case_number", sa.String(6), primary_key=True),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("wanted", sa.String(16), nullable=False),
        sa.Column("order_number", sa.String(6)),
        _moment("asked_at"),
        _moment("due_at"),
        _moment("closed_at", nullable=True),
        sa.Column("closed_by", sa.String(128)),
    )
    op.create_table(
        "legal_holds",
        sa.Column("hold_id", sa.String(32), primary_key=True),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_by", sa.String(128), nullable=False),
        _moment("held_at"),
        _moment("lifted_at", nullable=True),
    )
    op.create_table(
        "erasures",
        sa.Column("erasure_id", sa.String(32), primary_key=True),
        sa.Column("calls", sa.JSON(), nullable=False),
        sa.Column("number", sa.String(32)),
        sa.Column("asked_by", sa.String(128), nullable=False),
        _moment("asked_at"),
        _moment("done_at", nullable=True),
        sa.Column("waits_for", sa.Text()),
        sa.Column("counts", sa.JSON(), nullable=False),
    )
    op.create_table(
        "call_recordings",
        sa.Column("recording_id", sa.String(32), primary_key=True),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("recording_sid", sa.String(64)),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("notice_version", sa.String(64), nullable=False),
        _moment("notice_ended_at"),
        sa.Column("agreed_by", sa.String(16), nullable=False),
        _moment("started_at"),
        _moment("ended_at", nullable=True),
        _moment("deleted_at", nullable=True),
    )
    op.create_table(
        "recording_visits",
        sa.Column("ordinal", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("recording_sid", sa.String(64), nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("person", sa.String(128), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        _moment("at"),
    )
    op.create_table(
        "guide_readings",
        sa.Column("person", sa.String(128), primary_key=True),
        sa.Column("version", sa.String(16), primary_key=True),
        _moment("read_at"),
    )
    op.create_table(
        "retention_runs",
        sa.Column("ordinal", sa.Integer(), primary_key=True, autoincrement=True),
        _moment("began_at"),
        _moment("ended_at", nullable=True),
        sa.Column("is_ok", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("reached", sa.JSON(), nullable=False),
        sa.Column("problem", sa.Text()),
    )
    for table, column in _INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])


_INDEXES = (
    ("privacy_requests", "call_id"),
    ("privacy_requests", "asked_at"),
    ("legal_holds", "call_id"),
    ("erasures", "done_at"),
    ("call_recordings", "call_id"),
    ("call_recordings", "started_at"),
    ("recording_visits", "call_id"),
    ("retention_runs", "began_at"),
    ("calls", "caller"),
)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_calls_caller", "calls")
    for table in (
        "retention_runs",
        "guide_readings",
        "recording_visits",
        "call_recordings",
        "erasures",
        "legal_holds",
        "privacy_requests",
    ):
        op.drop_table(table)
