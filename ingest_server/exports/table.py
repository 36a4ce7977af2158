"""What is exported: a name, typed columns, and what is told beside the rows. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct, field

from ingest_server.words.bilingual import Words

Value = str | int | float | bool | None
Row = Sequence[Value]


class CellKind(StrEnum):
    """What a column holds. ``None`` is a cell that is empty, in every kind."""

    TEXT = "text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    MOMENT = "moment"
    """UTC milliseconds since 1970 in a row; a date and time in the file."""
    YES_NO = "yes_no"


class Column(Struct, frozen=True):
    """A column: its name in files, its kind, its unit, and what it means.

    ``values`` are the words of a vocabulary by what is stored, ``places`` the decimal places that are written,
    ``None`` for as many as there are.
    """

    name: str
    kind: CellKind
    label: Words
    means: Words
    unit: str = ""
    values: Mapping[str, Words] = field(default_factory=lambda: MappingProxyType({}))
    places: int | None = None


class Fact(Struct, frozen=True):
    """Something told beside the rows: what was asked, by whom, when."""

    label: Words
    told: str


class Table(Struct, frozen=True):
    """What a file is made of, but for its rows; ``name`` names sheet or table: lower case, at most 31 letters."""

    name: str
    columns: tuple[Column, ...]
    about: tuple[Fact, ...]


def listed(column: Column) -> str:
    """A column's vocabulary in one line, empty where it has none."""
    return "; ".join(f"{value} = {words.both}" for value, words in column.values.items())
