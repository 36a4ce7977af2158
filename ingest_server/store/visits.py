"""Reading visits: a page of them, and one with its evidence. Every query takes a scope."""

from collections.abc import Collection
from typing import Any, Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Row, select, tuple_

from ingest_server.scoring.verdict import DOUBTED, Band
from ingest_server.scoring.wording import ToldVerdict
from ingest_server.store.devices import keys_of
from ingest_server.store.newest import Rows, Stretch, in_stretch, newest
from ingest_server.store.of_code import OfCode, led_by_code
from ingest_server.store.opening import opened_again
from ingest_server.store.proofs import Inclusion, inclusion_of
from ingest_server.store.schema import records, verdicts, visits
from ingest_server.store.scope import Scope, visible
from ingest_server.store.summaries import VisitSummary, at_work, read_verdict, standing_verdict, summaries, summary
from ingest_server.store.wanted import IN_QUEUE, Cut, Order, Place, VisitFilter, Work, matching
from ingest_server.store.weighings import Weighing, weighings_of
from visit_record.chain import LinkState
from visit_record.record import VisitRecord

# So many of a code are put in order one by one; of more, some are met soon along the queue.
FEW: Final = 2_000


class VisitKey(NamedTuple):
    """What a decision about a visit rests on: which record, whose, and where it stands."""

    digest: str
    agency: str
    band: Band


class VisitsPage(Struct, frozen=True):
    """Visits in the order of :func:`visits_page`; ``after`` is where the next page begins, ``None`` on the last."""

    visits: tuple[VisitSummary, ...]
    after: Place | None


class VisitDetail(Struct, frozen=True):
    """One record of a visit and all that is known of it.

    ``others`` are digests of the visit's further records; ``weighings`` every verdict on this one but those of rules
    that are only tried out, oldest first.
    """

    summary: VisitSummary
    record: VisitRecord
    verdict: ToldVerdict
    link_state: LinkState
    received_at_ms: int
    scored_at_ms: int
    kid: str
    sealed: str
    inclusion: Inclusion
    others: tuple[str, ...]
    weighings: tuple[Weighing, ...]


def visits_page(connection: Connection, scope: Scope, wanted: VisitFilter, cut: Cut) -> VisitsPage:
    """A page of visits, in the order of the cut.

    Where the newest are first, a check-in more than a day from now is a wrong clock's or a liar's, and comes last.
    """
    in_order = _most_at_risk if order_of(wanted, cut) is Order.LOSS else _newest
    rows = in_order(connection, scope, wanted, cut)
    page = rows[: cut.limit]
    more = Place(page[-1].at_risk_fen, page[-1].check_in_ms, page[-1].digest) if len(rows) > cut.limit else None
    return VisitsPage(summaries(connection, page), more)


def order_of(wanted: VisitFilter, cut: Cut) -> Order:
    """By what a page is ordered."""
    # Over all bands no index has the losses in order.
    if wanted.band is None:
        return Order.NEWEST
    return cut.order or (Order.LOSS if wanted.band in DOUBTED else Order.NEWEST)


def chosen_visits(connection: Connection, scope: Scope, digests: Collection[str]) -> tuple[VisitSummary, ...]:
    """Visits by the digests of their records, oldest first, as far as there are any to see."""
    query = select(visits).where(visits.c.digest.in_(sorted(digests)), visible(scope))
    rows = connection.execute(query.order_by(visits.c.check_in_ms, visits.c.digest)).all()
    return tuple(summaries(connection, rows))


def find_key(connection: Connection, scope: Scope, visit: str, digest: str | None = None) -> VisitKey | None:
    """The first record of a visit in the ledger, or the one of ``digest``; ``None`` where there is none to see."""
    query = select(visits.c.digest, visits.c.agency, visits.c.band).join(records, records.c.digest == visits.c.digest)
    query = query.where(visits.c.visit == visit, visible(scope)).order_by(records.c.log_index)
    if digest is not None:
        query = query.where(visits.c.digest == digest)
    row = connection.execute(query).first()
    return None if row is None else VisitKey(row.digest, row.agency, Band(row.band))


def find_visit(connection: Connection, scope: Scope, visit: str, digest: str | None = None) -> VisitDetail | None:
    """A visit by its id: its first record in the ledger, or the one of ``digest``; ``None`` where there is none to see.

    The signature is checked again, so that bytes altered in the database are not shown as evidence.

    Raises:
        AlteredRecordError: the stored record is no longer what was received.
        UnreadableVerdictError: its verdict cannot be read.
    """
    query = select(visits, records, verdicts.c.verdict, verdicts.c.scored_at_ms).join_from(visits, records)
    query = query.join(verdicts, standing_verdict())
    query = query.where(visits.c.visit == visit, visible(scope))
    found = {row.digest: row for row in connection.execute(query.order_by(records.c.log_index))}
    chosen = found.pop(digest or next(iter(found), ""), None)
    return None if chosen is None else _detail(connection, chosen, tuple(found))


# Each reads one row more than the page holds, which tells that there is another page.
def _most_at_risk(connection: Connection, scope: Scope, wanted: VisitFilter, cut: Cut) -> Rows:
    query = select(visits).where(matching(scope, wanted, cut.now_ms))
    if led_by_code(wanted):
        digests = OfCode(scope, wanted, cut.now_ms).digests(connection, FEW)
        query = query if len(digests) == FEW else select(visits).where(visits.c.digest.in_(digests))
    if cut.after is not None:
        query = query.where(tuple_(*IN_QUEUE) < tuple_(*cut.after))
    # The index has the losses of those that are handled in order, and of those that are not, and not of both.
    whether = (False, True) if wanted.work is None else (wanted.work is Work.HANDLED,)
    in_order = query.order_by(*(column.desc() for column in IN_QUEUE)).limit(cut.limit + 1)
    rows = [row for handled in whether for row in connection.execute(in_order.where(visits.c.handled.is_(handled)))]
    return sorted(rows, key=lambda row: (row.at_risk_fen, row.check_in_ms, row.digest), reverse=True)[: cut.limit + 1]


def _newest(connection: Connection, scope: Scope, wanted: VisitFilter, cut: Cut) -> Rows:
    def of_code(stretch: Stretch, most: int) -> Rows:
        return OfCode(scope, wanted, cut.now_ms).newest(connection, stretch, most)

    def as_they_lie(stretch: Stretch, most: int) -> Rows:
        query = select(visits).where(matching(scope, wanted, cut.now_ms), in_stretch(visits, stretch.shape))
        order = (visits.c.check_in_ms.desc(), visits.c.digest.desc())
        return connection.execute(query.order_by(*order).limit(most), stretch.values).all()

    return newest(of_code if led_by_code(wanted) else as_they_lie, cut)


def _detail(connection: Connection, row: Row[Any], others: tuple[str, ...]) -> VisitDetail:
    opened = opened_again(row.sealed, row.digest, keys_of(connection, row.device))
    # Verdicts from before rule sets call their rules 1 themselves; the row knows better.
    verdict = replace(read_verdict(row.digest, row.verdict), rules=row.rules)
    link_state = LinkState(row.link_state)
    return VisitDetail(
        summary=summary(row, verdict, link_state, at_work(connection, [row.digest]).get(row.digest)),
        record=opened.record,
        verdict=verdict,
        link_state=link_state,
        received_at_ms=row.received_at_ms,
        scored_at_ms=row.scored_at_ms,
        kid=opened.kid,
        sealed=opened.sealed.decode("ascii"),
        inclusion=inclusion_of(connection, row.log_index, opened.sealed),
        others=others,
        weighings=weighings_of(connection, row.digest),
    )
