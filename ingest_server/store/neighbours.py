"""The visits before and after one, of the same caregiver, recipient and device: where an overlap or a rush is seen."""

from typing import Final, Literal

from msgspec import Struct
from sqlalchemy import Connection, Row, select, tuple_

from ingest_server.scoring.verdict import Band
from ingest_server.store.schema import visits
from ingest_server.store.scope import Scope, visible

Of = Literal["caregiver", "recipient", "device"]
ALL: Final[tuple[Of, ...]] = ("caregiver", "recipient", "device")


class Neighbour(Struct, frozen=True):
    """A visit beside another; ``between_s`` lies between the two, and is negative where they overlap."""

    visit: str
    digest: str
    caregiver: str
    recipient: str
    device: str
    check_in_ms: int
    check_out_ms: int
    band: Band
    between_s: float


class Neighbours(Struct, frozen=True):
    """The visits on both sides, of the same caregiver, recipient or device; ``None`` where there is none to see."""

    of: Of
    before: Neighbour | None
    after: Neighbour | None


class Beside(Struct, frozen=True):
    """Whose visit it is that has neighbours, when it was, and which record it is."""

    caregiver: str
    recipient: str
    device: str
    check_in_ms: int
    check_out_ms: int
    digest: str


def neighbours_of(connection: Connection, scope: Scope, beside: Beside) -> tuple[Neighbours, ...]:
    """The neighbours of a visit, as far as a scope sees them."""
    return tuple(
        Neighbours(
            of, _next(connection, scope, beside, of, later=False), _next(connection, scope, beside, of, later=True)
        )
        for of in ALL
    )


def find_beside(connection: Connection, scope: Scope, digest: str) -> Beside | None:
    """What is asked of a stored visit; ``None`` where there is none to see."""
    columns = [visits.c[name] for name in Beside.__struct_fields__]
    row = connection.execute(select(*columns).where(visits.c.digest == digest, visible(scope))).one_or_none()
    return None if row is None else Beside(*row)


def _next(connection: Connection, scope: Scope, beside: Beside, of: Of, *, later: bool) -> Neighbour | None:
    place, here = tuple_(visits.c.check_in_ms, visits.c.digest), tuple_(beside.check_in_ms, beside.digest)
    query = select(visits).where(visits.c[of] == getattr(beside, of), visible(scope))
    query = query.where(place > here if later else place < here)
    order = (visits.c.check_in_ms, visits.c.digest)
    row = connection.execute(query.order_by(*(order if later else (one.desc() for one in order))).limit(1)).first()
    return None if row is None else _neighbour(row, beside, later=later)


def _neighbour(row: Row[tuple[object, ...]], beside: Beside, *, later: bool) -> Neighbour:
    between_ms = row.check_in_ms - beside.check_out_ms if later else beside.check_in_ms - row.check_out_ms
    return Neighbour(
        visit=row.visit,
        digest=row.digest,
        caregiver=row.caregiver,
        recipient=row.recipient,
        device=row.device,
        check_in_ms=row.check_in_ms,
        check_out_ms=row.check_out_ms,
        band=Band(row.band),
        between_s=between_ms / 1000,
    )
