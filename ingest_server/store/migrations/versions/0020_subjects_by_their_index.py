"""What the pages of one caregiver, recipient, device or agency sum up, in the index that finds their visits."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_PLACE = ["check_in_ms", "digest"]
_INDEXES = (
    (
        "visits_by_caregiver",
        "caregiver",
        ["agency", "band", "recipient", "device", "duration_s", "observed_share"],
    ),
    ("visits_by_recipient", "recipient", ["agency", "band", "caregiver", "device"]),
    ("visits_by_device", "device", ["agency", "band", "caregiver", "recipient"]),
)
_CONFIRMED = "visits_confirmed_of_agency"
_OF_CONFIRMED = ["agency", "confirmed_at_ms", "settled_fen"]
_WHERE = sa.text("confirmed_at_ms IS NOT NULL")


def upgrade() -> None:
    """Apply."""
    for name, whose, summed in _INDEXES:
        op.drop_index(name, "visits")
        op.create_index(name, "visits", [whose, *_PLACE, *summed])
    op.create_index(_CONFIRMED, "visits", _OF_CONFIRMED, sqlite_where=_WHERE, postgresql_where=_WHERE)


def downgrade() -> None:
    """Undo."""
    op.drop_index(_CONFIRMED, "visits")
    for name, whose, _ in _INDEXES:
        op.drop_index(name, "visits")
        op.create_index(name, "visits", [whose, *_PLACE])
