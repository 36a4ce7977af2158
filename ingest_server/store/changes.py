"""Who changed something, when, and why: what every history keeps of a change."""

from msgspec import Struct
from sqlalchemy import Connection, func, select

from ingest_server.store.schema import rule_set_history, threshold_changes


class By(Struct, frozen=True):
    """The author of a change: a user, or the operating system's user that ran a command."""

    actor: str
    at_ms: int
    note: str | None = None

    @property
    def row(self) -> dict[str, object]:
        """The columns of a history."""
        return {"actor": self.actor, "at_ms": self.at_ms, "note": self.note}


def changes_so_far(connection: Connection) -> tuple[int, int]:
    """A mark that moves with every change of rules or thresholds."""
    rules = select(func.coalesce(func.max(rule_set_history.c.id), 0)).scalar_subquery()
    thresholds = select(func.coalesce(func.max(threshold_changes.c.id), 0)).scalar_subquery()
    row = connection.execute(select(rules, thresholds)).one()
    return row[0], row[1]
