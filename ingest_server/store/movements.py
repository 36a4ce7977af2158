"""What rules that were tried out came to: the last table of a shadow run and of a replay, by whom and of what."""

import hashlib
from enum import StrEnum

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import Connection, Row, delete, insert, select

from ingest_server.rules.movement import Movement
from ingest_server.store.changes import By
from ingest_server.store.history import Period
from ingest_server.store.schema import movements
from visit_record.first_use import known

log = structlog.get_logger()


class Tried(StrEnum):
    """How rules were tried out: beside the live ones as records came, or over what was stored."""

    SHADOW = "shadow"
    REPLAY = "replay"


class KeptMovement(Struct, frozen=True):
    """A table as it was computed; ``same_document`` while the rules are still word for word those that were tried."""

    kind: Tried
    period: Period
    by: By
    same_document: bool
    movement: Movement


def keep_movement(connection: Connection, kind: Tried, document: str, period: Period, by: By, found: Movement) -> None:  # noqa: PLR0913, PLR0917 - each is a column
    """Keep a table in the place of the last of its kind; ``document`` is the text of the rules."""
    key = {"rules": found.rules, "kind": kind}
    connection.execute(delete(movements).where(movements.c.rules == found.rules, movements.c.kind == kind))
    when = {"since_ms": period.since_ms, "until_ms": period.until_ms, "agency": period.agency}
    row = key | when | by.row | {"document": _digest(document), "movement": msgspec.json.encode(found)}
    connection.execute(insert(movements), row)


def kept_movement(connection: Connection, kind: Tried, version: str, document: str) -> KeptMovement | None:
    """The last table of a kind for a rule set whose text is ``document``; ``None`` where nobody made one."""
    query = select(movements).where(movements.c.rules == version, movements.c.kind == kind)
    row = connection.execute(query).one_or_none()
    return None if row is None else _kept(row, document)


def _kept(row: Row[tuple[object, ...]], document: str) -> KeptMovement | None:
    try:
        found = msgspec.json.decode(row.movement, type=known(Movement))
    except (msgspec.DecodeError, UnicodeDecodeError) as failure:
        log.warning("kept movement is of another version of this program", rules=row.rules, detail=str(failure))
        return None
    return KeptMovement(
        Tried(row.kind),
        Period(row.since_ms, row.until_ms, row.agency),
        By(row.actor, row.at_ms, row.note),
        row.document == _digest(document),
        found,
    )


def _digest(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()
