"""A question as the query of an address, read and written: a link is the question, whoever follows it. Pure.

``agency=a1&check_in__from=2026-09-01&band__in=hold,review&order=-at_risk_yuan&columns=visit``: a column's name,
after two lines its operator; a minus before the column of the order has it falling.
"""

from typing import Final
from urllib.parse import urlencode

from ingest_server.queries.columns import Order, View
from ingest_server.queries.query import MOST_ADDRESS, Query, Refusal, RefusedQueryError
from ingest_server.queries.reading import COLUMNS, ORDER, Pairs, Reading
from ingest_server.words.bilingual import Words

# What pages through an answer, and is no part of the question.
PAGING: Final = frozenset({"cursor", "limit"})
TOO_LONG: Final = Words(
    f"查询过长（至多 {MOST_ADDRESS} 个字符，以便完整留痕），请减少条件、取值或列",
    f"too long to be kept whole in the audit trail, {MOST_ADDRESS} characters: take out filters, values or columns",
)


def read(view: View, pairs: Pairs) -> Query:
    """The question that an address asks of a view. What was left empty asks nothing.

    Raises:
        RefusedQueryError: with everything that is wrong in it.
    """
    asked = [(name, text.strip()) for name, text in pairs if text.strip() and name not in PAGING]
    reading = Reading(view, asked)
    query, refusals = reading.query(), reading.refusals
    if not refusals and len(written(query)) > MOST_ADDRESS:
        refusals.append(Refusal("", TOO_LONG))
    if refusals:
        raise RefusedQueryError(tuple(refusals))
    return query


def written(query: Query) -> str:
    """The query of a link, always the same for the same question; empty for all rows as they come."""
    pairs = [(one.name, ",".join(one.values)) for one in query.filters]
    if query.order != query.view.order:
        pairs.append((ORDER, order_named(query.order)))
    if query.columns != tuple(column.name for column in query.view.shown):
        pairs.append((COLUMNS, ",".join(query.columns)))
    return urlencode(pairs, safe=",:/")


def order_named(order: Order) -> str:
    """An order as an address has it."""
    return f"-{order.column}" if order.falling else order.column
