"""What a value of a question comes to where rows are compared: stored units, and moments in a zone. Pure."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from ingest_server.local_days import moment_ms, span_of
from ingest_server.queries.columns import Kind, Operator, ViewColumn
from ingest_server.queries.query import Filter, Query
from ingest_server.queries.values import YES

Bound = str | int | float | bool
Shown = str | int | float | bool | None
# How many stored units one of the shown is.
_STORED: Final = {Kind.SHARE: 1, Kind.YUAN: 100, Kind.MINUTES: 60}
_SHOWN: Final[Mapping[Kind, Callable[[str | int | float | bool], Shown]]] = MappingProxyType({
    Kind.YUAN: lambda fen: int(fen) / 100,
    Kind.MINUTES: lambda seconds: round(float(seconds) / 60, 2),
    Kind.YES_NO: bool,
})  # fmt: skip


def bound(column: ViewColumn, operator: Operator, value: str, zone: tzinfo) -> Bound:
    """A value in the units that are stored: milliseconds, fen, seconds. A day ends with its last millisecond.

    Whether a column is empty is asked for by a truth.
    """
    if operator is Operator.EMPTY:
        return value == YES
    match column.kind:
        case Kind.MOMENT:
            return _at_ms(value, operator, zone)
        case Kind.COUNT:
            return int(value)
        case Kind.SHARE | Kind.YUAN | Kind.MINUTES:
            return float(_STORED[column.kind] * Decimal(value))
        case Kind.YES_NO:
            return value == YES
        case Kind.ID | Kind.WORD | Kind.TEXT | Kind.MONTH:
            return value


def shown(column: ViewColumn, stored: Shown) -> Shown:
    """A stored value in the column's own unit; a moment stays milliseconds: each screen and file writes it its way."""
    convert = _SHOWN.get(column.kind)
    return stored if stored is None or convert is None else convert(stored)


def reversed_ranges(query: Query) -> Iterator[ViewColumn]:
    """Columns of which a range is asked that ends before it begins."""
    for low in query.filters:
        high = next((one for one in query.filters if (one.column, one.operator) == (low.column, Operator.TO)), None)
        column = query.view.column(low.column)
        if low.operator is Operator.FROM and high is not None and column is not None and _reversed(column, low, high):
            yield column


def _reversed(column: ViewColumn, low: Filter, high: Filter) -> bool:
    begins, ends = low.values[0], high.values[0]
    # A zone is not known here: a moment with its own offset cannot be told from one without to be before it.
    if column.kind is Kind.MOMENT:
        first, last = datetime.fromisoformat(begins), datetime.fromisoformat(ends)
        return first.tzinfo is None and last.tzinfo is None and first.date() > last.date()
    return _number(column, begins) > _number(column, ends)


def _number(column: ViewColumn, value: str) -> Decimal:
    return Decimal(value.replace("-", "")) if column.kind is Kind.MONTH else Decimal(value)


def _at_ms(value: str, operator: Operator, zone: tzinfo) -> int:
    if "T" in value:
        at = datetime.fromisoformat(value)
        return moment_ms(at, at.tzinfo or zone)
    day = date.fromisoformat(value)
    span = span_of(day, day, zone)
    return span.until_ms - 1 if operator is Operator.TO else span.since_ms
