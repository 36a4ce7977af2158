"""Whether a step was the fund's; and indexes for sums of one agency's people, and for its trail by time."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; steps from before are taken for an agency's, since steps are never altered."""
    op.add_column("case_steps", sa.Column("by_fund", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("tallies_of_agency", "tallies", ["kind", "agency", "subject", "stratum", "month"])
    op.create_index("trail_of_agency_by_time", "trail", ["agency", "at_ms", "id"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("trail_of_agency_by_time", "trail")
    op.drop_index("tallies_of_agency", "tallies")
    op.drop_column("case_steps", "by_fund")
