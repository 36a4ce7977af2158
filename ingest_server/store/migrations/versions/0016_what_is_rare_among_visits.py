"""Indexes for visits that are asked for by themselves and few: of a class, closed, or put off."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NEWEST = ["check_in_ms", "digest"]
# Name, columns, and on SQLite and on PostgreSQL which rows it has, all unless it is said.
_INDEXES = (
    ("visits_of_class", ["gravest", *_NEWEST], None, None),
    ("visits_of_class_of_agency", ["agency", "gravest", *_NEWEST], None, None),
    ("visits_handled", _NEWEST, "handled = 1", "handled"),
    ("visits_handled_in_band", ["band", *_NEWEST], "handled = 1", "handled"),
    ("visits_handled_of_agency", ["agency", *_NEWEST], "handled = 1", "handled"),
    ("visits_put_off", _NEWEST, "wakes_at_ms > 0", "wakes_at_ms > 0"),
)


def upgrade() -> None:
    """Apply."""
    for name, columns, on_sqlite, on_postgresql in _INDEXES:
        op.create_index(name, "visits", columns, sqlite_where=_said(on_sqlite), postgresql_where=_said(on_postgresql))


def downgrade() -> None:
    """Undo."""
    for name, *_ in _INDEXES:
        op.drop_index(name, "visits")


def _said(where: str | None) -> sa.TextClause | None:
    return None if where is None else sa.text(where)
