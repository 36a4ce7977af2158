"""Whom a case was handed to, by which step a visit came to be in it, and what was recovered."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_OPEN = sa.text("state != 'closed'")
_RECOVERED = sa.text("recovered_on IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    op.add_column("case_steps", sa.Column("assignee", sa.String(length=64), nullable=True))
    op.add_column("case_visits", sa.Column("since_step", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("case_steps", sa.Column("recovered_fen", sa.BigInteger(), nullable=True))
    op.add_column("case_steps", sa.Column("recovered_on", sa.String(length=10), nullable=True))
    columns = ["recovered_on", "case"]
    op.create_index("case_steps_recovered", "case_steps", columns, sqlite_where=_RECOVERED, postgresql_where=_RECOVERED)
    columns = ["assignee", "agency"]
    op.create_index("cases_open_by_assignee", "cases", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    """Undo: how a case stands is kept beside its steps, and says who had it last."""
    op.drop_index("cases_open_by_assignee", "cases")
    op.drop_index("case_steps_recovered", "case_steps")
    op.drop_column("case_steps", "recovered_on")
    op.drop_column("case_steps", "recovered_fen")
    op.drop_column("case_visits", "since_step")
    op.drop_column("case_steps", "assignee")
