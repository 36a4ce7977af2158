"""Indexes for what is asked of the trail and is rare in it: refusals, and deeds other than reading."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_REFUSED = sa.text("status >= 400")


def upgrade() -> None:
    """Apply."""
    op.create_index("trail_by_deed", "trail", ["deed", "id"])
    op.create_index("trail_refused", "trail", ["id"], sqlite_where=_REFUSED, postgresql_where=_REFUSED)


def downgrade() -> None:
    """Undo."""
    op.drop_index("trail_refused", "trail")
    op.drop_index("trail_by_deed", "trail")
