"""What edits changed and how cases were closed, to be asked about; and indexes of edits and cases for it."""

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_TABLE = "visit_edit_changes"
_MOMENTS = ("start", "end")
_DUE = {"cases_due": ["due_at_ms", "case"], "cases_due_of_agency": ["agency", "due_at_ms", "case"]}
_OPEN = sa.text("state != 'closed'")
# Of a case that stands closed, the last of these closed it: a closing that was undone lies before it.
_CLOSED = """
UPDATE cases SET closed_at_ms = (
    SELECT max(s.at_ms) FROM case_steps s
    WHERE s."case" = cases."case" AND s.action IN ('close', 'acknowledge', 'approve')
) WHERE state = 'closed'
"""
_TAKEN_ON_BY = ("take", "ask", "close", "propose", "approve", "return", "reopen")


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
    op.add_column("cases", sa.Column("closed_at_ms", sa.BigInteger(), nullable=True))
    op.add_column("cases", sa.Column("of_fund", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("cases_by_closing", "cases", ["closed_at_ms", "agency"])
    for name, columns in _DUE.items():
        op.create_index(name, "cases", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)
    connection.execute(sa.text(_CLOSED))
    for case in _taken_on(connection):
        connection.execute(sa.text('UPDATE cases SET of_fund = true WHERE "case" = :taken_on'), {"taken_on": case})


def downgrade() -> None:
    """Undo: edits and steps themselves hold all of it."""
    for name in ("cases_by_closing", *_DUE):
        op.drop_index(name, "cases")
    op.drop_column("cases", "of_fund")
    op.drop_column("cases", "closed_at_ms")
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


def _taken_on(connection: sa.Connection) -> list[int]:
    lasting: dict[int, list[bool]] = {}
    for case, action, by_fund in connection.execute(
        sa.text('SELECT "case", action, by_fund FROM case_steps ORDER BY "case", number')
    ):
        if action == "undo":
            lasting[case].pop()
        else:
            lasting.setdefault(case, []).append(bool(by_fund) and action in _TAKEN_ON_BY)
    return [case for case, steps in lasting.items() if any(steps)]


def _told(value: object) -> object:
    return ", ".join(value) if isinstance(value, list) else value
