"""What a view tells: a column, what it holds, and what may be asked of it. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from ingest_server.words.bilingual import Words


class Kind(StrEnum):
    """What a column holds, as it is shown, asked for and exported."""

    ID = "id"
    WORD = "word"
    TEXT = "text"
    MOMENT = "moment"
    MONTH = "month"
    COUNT = "count"
    SHARE = "share"
    YUAN = "yuan"
    MINUTES = "minutes"
    YES_NO = "yes_no"


class Operator(StrEnum):
    """How a column is compared; a value is what stands in an address after the column's name."""

    IS = "is"
    ONE_OF = "in"
    FROM = "from"
    TO = "to"
    BEGINS = "begins"
    CONTAINS = "contains"
    EMPTY = "empty"


# Both ends of a range are in it.
_RANGE: Final = (Operator.FROM, Operator.TO)
_OPERATORS: Final[Mapping[Kind, tuple[Operator, ...]]] = MappingProxyType({
    Kind.ID: (Operator.IS, Operator.ONE_OF, Operator.BEGINS, Operator.CONTAINS),
    Kind.WORD: (Operator.ONE_OF,),
    Kind.TEXT: (),
    Kind.MOMENT: _RANGE,
    Kind.MONTH: (*_RANGE, Operator.IS),
    Kind.COUNT: (Operator.IS, *_RANGE),
    Kind.SHARE: _RANGE,
    Kind.YUAN: _RANGE,
    Kind.MINUTES: _RANGE,
    Kind.YES_NO: (Operator.IS,),
})  # fmt: skip
UNITS: Final[Mapping[Kind, Words]] = MappingProxyType({
    Kind.MOMENT: Words("日期时间", "date and time"),
    Kind.MONTH: Words("年-月（UTC）", "year-month, UTC"),
    Kind.SHARE: Words("0 到 1", "0 to 1"),
    Kind.YUAN: Words("元", "yuan"),
    Kind.MINUTES: Words("分钟", "minutes"),
})  # fmt: skip


class ViewColumn(Struct, frozen=True):
    """A column of a view.

    ``vocabulary`` are the values of a :attr:`Kind.WORD`; ``may_be_empty`` where a row may have none; ``leads`` where a
    filter by it is answered from an index; ``asked`` and ``shown`` where it may be filtered by, and is in the answer.
    """

    name: str
    kind: Kind
    label: Words
    means: Words
    vocabulary: type[StrEnum] | None = None
    may_be_empty: bool = False
    leads: bool = False
    asked: bool = True
    shown: bool = True
    page: str | None = None
    """The address of a value's own page, the value in its place; ``None`` where it has none."""

    @property
    def unit(self) -> Words | None:
        """The unit of its values, ``None`` of those that have none."""
        return UNITS.get(self.kind)

    @property
    def operators(self) -> tuple[Operator, ...]:
        """What may be asked of it."""
        if not self.asked:
            return ()
        return (*_OPERATORS[self.kind], *((Operator.EMPTY,) if self.may_be_empty else ()))


class Order(Struct, frozen=True):
    """By which column rows are ordered; ``falling`` has the largest or newest first."""

    column: str
    falling: bool = True


class View(Struct, frozen=True):
    """Rows that may be asked about.

    ``key`` names the columns that tell one row from every other; ``orders`` those that rows may be ordered by, the
    first of them unasked (``falling``).
    """

    name: str
    label: Words
    means: Words
    columns: tuple[ViewColumn, ...]
    key: tuple[str, ...]
    orders: tuple[str, ...]
    falling: bool = True

    @property
    def order(self) -> Order:
        """The order of rows unasked."""
        return Order(self.orders[0], self.falling)

    @property
    def shown(self) -> tuple[ViewColumn, ...]:
        """The columns of an answer."""
        return tuple(column for column in self.columns if column.shown)

    @property
    def asked(self) -> tuple[ViewColumn, ...]:
        """The columns that may be filtered by."""
        return tuple(column for column in self.columns if column.operators)

    def column(self, name: str) -> ViewColumn | None:
        """The column of a name."""
        return next((column for column in self.columns if column.name == name), None)
