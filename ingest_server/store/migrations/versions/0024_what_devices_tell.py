"""What devices tell of themselves: how each fares now, its hours, and what changed."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "device_told",
        sa.Column("device", sa.String(64), sa.ForeignKey("devices.device"), primary_key=True),
        sa.Column("told", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "device_hours",
        sa.Column("device", sa.String(64), sa.ForeignKey("devices.device"), primary_key=True),
        sa.Column("hour_ms", sa.BigInteger(), primary_key=True),
        sa.Column("heard", sa.Integer(), nullable=False),
        sa.Column("temperature_max_c", sa.Float()),
        sa.Column("disk_free_min_mb", sa.Float()),
        sa.Column("throttled", sa.Integer()),
        sa.Column("waiting_max", sa.Integer(), nullable=False),
        sa.Column("unsynchronised", sa.Integer(), nullable=False),
        sa.Column("amiss", sa.JSON()),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "device_changes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("device", sa.String(64), sa.ForeignKey("devices.device"), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.String(16), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.String(64), nullable=False),
        sa.Column("fault", sa.String(64)),
    )
    op.create_index("device_changes_by_device", "device_changes", ["device", "id"])


def downgrade() -> None:
    """Undo: how devices fare now, they tell again within a minute; what was is gone."""
    op.drop_table("device_changes")
    op.drop_table("device_hours")
    op.drop_table("device_told")
