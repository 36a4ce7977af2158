"""Every verdict that was given on a record, as a line each: what history was weighed by, and what it came to."""

from msgspec import Struct
from sqlalchemy import Connection, select

from ingest_server.errors import UnreadableVerdictError
from ingest_server.scoring.verdict import Band
from ingest_server.store.schema import verdicts, visits
from ingest_server.store.summaries import read_verdict
from ingest_server.store.verdicts import Purpose
from visit_record.vocabulary import Typology


class Weighing(Struct, frozen=True):
    """One verdict; what it came to is ``None`` where it cannot be read. ``stands`` for the one that the lists show."""

    rules: str
    calibration: str
    purpose: Purpose
    scored_at_ms: int
    stands: bool
    band: Band | None
    typology: Typology | None
    suspicion: float | None


def weighings_of(connection: Connection, digest: str) -> tuple[Weighing, ...]:
    """Every verdict on a record but those of rules that are only tried out, oldest first."""
    shown = (verdicts.c.digest == digest, verdicts.c.purpose != Purpose.SHADOW)
    query = select(verdicts, visits.c.calibration.label("by"), visits.c.rules.label("under"))
    query = query.join(visits, visits.c.digest == verdicts.c.digest).where(*shown)
    rows = connection.execute(query.order_by(verdicts.c.scored_at_ms, verdicts.c.calibration, verdicts.c.rules))
    return tuple(
        Weighing(
            row.rules,
            row.calibration,
            Purpose(row.purpose),
            row.scored_at_ms,
            (row.calibration, row.rules) == (row.by, row.under),
            *_came_to(digest, row.verdict),
        )
        for row in rows
    )


def _came_to(digest: str, stored: bytes) -> tuple[Band | None, Typology | None, float | None]:
    try:
        verdict = read_verdict(digest, stored)
    except UnreadableVerdictError:
        # The page of the standing one tells it; an old one that cannot be read hides nothing else.
        return None, None, None
    return verdict.band, verdict.typology, verdict.suspicion
