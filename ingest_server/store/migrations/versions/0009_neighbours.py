"""Visits of one recipient and of one device in the order of time."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_OF = ("recipient", "device")


def upgrade() -> None:
    """Apply."""
    for one in _OF:
        op.create_index(f"visits_by_{one}", "visits", [one, "check_in_ms", "digest"])


def downgrade() -> None:
    """Undo."""
    for one in _OF:
        op.drop_index(f"visits_by_{one}", "visits")
