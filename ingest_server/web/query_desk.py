"""The page of a combined query: its form with what was typed, and its rows as cells."""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from ingest_server.queries.address import order_named
from ingest_server.queries.bounds import Shown
from ingest_server.queries.columns import Operator, Order, View, ViewColumn
from ingest_server.queries.form import FILLED, Row, field_of
from ingest_server.queries.query import Query, Refusal
from ingest_server.store.asking import Answer
from ingest_server.web.words import said
from ingest_server.words.bilingual import Words


class ShownOperator(Struct, frozen=True):
    """A way to compare, in words."""

    value: str
    words: Words


class ShownRow(Struct, frozen=True):
    """A row of the form: its column, what may be asked of it, what was typed, and what is wrong with that.

    ``value`` is the one of a field, ``values`` those of a list.
    """

    column: ViewColumn
    operators: tuple[ShownOperator, ...]
    operator: str
    values: tuple[str, ...]
    refused: tuple[Words, ...]

    @property
    def value(self) -> str:
        """What stands in a field of one line."""
        return ",".join(self.values) if self.operator == Operator.ONE_OF else next(iter(self.values), "")

    @property
    def field_type(self) -> str:
        """The kind of field that a moment is typed into."""
        if not self.value or len(self.value) == len("2026-09-01"):
            return "date"
        return "datetime-local" if len(self.value) <= len("2026-09-01T08:30:00") else "text"


class Cell(Struct, frozen=True):
    """A value of a row; ``word`` where it is one of a vocabulary, ``page`` where it has one of its own."""

    column: ViewColumn
    value: Shown
    word: StrEnum | None = None
    page: str | None = None


class ShownOrder(Struct, frozen=True):
    """An order that may be chosen."""

    value: str
    column: Words
    falling: bool


def shown_rows(view: View, rows: tuple[Row, ...], refusals: tuple[Refusal, ...]) -> tuple[ShownRow, ...]:
    """The rows of the form, those of columns that the view does not have left out."""
    columns = ((row, view.column(row.column)) for row in rows)
    return tuple(_row(row, column, refusals) for row, column in columns if column is not None and column.operators)


def loose(rows: tuple[ShownRow, ...], refusals: tuple[Refusal, ...]) -> tuple[Words, ...]:
    """What is wrong and stands in no row."""
    told = {words for row in rows for words in row.refused}
    return tuple(one.words for one in refusals if one.words not in told)


def orders_of(view: View) -> tuple[ShownOrder, ...]:
    """Every order that a view's rows may have."""
    columns = [column for name in view.orders if (column := view.column(name)) is not None]
    return tuple(
        ShownOrder(order_named(Order(column.name, falling)), column.label, falling)
        for column in columns
        for falling in (True, False)
    )


def cells_of(query: Query, answer: Answer) -> Iterator[tuple[Cell, ...]]:
    """The rows of an answer."""
    columns = {column.name: column for column in query.view.shown}
    for row, keys in zip(answer.rows, answer.keys, strict=True):
        yield tuple(
            _cell(query.view, columns[name], value, keys) for name, value in zip(query.columns, row, strict=True)
        )


def _row(row: Row, column: ViewColumn, refusals: tuple[Refusal, ...]) -> ShownRow:
    operators = [ShownOperator(one.value, said(one)) for one in column.operators]
    if column.may_be_empty:
        operators.append(ShownOperator(FILLED, Words("不为空", "is not empty")))
    refused = tuple(one.words for one in refusals if one.field == field_of(row))
    return ShownRow(column, tuple(operators), row.operator, row.values, refused)


def _cell(view: View, column: ViewColumn, value: Shown, keys: dict[str, Shown]) -> Cell:
    if value is None:
        return Cell(column, None)
    page = None if column.page is None else column.page.format(value)
    if page is not None and column.name == "visit" and "record" in view.key:
        # A visit may have several records, and this row is of one of them.
        page = f"{page}?record={keys['record']}"
    word = next((one for one in column.vocabulary or () if one.value == value), None)
    return Cell(column, value, word, page)
