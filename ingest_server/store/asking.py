"""Combined queries over the store: a page of rows, or all of them, within a scope and a deadline.

Only columns that a view documents are ever named, and what people type is only ever a bound value.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, tuple_

from ingest_server.queries.bounds import Bound, Shown, bound, shown
from ingest_server.queries.columns import Kind, Operator, ViewColumn
from ingest_server.queries.query import Filter, Query
from ingest_server.store.scope import Scope
from ingest_server.store.sources import SOURCES, Source

Place = tuple[str | int | float, ...]
AnsweredRow = tuple[Shown, ...]
# Rows that a cursor holds at once while they are written to a file.
_AT_A_TIME: Final = 1_000
# What an empty cell is ordered as: before every other.
_LOWEST: Final = {Kind.MOMENT: -1, Kind.COUNT: -1}


class Asking(Struct, frozen=True):
    """A question, whose it is, and the time zone in which its days begin."""

    query: Query
    scope: Scope
    zone: tzinfo


class Answer(Struct, frozen=True):
    """Rows in the order and with the columns of the query; ``keys`` are their key's values, by column.

    ``after`` is where the next page begins, ``None`` on the last.
    """

    rows: tuple[AnsweredRow, ...]
    keys: tuple[dict[str, Shown], ...]
    after: Place | None


def answered(connection: Connection, asking: Asking, limit: int, after: Place | None = None) -> Answer:
    """At most ``limit`` rows, after a place or from the beginning. It stays right while rows come and go."""
    found = connection.execute(statement_of(asking, limit + 1, after)).all()
    page, width = found[:limit], len(asking.query.columns)
    more = tuple(page[-1][width:]) if len(found) > limit else None
    keys = tuple(_keys(asking.query, tuple(row[width:])) for row in page)
    return Answer(tuple(_shown(asking.query, page)), keys, more)


def all_rows(connection: Connection, asking: Asking, most: int) -> Iterator[AnsweredRow]:
    """At most ``most`` rows, all of one moment, some of them in memory at a time."""
    yield from _shown(
        asking.query, connection.execution_options(yield_per=_AT_A_TIME).execute(statement_of(asking, most))
    )


def _shown(query: Query, rows: Iterable[Row[Any]]) -> Iterator[AnsweredRow]:
    columns = [_column(query, name) for name in query.columns]
    for row in rows:
        # Behind these stand those by which rows are ordered.
        yield tuple(shown(column, value) for column, value in zip(columns, row, strict=False))


def statement_of(asking: Asking, limit: int, after: Place | None = None) -> Select[Any]:
    """A question as SQL: at most ``limit`` rows, the asked columns, then those by which they are ordered."""
    query, source = asking.query, SOURCES[asking.query.view.name]
    columns = [source.columns[name] for name in query.columns]
    order = _ordering(asking)
    found = _found(asking, columns, after)
    as_it_lies = query.order.column == query.view.order.column and not source.sorted_alone
    if not source.grouped and not as_it_lies:
        # What has no index is sorted by itself: only the rows of the page are then looked up whole, and joined.
        key = [source.columns[name] for name in query.view.key]
        sorted_ = _ordered(_found(asking, key, after), asking).limit(limit).subquery()
        chosen = tuple_(*key).in_(select(*list(sorted_.c)[: len(key)]))
        found = select(*columns, *order).select_from(source.origin).where(chosen)
    return _ordered(found, asking).limit(limit)


def _found(asking: Asking, columns: list[ColumnElement[Any]], after: Place | None) -> Select[Any]:
    """The rows that a question finds, in no order yet."""
    query, source = asking.query, SOURCES[asking.query.view.name]
    # The one place where a reader is kept from what is not theirs: no query is built but through here.
    statement: Select[Any] = select(*columns, *_ordering(asking)).select_from(source.origin)
    statement = statement.where(source.seen_for((one.column for one in query.filters), asking.scope))
    if source.always is not None:
        statement = statement.where(source.always)
    statement = statement.group_by(*source.grouped)
    for one in query.filters:
        statement = _where(statement, source, one.column, _condition(asking, source, one))
    return statement if after is None else _beyond(statement, asking, after)


def _ordered(statement: Select[Any], asking: Asking) -> Select[Any]:
    falling = asking.query.order.falling
    return statement.order_by(*(column.desc() if falling else column.asc() for column in _ordering(asking)))


def order_names(query: Query) -> tuple[str, ...]:
    """The column of the order, then those of the key that it is not: no two rows share all of them."""
    return (query.order.column, *(name for name in query.view.key if name != query.order.column))


def _ordering(asking: Asking) -> list[ColumnElement[Any]]:
    query, source = asking.query, SOURCES[asking.query.view.name]
    first, *key = (source.columns[name] for name in order_names(query))
    column = _column(query, query.order.column)
    return [func.coalesce(first, _LOWEST[column.kind]) if column.may_be_empty else first, *key]


def _keys(query: Query, ordered: tuple[Any, ...]) -> dict[str, Shown]:
    values = dict(zip(order_names(query), ordered, strict=True))
    return {name: values[name] for name in query.view.key}


def _beyond(statement: Select[Any], asking: Asking, after: Place) -> Select[Any]:
    order = tuple_(*_ordering(asking))
    beyond = order < tuple_(*after) if asking.query.order.falling else order > tuple_(*after)
    return _where(statement, SOURCES[asking.query.view.name], asking.query.order.column, beyond)


def _where(statement: Select[Any], source: Source, column: str, condition: ColumnElement[bool]) -> Select[Any]:
    return statement.having(condition) if column in source.summed else statement.where(condition)


def _condition(asking: Asking, source: Source, one: Filter) -> ColumnElement[bool]:
    if one.column in source.asks:
        return source.asks[one.column](one.operator, one.values)
    column = _column(asking.query, one.column)
    bounds = [bound(column, one.operator, value, asking.zone) for value in one.values]
    compared = _COMPARED[one.operator](source.columns[one.column], bounds)
    listed = source.listed.get(one.column)
    return compared if listed is None or one.operator is Operator.EMPTY else listed(compared)


def _column(query: Query, name: str) -> ViewColumn:
    found = query.view.column(name)
    assert found is not None, "a query names columns of its view alone"
    return found


def _within(column: ColumnElement[Any], bounds: list[Bound]) -> ColumnElement[bool]:
    return column == bounds[0] if len(bounds) == 1 else column.in_(bounds)


def _begins(column: ColumnElement[Any], bounds: list[Bound]) -> ColumnElement[bool]:
    return func.lower(column).startswith(str(bounds[0]).lower(), autoescape=True)


def _contains(column: ColumnElement[Any], bounds: list[Bound]) -> ColumnElement[bool]:
    return func.lower(column).contains(str(bounds[0]).lower(), autoescape=True)


def _empty(column: ColumnElement[Any], bounds: list[Bound]) -> ColumnElement[bool]:
    return column.is_(None) if bounds[0] else column.is_not(None)


_COMPARED: Final[dict[Operator, Callable[[ColumnElement[Any], list[Bound]], ColumnElement[bool]]]] = {
    Operator.IS: _within,
    Operator.ONE_OF: _within,
    Operator.FROM: lambda column, bounds: column >= bounds[0],
    Operator.TO: lambda column, bounds: column <= bounds[0],
    Operator.BEGINS: _begins,
    Operator.CONTAINS: _contains,
    Operator.EMPTY: _empty,
}
