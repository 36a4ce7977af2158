"""Indexes for the queue by suspicion, the counts of its bands, and gaps and forks."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("records_by_link", "records", ["link_state", "digest"])
    op.create_index("visits_by_band", "visits", ["band", "check_in_ms", "digest"])
    op.create_index("visits_queue", "visits", ["band", "suspicion", "check_in_ms", "digest"])
    op.create_index("visits_queue_of_agency", "visits", ["agency", "band", "suspicion", "check_in_ms", "digest"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("visits_queue_of_agency", "visits")
    op.drop_index("visits_queue", "visits")
    op.drop_index("visits_by_band", "visits")
    op.drop_index("records_by_link", "records")
