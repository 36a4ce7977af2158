"""What edits come to, by caregiver and by whoever made them: sums kept beside them, and read as shares of visits.

Visits that no share of genuine service counts, as the second record of a fork, are in no share here either.
"""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, insert, select, text, tuple_, update

from ingest_server.authenticity.counting import Period, month_of
from ingest_server.authenticity.estimate import Kind
from ingest_server.edits.edit import Edit, Mark, Values
from ingest_server.edits.shares import EditedShare, EditedWhole, EditorKind
from ingest_server.store.key_rows import MOST_KEYS, with_keys
from ingest_server.store.schema import counted_visits, edit_sums, tallies, visits
from ingest_server.store.scope import Scope, of_agency


class SharePlace(Struct, frozen=True):
    """Where a page of shares ended."""

    edited: int
    subject: str
    agency: str


class ShareFilter(Struct, frozen=True):
    """Whose shares are wanted; ``None`` wants all."""

    kind: EditorKind
    period: Period
    agency: str | None = None
    subject: str | None = None
    after: SharePlace | None = None


_SUMS: Final = ("edited", "lengthened", "edits", "withdrawals")
_KEY: Final = ("kind", "subject", "agency", "month")
_WHOSE: Final = (edit_sums.c.subject, edit_sums.c.agency)


def add_to_sums(connection: Connection, digest: str, captured: Values, edits: Sequence[Edit]) -> None:
    """Add the last of a record's edits to the sums, where the record is counted."""
    query = select(visits.c.agency).join(counted_visits, counted_visits.c.digest == visits.c.digest)
    agency = connection.execute(query.where(visits.c.digest == digest)).scalar()
    if agency is None:
        return
    month = month_of(captured.start_ms)
    last, own = edits[-1], [edit for edit in edits if edit.actor == edits[-1].actor]
    for kind, subject, theirs in (
        (EditorKind.CAREGIVER, captured.caregiver, edits),
        (EditorKind.SUPERVISOR, last.actor, own),
    ):
        key = dict(zip(_KEY, (kind.value, subject, agency, month), strict=True))
        _add(connection, key, _added(theirs))


def shares_page(connection: Connection, scope: Scope, wanted: ShareFilter, limit: int) -> list[EditedShare]:
    """Shares, most edited visits first."""
    summed = _summed(scope, wanted).order_by(func.sum(edit_sums.c.edited).desc(), *_WHOSE).limit(limit)
    rows = connection.execute(summed).all()
    counts = _visits_of(connection, wanted, [(row.subject, row.agency) for row in rows])
    return [_share(row, counts[row.subject, row.agency]) for row in rows]


def edited_share(connection: Connection, scope: Scope, kind: EditorKind, subject: str, period: Period) -> EditedWhole:
    """One subject's share, whatever agencies of the scope it is told of."""
    shares = shares_page(connection, scope, ShareFilter(kind, period, subject=subject), 1_000)
    edited = sum(share.edited for share in shares)
    if kind is EditorKind.SUPERVISOR:
        return _whole(sum(share.visits for share in shares), edited)
    return _whole(_counted(connection, scope, Kind.CAREGIVER, period, tallies.c.subject == subject), edited)


def edited_whole(connection: Connection, scope: Scope, wanted: ShareFilter) -> EditedWhole:
    """All visits that the scope sees, and how many were edited."""
    of = of_agency(scope, edit_sums.c.agency)
    where = [edit_sums.c.kind == EditorKind.CAREGIVER, edit_sums.c.month.between(*wanted.period), of]
    others = []
    if wanted.agency is not None:
        where.append(edit_sums.c.agency == wanted.agency)
        others.append(tallies.c.agency == wanted.agency)
    edited = connection.execute(select(func.coalesce(func.sum(edit_sums.c.edited), 0)).where(*where)).scalar_one()
    return _whole(_counted(connection, scope, Kind.AGENCY, wanted.period, *others), int(edited))


