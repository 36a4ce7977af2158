"""The gravest class of each visit's exceptions, by which the queue is told apart."""

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_AT_A_TIME = 1_000
_COLUMNS = ("gravest", "band", "handled", "check_in_ms", "digest", "wakes_at_ms")
_INDEXES = (("visits_by_class", _COLUMNS), ("visits_by_class_of_agency", ("agency", *_COLUMNS)))
_CLASSES = ("must_fix", "acknowledge", "info")


def upgrade() -> None:
    """Apply; the standing verdicts of visits say themselves what they raised."""
    with op.batch_alter_table("visits") as batch_op:
        batch_op.add_column(sa.Column("gravest", sa.String(16), nullable=False, server_default=""))
    connection = op.get_bind()
    statement = sa.text("UPDATE visits SET gravest = :gravest WHERE digest = :digest")
    for rows in _raised(connection):
        connection.execute(statement, rows)
    for name, columns in _INDEXES:
        op.create_index(name, "visits", list(columns))


def downgrade() -> None:
    """Undo."""
    for name, _ in _INDEXES:
        op.drop_index(name, "visits")
    with op.batch_alter_table("visits") as batch_op:
        batch_op.drop_column("gravest")


def _raised(connection: sa.Connection) -> Iterator[list[dict[str, str]]]:
    query = sa.text(
        "SELECT visits.digest, verdicts.verdict FROM visits JOIN verdicts ON verdicts.digest = visits.digest"
        " AND verdicts.calibration = visits.calibration AND verdicts.rules = visits.rules"
        " WHERE visits.digest > :after ORDER BY visits.digest LIMIT :most"
    )
    after = ""
    while rows := connection.execute(query, {"after": after, "most": _AT_A_TIME}).all():
        yield [{"digest": row.digest, "gravest": _gravest(row.verdict)} for row in rows]
        after = rows[-1].digest


def _gravest(verdict: bytes) -> str:
    try:
        raised = {one["class_"] for one in msgspec.json.decode(verdict)["exceptions"]}
    except (msgspec.DecodeError, KeyError, TypeError):
        # What cannot be read is told on the visit's page, and must not keep a store from being opened.
        return ""
    return next((one for one in _CLASSES if one in raised), "")
