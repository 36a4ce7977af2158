"""What caregivers write at a device of their past visits."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_TABLE = "visit_notes"
_INDEXES = {
    "visit_notes_by_record": ["about_digest", "caregiver"],
    "visit_notes_by_agency": ["agency", "id"],
    "visit_notes_by_caregiver": ["caregiver", "id"],
    "visit_notes_by_device": ["device", "id"],
}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("digest", sa.String(64), sa.ForeignKey("records.digest"), nullable=False, unique=True),
        sa.Column("agency", sa.String(64), nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("caregiver", sa.String(64), nullable=False),
        sa.Column("about_visit", sa.String(36), nullable=False),
        sa.Column("about_seq", sa.BigInteger(), nullable=False),
        sa.Column("about_digest", sa.String(64), nullable=False),
        sa.Column("written_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("shown_by", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("text", sa.Text()),
    )
    for name, columns in _INDEXES.items():
        op.create_index(name, _TABLE, columns)


def downgrade() -> None:
    """Undo: the ledger's records themselves hold all of it."""
    op.drop_table(_TABLE)