def _share(row: Row[Any], count: int) -> EditedShare:
    sums = {name: int(row._mapping[name]) for name in _SUMS}
    return EditedShare(row.subject, row.agency, count, _part(sums["edited"], count), **sums)


def _whole(count: int, edited: int) -> EditedWhole:
    return EditedWhole(count, edited, _part(edited, count))


def _part(edited: int, count: int) -> float:
    return edited / count if count else 0.0


def _added(edits: Sequence[Edit]) -> dict[str, int]:
    *before, last = edits
    lengthened = [edit for edit in edits if Mark.LENGTHENS in edit.marks]
    return {
        "edited": int(not before),
        "lengthened": int(lengthened == [last]),
        "edits": 1,
        "withdrawals": int(last.withdraws is not None),
    }


def _add(connection: Connection, key: dict[str, str], added: dict[str, int]) -> None:
    if connection.dialect.name == "postgresql":
        # Two that add to one row at once would lose one of them. SQLite has one writer at a time anyway.
        connection.execute(text("LOCK TABLE edit_sums IN SHARE ROW EXCLUSIVE MODE"))
    same = and_(*(edit_sums.c[name] == value for name, value in key.items()))
    more = {name: edit_sums.c[name] + value for name, value in added.items()}
    if not connection.execute(update(edit_sums).where(same).values(more)).rowcount:
        connection.execute(insert(edit_sums).values(**key, **added))


def _summed(scope: Scope, wanted: ShareFilter) -> Select[Any]:
    where = [edit_sums.c.kind == wanted.kind, edit_sums.c.month.between(*wanted.period)]
    where.append(of_agency(scope, edit_sums.c.agency))
    where += [edit_sums.c[n] == value for n in ("agency", "subject") if (value := getattr(wanted, n)) is not None]
    query = select(*_WHOSE, *(func.sum(edit_sums.c[name]).label(name) for name in _SUMS)).where(*where)
    query = query.group_by(*_WHOSE)
    return query if wanted.after is None else query.having(_following(wanted.after))


def _following(after: SharePlace) -> ColumnElement[bool]:
    edited = func.sum(edit_sums.c.edited)
    later = tuple_(*_WHOSE) > tuple_(after.subject, after.agency)
    return (edited < after.edited) | ((edited == after.edited) & later)


def _visits_of(
    connection: Connection, wanted: ShareFilter, whose: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """Visits by subject and agency: a caregiver's own, or for a supervisor those of the agency."""
    if wanted.kind is EditorKind.CAREGIVER:
        return _tallied(connection, Kind.CAREGIVER, wanted.period, whose)
    agencies = sorted({agency for _, agency in whose})
    found = _tallied(connection, Kind.AGENCY, wanted.period, [(agency, agency) for agency in agencies])
    return {(subject, agency): found[agency, agency] for subject, agency in whose}


def _tallied(
    connection: Connection, kind: Kind, period: Period, whose: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    key = (tallies.c.kind, tallies.c.subject, tallies.c.agency)
    query = select(*key, func.sum(tallies.c.visits).label("visits")).where(tallies.c.month.between(*period))
    found = dict.fromkeys(whose, 0)
    keys = [(kind.value, subject, agency) for subject, agency in whose]
    for start in range(0, len(keys), MOST_KEYS):
        of_these = with_keys(connection, query, key, keys[start : start + MOST_KEYS])
        for row in connection.execute(of_these.group_by(*key)):
            found[row.subject, row.agency] = int(row.visits)
    return found


def _counted(connection: Connection, scope: Scope, kind: Kind, period: Period, *others: ColumnElement[bool]) -> int:
    query = select(func.coalesce(func.sum(tallies.c.visits), 0)).where(
        tallies.c.kind == kind, tallies.c.month.between(*period), of_agency(scope, tallies.c.agency), *others
    )
    return int(connection.execute(query).scalar_one())
