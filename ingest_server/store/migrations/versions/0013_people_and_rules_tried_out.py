"""Accounts that end and are not forgotten, one-time passwords, tokens that only look; what rules tried out came to."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# No session lived longer than this before sessions and tokens were told apart, and no token shorter.
_LONGEST_SESSION_MS = 12 * 3_600_000


def upgrade() -> None:
    """Apply."""
    # Not in batches: SQLite would copy the table and drop the one that sessions refer to.
    op.add_column("users", sa.Column("disabled", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("users", sa.Column("one_time_until_ms", sa.BigInteger(), nullable=True))
    op.add_column("users", sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sessions", sa.Column("kind", sa.String(length=8), nullable=False, server_default="session"))
    op.add_column("sessions", sa.Column("read_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_sessions_user", "sessions", ["user"])
    longer = sa.text("UPDATE sessions SET kind = 'token' WHERE expires_at_ms - created_at_ms > :longest")
    op.get_bind().execute(longer, {"longest": _LONGEST_SESSION_MS})
    op.create_index("trail_by_actors_deed", "trail", ["actor", "deed", "id"])
    _movements()


def downgrade() -> None:
    """Undo: what rules tried out came to is lost, and whoever was disabled is removed, for they must not come back."""
    op.drop_table("movements")
    op.drop_index("trail_by_actors_deed", "trail")
    op.execute('DELETE FROM sessions WHERE "user" IN (SELECT name FROM users WHERE disabled)')
    op.execute("DELETE FROM users WHERE disabled")
    op.drop_index("ix_sessions_user", "sessions")
    for table, columns in (
        ("sessions", ("read_only", "kind")),
        ("users", ("version", "one_time_until_ms", "disabled")),
    ):
        for column in columns:
            op.drop_column(table, column)


def _movements() -> None:
    op.create_table(
        "movements",
        sa.Column("rules", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=True),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("actor", sa.String(length=96), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("movement", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("rules", "kind"),
    )
