"""The thresholds that agencies have of their own, and who set them, when and why."""

from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy import Connection, func, insert, select

from ingest_server.errors import RulesError
from ingest_server.scoring.verdict import Thresholds
from ingest_server.store.changes import By
from ingest_server.store.schema import threshold_changes


class ThresholdChange(Struct, frozen=True):
    """One change; without figures where the agency was given the rule set's own again."""

    agency: str
    review: float | None
    hold: float | None
    actor: str
    at_ms: int
    note: str | None


def own_thresholds(connection: Connection) -> dict[str, Thresholds]:
    """What holds now, by agency, for those that have their own."""
    column = threshold_changes.c
    latest = select(func.max(column.id)).group_by(column.agency)
    rows = connection.execute(select(threshold_changes).where(column.id.in_(latest), column.review.is_not(None)))
    return {row.agency: Thresholds(row.review, row.hold, row.agency) for row in rows}


def threshold_history(connection: Connection) -> Iterator[ThresholdChange]:
    """Every change, oldest first."""
    for row in connection.execute(select(threshold_changes).order_by(threshold_changes.c.id)):
        yield ThresholdChange(row.agency, row.review, row.hold, row.actor, row.at_ms, row.note)


def set_thresholds(connection: Connection, agency: str, thresholds: Thresholds, by: By) -> None:
    """Give an agency thresholds of its own; :func:`ingest_server.rules.thresholds.check_thresholds` comes first."""
    row = {"agency": agency, "review": thresholds.review, "hold": thresholds.hold, **by.row}
    connection.execute(insert(threshold_changes), row)


def clear_thresholds(connection: Connection, agency: str, by: By) -> None:
    """Give an agency the rule set's thresholds again.

    Raises:
        RulesError: it has none of its own.
    """
    if agency not in own_thresholds(connection):
        raise RulesError(f"agency {agency} has no thresholds of its own; `ingest-server thresholds list` shows all")
    connection.execute(insert(threshold_changes), {"agency": agency, "review": None, "hold": None, **by.row})
