"""The newest first, where a check-in more than a day from now is a wrong clock's or a liar's, and comes last."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from msgspec import Struct
from sqlalchemy import BigInteger, ColumnElement, Row, String, Table, and_, bindparam, tuple_

from ingest_server.local_days import DAY_MS
from ingest_server.store.wanted import Cut, Place

# A check-in may be ahead of our clock by the fault of the device's, and still be of today.
_AHEAD_MS: Final = DAY_MS
Rows = Sequence[Row[Any]]


class StretchShape(NamedTuple):
    """On which side of a moment check-ins are, and whether they are after a place."""

    ahead: bool
    placed: bool


class Stretch(Struct, frozen=True):
    """A part of a list: check-ins up to a moment, or those ``ahead`` of it, after a place or from the beginning."""

    until_ms: int
    ahead: bool
    after: Place | None = None

    @property
    def shape(self) -> StretchShape:
        """What of it a statement is made for."""
        return StretchShape(self.ahead, self.after is not None)

    @property
    def values(self) -> dict[str, object]:
        """What a statement with :func:`in_stretch` is run with."""
        place = {} if self.after is None else {"after_ms": self.after.check_in_ms, "after_digest": self.after.digest}
        return {"until_ms": self.until_ms, **place}


def in_stretch(table: Table, shape: StretchShape) -> ColumnElement[bool]:
    """The condition on a table that has a check-in and a digest."""
    check_in_ms, until_ms = table.c.check_in_ms, bindparam("until_ms", type_=BigInteger)
    side = check_in_ms > until_ms if shape.ahead else check_in_ms <= until_ms
    if not shape.placed:
        return side
    place = tuple_(bindparam("after_ms", type_=BigInteger), bindparam("after_digest", type_=String))
    return and_(side, tuple_(check_in_ms, table.c.digest) < place)


def newest(found: Callable[[Stretch, int], Rows], cut: Cut) -> Rows:
    """The rows of a page and one more, which tells that there is another; ``found`` has so many of a stretch."""
    until_ms, most = cut.now_ms + _AHEAD_MS, cut.limit + 1
    if cut.after is not None and cut.after.check_in_ms > until_ms:
        return found(Stretch(until_ms, True, cut.after), most)
    rows = found(Stretch(until_ms, False, cut.after), most)
    return [*rows, *found(Stretch(until_ms, True), most - len(rows))]
