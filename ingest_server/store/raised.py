"""What visits raise, in rows that an index leads to: kept in step with standing verdicts, chains and cases."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

import structlog
from sqlalchemy import Connection, RowMapping, delete, insert, select

from ingest_server.errors import UnreadableVerdictError
from ingest_server.scoring.verdict import RaisedException, gravest
from ingest_server.store.schema import records, verdicts, visit_exceptions, visits
from ingest_server.store.summaries import LINK_EXCEPTIONS, standing_verdict, stored_verdict
from visit_record.chain import LinkState

# Verdicts that are read at once.
_CHUNK: Final = 1_000
_OF_VISIT: Final = ("digest", "agency", "check_in_ms", "band", "gravest", "handled", "wakes_at_ms")
log = structlog.get_logger()


def raised_rows(
    visit: Mapping[str, Any] | RowMapping, raised: Iterable[RaisedException], state: LinkState
) -> Iterator[dict[str, object]]:
    """What one visit raises, each code once with the gravest of its classes; ``visit`` is its row."""
    broken = LINK_EXCEPTIONS.get(state)
    everything = [*raised, *([] if broken is None else [broken])]
    for code in {one.code for one in everything}:
        of_code = gravest(one for one in everything if one.code is code)
        yield {name: visit[name] for name in _OF_VISIT} | {"code": code, "class": of_code}


def keep_raised(connection: Connection, rows: Iterable[Mapping[str, object]]) -> None:
    """Store what visits raise of which nothing is stored."""
    if found := list(rows):
        connection.execute(insert(visit_exceptions), found)


def raise_again(connection: Connection, digests: Collection[str]) -> None:
    """Say anew what visits raise, as the verdicts that stand and the chains of their records have it now."""
    ids = sorted(digests)
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        connection.execute(delete(visit_exceptions).where(visit_exceptions.c.digest.in_(chunk)))
        keep_raised(connection, _stored(connection, chunk))


def _stored(connection: Connection, digests: Collection[str]) -> Iterator[dict[str, object]]:
    columns = (*(visits.c[name] for name in _OF_VISIT), records.c.link_state, verdicts.c.verdict)
    query = select(*columns).join_from(visits, records, records.c.digest == visits.c.digest)
    query = query.outerjoin(verdicts, standing_verdict()).where(visits.c.digest.in_(digests))
    for row in connection.execute(query).mappings():
        yield from raised_rows(row, _raised(row["digest"], row["verdict"]), LinkState(row["link_state"]))


def _raised(digest: str, verdict: bytes | None) -> tuple[RaisedException, ...]:
    try:
        return stored_verdict(digest, verdict).exceptions
    except UnreadableVerdictError as failure:
        # Told on the visit's page too; it must not stop the records that arrive beside it.
        log.error("verdict cannot be read", record=digest, detail=str(failure))
        return ()
