"""A question about a view, and why one is not understood. Pure."""

from typing import Final

from msgspec import Struct

from ingest_server.errors import QueryError
from ingest_server.queries.columns import Operator, Order, View
from ingest_server.words.bilingual import Words

MOST_FILTERS, MOST_VALUES, MOST_VALUE = 12, 50, 64
# What is asked is kept whole in the audit trail, whose entries have 512 characters.
MOST_ADDRESS: Final = 420


class Filter(Struct, frozen=True):
    """One condition. Values are texts as an address has them, read and found good."""

    column: str
    operator: Operator
    values: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its name in an address: ``agency``, ``check_in__from``."""
        return named(self.column, self.operator)


class Query(Struct, frozen=True):
    """A question: every filter holds of every row. ``columns`` are those of the answer, in the view's order."""

    view: View
    filters: tuple[Filter, ...]
    columns: tuple[str, ...]
    order: Order


class Refusal(Struct, frozen=True):
    """What is wrong in which part of an address, and what to do about it."""

    field: str
    words: Words


class RefusedQueryError(QueryError):
    """A question that is not understood, with every part that is wrong."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        first = Words("；".join(one.words.zh for one in refusals), "; ".join(one.words.en for one in refusals))
        super().__init__(first.en, first.zh)
        self.refusals = refusals


def named(column: str, operator: Operator) -> str:
    """The name of a condition in an address; plain equality has the column's own."""
    return column if operator is Operator.IS else f"{column}__{operator}"
