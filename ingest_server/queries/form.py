"""The form of a question: a row for each condition, numbered, so that rows can be added and taken out without a script.

``c0=agency&o0=is&v0=a1&c1=band&o1=in&v1=hold&v1=review``: column, operator and values of each row. Pure.
"""

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from ingest_server.queries.columns import Kind, Operator, View
from ingest_server.queries.query import named
from ingest_server.queries.reading import COLUMNS, ORDER, Pairs
from ingest_server.queries.values import NO, YES

# In a form "is not empty" is an operator of its own: nobody should have to say "is empty: no".
FILLED: Final = "filled"
# What a button of the form does, and which column a row is to be added for.
DO, NEW = "do", "new"
ASK, ADD, DROP = "ask", "add", "drop-"
_PART: Final = re.compile(r"([cov])(\d{1,2})", re.ASCII)
MOST_ROWS: Final = 40


class Row(Struct, frozen=True):
    """One condition as it stands in the form: what was typed, right or wrong."""

    column: str
    operator: str
    values: tuple[str, ...] = ()


class Sent(Struct, frozen=True):
    """A form as it was sent: its rows, the order and columns beside them, and the button that was pressed."""

    rows: tuple[Row, ...]
    rest: tuple[tuple[str, str], ...]
    does: str = ASK
    new: str = ""


def is_sent(pairs: Pairs) -> bool:
    """Whether an address comes from the form, and not from a link."""
    return any(_PART.fullmatch(name) or name == DO for name, _ in pairs)


def sent(pairs: Pairs) -> Sent:
    """What was typed into a form."""
    pairs = list(pairs)
    parts: dict[tuple[str, int], list[str]] = {}
    for name, text in pairs:
        if found := _PART.fullmatch(name):
            parts.setdefault((found[1], int(found[2])), []).append(text)
    numbers = sorted({number for _, number in parts})[:MOST_ROWS]
    rows = tuple(
        Row(_first(parts, "c", number), _first(parts, "o", number), tuple(parts.get(("v", number), ())))
        for number in numbers
    )
    pressed = {name: text for name, text in pairs if name in {DO, NEW}}
    return Sent(rows, beside(pairs), pressed.get(DO, ASK), pressed.get(NEW, ""))


def beside(pairs: Pairs) -> tuple[tuple[str, str], ...]:
    """The order and columns that an address names."""
    return tuple((name, text) for name, text in pairs if name in {ORDER, COLUMNS})


def changed(view: View, form: Sent) -> Sent | None:
    """The form after a button that adds or takes out a row; ``None`` where the question is to be asked."""
    if form.does == ADD:
        return replace(form, rows=(*form.rows, *new_rows(view, form.new)))
    if form.does.startswith(DROP):
        return replace(form, rows=tuple(row for at, row in enumerate(form.rows) if form.does != f"{DROP}{at}"))
    return None


def pairs_of(form: Sent) -> list[tuple[str, str]]:
    """The same as an address has it; a row without a value asks nothing."""
    return [*(pair for row in form.rows for pair in _pairs(row)), *form.rest]


def rows_of(pairs: Pairs) -> tuple[Row, ...]:
    """The rows of the form that a link comes to, be it right or wrong."""
    gathered: dict[str, list[str]] = {}
    for name, text in pairs:
        if name not in {ORDER, COLUMNS} and text.strip():
            gathered.setdefault(name, []).append(text)
    return tuple(_row(name, texts) for name, texts in gathered.items())


def first_rows(view: View) -> tuple[Row, ...]:
    """What the form of a view opens with: its period, where it has one that leads to its rows."""
    period = next((one.name for one in view.asked if one.leads and one.kind is Kind.MOMENT), None)
    return () if period is None else new_rows(view, period)


def new_rows(view: View, name: str) -> tuple[Row, ...]:
    """Empty rows for a column: both ends of a range, or the first thing that may be asked; none where nothing may."""
    column = view.column(name)
    if column is None or not column.operators:
        return ()
    if Operator.FROM in column.operators:
        return (Row(name, Operator.FROM), Row(name, Operator.TO))
    return (Row(name, column.operators[0]),)


def field_of(row: Row) -> str:
    """The name by which a refusal speaks of a row."""
    operator = Operator.EMPTY if row.operator == FILLED else row.operator
    return row.column if operator == Operator.IS else f"{row.column}__{operator}"


def _first(parts: dict[tuple[str, int], list[str]], part: str, number: int) -> str:
    return next(iter(parts.get((part, number), ())), "")


def _pairs(row: Row) -> Iterator[tuple[str, str]]:
    if row.operator in {Operator.EMPTY, FILLED}:
        yield named(row.column, Operator.EMPTY), YES if row.operator == Operator.EMPTY else NO
        return
    for value in row.values:
        if value.strip():
            yield field_of(row), value


def _row(name: str, texts: list[str]) -> Row:
    column, between, operator = name.partition("__")
    if operator == Operator.EMPTY:
        return Row(column, FILLED if texts == [NO] else Operator.EMPTY)
    values = [part for text in texts for part in text.split(",")] if operator == Operator.ONE_OF else texts
    return Row(column, operator if between else Operator.IS, tuple(values))
