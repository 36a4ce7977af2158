"""Attempts to log in, which every process that serves pages counts together."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(65), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("login_attempts_by_pair", "login_attempts", ["name", "address"])
    op.create_index("login_attempts_by_time", "login_attempts", ["at_ms"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("login_attempts")
