"""What pages sum up or count, in the indexes that find it: of one subject, of an agency, and of visits put off."""

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
_KEY = ["subject", "stratum", "month"]
_WHERE = sa.text("confirmed_at_ms IS NOT NULL")
_PUT_OFF = sa.text("wakes_at_ms > 0")
_OF_PUT_OFF = ["wakes_at_ms", "handled", "agency", "band", "gravest"]


def upgrade() -> None:
    """Apply."""
    for name, whose, summed in _INDEXES:
        op.drop_index(name, "visits")
        op.create_index(name, "visits", [whose, *_PLACE, *summed])
    _index_those_put_off(*_PLACE, *_OF_PUT_OFF)
    op.drop_index("tallies_by_agency", "tallies")
    op.drop_index("tallies_of_agency", "tallies")
    op.create_index("tallies_of_agency", "tallies", ["agency", "kind", *_KEY])
    op.create_index(_CONFIRMED, "visits", _OF_CONFIRMED, sqlite_where=_WHERE, postgresql_where=_WHERE)


def downgrade() -> None:
    """Undo."""
    op.drop_index(_CONFIRMED, "visits")
    op.drop_index("tallies_of_agency", "tallies")
    op.create_index("tallies_of_agency", "tallies", ["kind", "agency", *_KEY])
    op.create_index("tallies_by_agency", "tallies", ["agency"])
    _index_those_put_off(*_PLACE)
    for name, whose, _ in _INDEXES:
        op.drop_index(name, "visits")
        op.create_index(name, "visits", [whose, *_PLACE])


def _index_those_put_off(*columns: str) -> None:
    op.drop_index("visits_put_off", "visits")
    op.create_index("visits_put_off", "visits", columns, sqlite_where=_PUT_OFF, postgresql_where=_PUT_OFF)
