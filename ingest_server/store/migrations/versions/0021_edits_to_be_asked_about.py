"""The changes of each edit, a row for each, to be asked about; and edits by visit and by time."""

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None

_TABLE = "visit_edit_changes"
_MOMENTS = ("start", "end")


def upgrade() -> None:
    """Apply."""
    made = op.create_table(
        _TABLE,
        sa.Column("edit", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("captured", sa.Text(), nullable=True),
        sa.Column("edited", sa.Text(), nullable=True),
        sa.Column("captured_ms", sa.BigInteger(), nullable=True),
        sa.Column("edited_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["edit"], ["visit_edits.id"]),
        sa.PrimaryKeyConstraint("edit", "position"),
    )
    connection = op.get_bind()
    if rows := list(_changed(connection)):
        connection.execute(sa.insert(made), rows)
    op.create_index("visit_edits_by_visit", "visit_edits", ["visit", "id"])
    op.create_index("visit_edits_by_time", "visit_edits", ["at_ms", "id"])


def downgrade() -> None:
    """Undo: the edits themselves hold all of it."""
    op.drop_index("visit_edits_by_time", "visit_edits")
    op.drop_index("visit_edits_by_visit", "visit_edits")
    op.drop_table(_TABLE)


def _changed(connection: sa.Connection) -> Iterator[dict[str, object]]:
    captured: dict[tuple[str, str], object] = {}
    for digest, edit, changes in connection.execute(
        sa.text("SELECT digest, id, changes FROM visit_edits ORDER BY digest, number")
    ):
        for position, change in enumerate(msgspec.json.decode(changes)):
            # Whatever changed a field of a visit first found it as it was captured.
            was = captured.setdefault((digest, change["field"]), change["before"])
            yield {"edit": edit, "position": position, **_row(change["field"], was, change["after"])}


def _row(field: str, was: object, now: object) -> dict[str, object]:
    unit = "_ms" if field in _MOMENTS else ""
    empty = dict.fromkeys(("captured", "edited", "captured_ms", "edited_ms"))
    return empty | {"field": field, f"captured{unit}": _told(was), f"edited{unit}": _told(now)}


def _told(value: object) -> object:
    return ", ".join(value) if isinstance(value, list) else value
