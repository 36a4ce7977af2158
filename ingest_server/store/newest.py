"""The newest first, where a check-in more than a day from now is a wrong clock's or a liar's, and comes last."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Table, and_, tuple_

from ingest_server.store.wanted import Cut, Place

# A check-in may be ahead of our clock by the fault of the device's, and still be of today.
_AHEAD_MS: Final = 86_400_000
Rows = Sequence[Row[Any]]


class Stretch(Struct, frozen=True):
    """A part of a list: check-ins up to a moment, or those ``ahead`` of it, after a place or from the beginning."""

    until_ms: int
    ahead: bool
    after: Place | None = None

    def of(self, table: Table) -> ColumnElement[bool]:
        """The condition on a table that has a check-in and a digest."""
        check_in_ms, after = table.c.check_in_ms, self.after
        side = check_in_ms > self.until_ms if self.ahead else check_in_ms <= self.until_ms
        if after is None:
            return side
        return and_(side, tuple_(check_in_ms, table.c.digest) < tuple_(after.check_in_ms, after.digest))


def newest(found: Callable[[Stretch, int], Rows], cut: Cut) -> Rows:
    """The rows of a page and one more, which tells that there is another; ``found`` has so many of a stretch."""
    until_ms, most = cut.now_ms + _AHEAD_MS, cut.limit + 1
    if cut.after is not None and cut.after.check_in_ms > until_ms:
        return found(Stretch(until_ms, True, cut.after), most)
    rows = found(Stretch(until_ms, False, cut.after), most)
    return [*rows, *found(Stretch(until_ms, True), most - len(rows))]
