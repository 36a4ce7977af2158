"""Rows up to a limit, counted as they pass: a file says itself where it was cut off."""

from collections.abc import Iterable, Iterator

from ingest_server.exports.table import Row
from ingest_server.words.bilingual import Words


class Bounded:
    """The first ``most`` of some rows. ``count`` and ``cut`` are right once all were taken."""

    def __init__(self, rows: Iterable[Row], most: int) -> None:
        self._rows = rows
        self._most = most
        self.count = 0
        self.cut = False

    def __iter__(self) -> Iterator[Row]:
        """Each row; one beyond the limit is looked for, and not given."""
        for row in self._rows:
            if self.count == self._most:
                self.cut = True
                return
            self.count += 1
            yield row

    @property
    def ending(self) -> Words:
        """How the rows end, in words."""
        if self.cut:
            return Words(
                f"截断：只有前 {self.count} 行，后面还有；请缩小条件再导出",
                f"cut off at {self.count} rows, there are more: narrow the query and export again",
            )
        return Words(f"完整，共 {self.count} 行", f"whole, {self.count} rows")
