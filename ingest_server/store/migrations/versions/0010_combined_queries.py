"""Saved queries, and indices for what is asked of visits and of the trail."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

_INDICES = (
    ("visits_by_recipient", "visits", ["recipient", "check_in_ms", "digest"]),
    ("visits_by_device", "visits", ["device", "check_in_ms", "digest"]),
    ("trail_by_time", "trail", ["at_ms", "id"]),
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "saved_queries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("view", sa.String(length=32), nullable=False),
        sa.Column("query", sa.String(length=512), nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("owner", "name", name="saved_queries_one_of_a_name"),
    )
    for name, table, columns in _INDICES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Undo: every saved query is lost."""
    for name, table, _ in reversed(_INDICES):
        op.drop_index(name, table)
    op.drop_table("saved_queries")
