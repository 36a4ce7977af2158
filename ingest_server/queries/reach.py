"""How much of a view must be read to answer a question. Pure."""

from typing import Final

from ingest_server.queries.columns import Operator
from ingest_server.queries.query import Query

_LEADING: Final = frozenset({Operator.IS, Operator.ONE_OF, Operator.FROM})


def reads_everything(query: Query, one_agency: bool) -> bool:
    """Whether every row that the reader may see may have to be looked at; ``one_agency`` where that is one agency's.

    It is not where an index leads to the rows: by a column that leads, or by the order of the view where nothing else
    is asked. ``to`` alone leads nowhere: what lies before a day is nearly everything.
    """
    columns = {column.name: column for column in query.view.columns}
    led = any(columns[one.column].leads and one.operator in _LEADING for one in query.filters)
    as_it_lies = not query.filters and query.order.column == query.view.order.column
    return not (led or as_it_lies or (one_agency and columns["agency"].leads))
