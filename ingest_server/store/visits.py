"""Reading visits: a page of them, one with its evidence, and what a caregiver's come to. Every query takes a scope."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, and_, func, select, tuple_

from ingest_server.errors import AlteredRecordError
from ingest_server.scoring.verdict import Band, RaisedException, Reason, Verdict
from ingest_server.store.devices import keys_of
from ingest_server.store.proofs import Inclusion, inclusion_of
from ingest_server.store.schema import records, verdicts, visits
from ingest_server.store.scope import Scope, visible
from visit_record.chain import LinkState
from visit_record.errors import RefusedError
from visit_record.record import VisitRecord
from visit_record.sealing import OpenedRecord, open_record
from visit_record.vocabulary import Typology


class Place(NamedTuple):
    """Where a page ended: the next one begins after it. Stays right while new visits arrive."""

    check_in_ms: int
    digest: str


class VisitFilter(Struct, frozen=True):
    """Which visits are wanted; ``None`` wants all."""

    agency: str | None = None
    caregiver: str | None = None
    band: Band | None = None


class VisitSummary(Struct, frozen=True):
    """A visit as a line of a list. ``top_reason`` is the strongest one for its band, if that has any."""

    visit: str
    digest: str
    agency: str
    device: str
    caregiver: str
    recipient: str
    check_in_ms: int
    check_out_ms: int
    duration_s: float
    band: Band
    typology: Typology
    suspicion: float
    observed_share: float
    top_reason: Reason | None
    exceptions: tuple[RaisedException, ...]


class VisitsPage(Struct, frozen=True):
    """Visits, newest first; ``after`` is where the next page begins, ``None`` on the last."""

    visits: tuple[VisitSummary, ...]
    after: Place | None


class VisitDetail(Struct, frozen=True):
    """One record of a visit and all that is known of it; ``others`` are digests of its further records."""

    summary: VisitSummary
    record: VisitRecord
    verdict: Verdict
    link_state: LinkState
    received_at_ms: int
    scored_at_ms: int
    kid: str
    sealed: str
    inclusion: Inclusion
    others: tuple[str, ...]


def visits_page(
    connection: Connection, scope: Scope, wanted: VisitFilter, after: Place | None, limit: int
) -> VisitsPage:
    """A page of at most ``limit`` visits, newest first."""
    query = select(visits).where(_matching(scope, wanted))
    if after is not None:
        query = query.where(tuple_(visits.c.check_in_ms, visits.c.digest) < tuple_(after.check_in_ms, after.digest))
    newest_first = query.order_by(visits.c.check_in_ms.desc(), visits.c.digest.desc())
    rows = connection.execute(newest_first.limit(limit + 1)).all()
    page = rows[:limit]
    more = Place(page[-1].check_in_ms, page[-1].digest) if len(rows) > limit else None
    return VisitsPage(_summaries(connection, page), more)


def band_counts(connection: Connection, scope: Scope, wanted: VisitFilter) -> dict[Band, int]:
    """How many visits stand in each band, whichever band is wanted."""
    any_band = msgspec.structs.replace(wanted, band=None)
    query = select(visits.c.band, func.count()).where(_matching(scope, any_band)).group_by(visits.c.band)
    found = {Band(band): count for band, count in connection.execute(query)}
    return {band: found.get(band, 0) for band in Band}


def find_visit(connection: Connection, scope: Scope, visit: str, digest: str | None = None) -> VisitDetail | None:
    """A visit by its id: its first record in the ledger, or the one of ``digest``; ``None`` where there is none to see.

    The signature is checked again, so that bytes altered in the database are not shown as evidence.

    Raises:
        AlteredRecordError: the stored record is no longer what was received.
    """
    query = select(visits, records, verdicts.c.verdict, verdicts.c.scored_at_ms).join_from(visits, records)
    query = query.join(verdicts, verdicts.c.digest == visits.c.digest)
    query = query.where(visits.c.visit == visit, visible(scope))
    rows = connection.execute(query.order_by(records.c.log_index, verdicts.c.scored_at_ms)).all()
    latest = {row.digest: row for row in rows}
    chosen = latest.pop(digest or next(iter(latest), ""), None)
    return None if chosen is None else _detail(connection, chosen, tuple(latest))


def _detail(connection: Connection, row: Row[Any], others: tuple[str, ...]) -> VisitDetail:
    opened = _opened(row.sealed, row.digest, keys_of(connection, row.device))
    verdict = msgspec.json.decode(row.verdict, type=Verdict)
    return VisitDetail(
        summary=_summary(row, verdict),
        record=opened.record,
        verdict=verdict,
        link_state=LinkState(row.link_state),
        received_at_ms=row.received_at_ms,
        scored_at_ms=row.scored_at_ms,
        kid=opened.kid,
        sealed=opened.sealed.decode("ascii"),
        inclusion=inclusion_of(connection, row.log_index, opened.sealed),
        others=others,
    )


def _opened(sealed: bytes, digest: str, keys: Mapping[str, Ed25519PublicKey]) -> OpenedRecord:
    try:
        opened = open_record(sealed, keys.get)
    except RefusedError as cause:
        raise AlteredRecordError(f"stored record {digest} no longer opens ({cause}); restore a backup") from cause
    if opened.digest != digest:
        raise AlteredRecordError(f"stored record {digest} has other bytes now; restore it from a backup")
    return opened


def _matching(scope: Scope, wanted: VisitFilter) -> ColumnElement[bool]:
    asked = msgspec.structs.asdict(wanted).items()
    return and_(visible(scope), *(visits.c[column] == value for column, value in asked if value is not None))


def _summaries(connection: Connection, rows: Iterable[Row[Any]]) -> tuple[VisitSummary, ...]:
    rows = list(rows)
    query = select(verdicts.c.digest, verdicts.c.verdict).where(verdicts.c.digest.in_([row.digest for row in rows]))
    latest = {row.digest: row.verdict for row in connection.execute(query.order_by(verdicts.c.scored_at_ms))}
    return tuple(_summary(row, msgspec.json.decode(latest[row.digest], type=Verdict)) for row in rows)


def _summary(row: Row[Any], verdict: Verdict) -> VisitSummary:
    fields = {name: row._mapping[name] for name in VisitSummary.__struct_fields__ if name in row._mapping}
    fields |= {"top_reason": _top_reason(verdict), "exceptions": verdict.exceptions}
    return msgspec.convert(fields, VisitSummary)


def _top_reason(verdict: Verdict) -> Reason | None:
    if verdict.band is Band.INSUFFICIENT_EVIDENCE:
        return None
    sign = 1 if verdict.band is Band.REVIEW else -1
    return max(verdict.reasons, key=lambda reason: sign * reason.decibans, default=None)
