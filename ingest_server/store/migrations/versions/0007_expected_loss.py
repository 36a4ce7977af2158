"""What is at risk at each visit, by which the queue is ordered."""

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_AT_A_TIME = 1_000
_QUEUE = ("band", "handled", "at_risk_fen", "check_in_ms", "digest", "wakes_at_ms")
_BEFORE = ("band", "suspicion", "check_in_ms", "digest")


def upgrade() -> None:
    """Apply; visits that were counted before say themselves what is at risk."""
    with op.batch_alter_table("visits") as batch_op:
        batch_op.add_column(sa.Column("at_risk_fen", sa.BigInteger(), nullable=False, server_default="0"))
    _indexes(_QUEUE)
    connection = op.get_bind()
    statement = sa.text("UPDATE visits SET at_risk_fen = :at_risk_fen WHERE digest = :digest")
    for rows in _counted(connection):
        connection.execute(statement, rows)


def downgrade() -> None:
    """Undo."""
    _indexes(_BEFORE)
    with op.batch_alter_table("visits") as batch_op:
        batch_op.drop_column("at_risk_fen")


def _indexes(columns: tuple[str, ...]) -> None:
    for name, first in (("visits_queue", ()), ("visits_queue_of_agency", ("agency",))):
        op.drop_index(name, "visits")
        op.create_index(name, "visits", [*first, *columns])


def _counted(connection: sa.Connection) -> Iterator[list[dict[str, object]]]:
    query = sa.text("SELECT digest, counted FROM counted_visits WHERE digest > :after ORDER BY digest LIMIT :most")
    after = ""
    while rows := connection.execute(query, {"after": after, "most": _AT_A_TIME}).all():
        sums = [(row.digest, msgspec.msgpack.decode(row.counted)["count"]["sums"]) for row in rows]
        yield [{"digest": digest, "at_risk_fen": known.get("at_risk", 0)} for digest, known in sums]
        after = rows[-1].digest
