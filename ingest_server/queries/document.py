"""Every view and column in words: the text of ``docs/views.md``, which a test holds to this. Pure."""

from collections.abc import Iterator

from ingest_server.queries.columns import View, ViewColumn
from ingest_server.queries.views import VIEWS

_HEAD = """\
# Views of the combined query

What may be asked at `/query`, by `/api/v1/query/{view}` and in exported files; `/api/v1/views` tells programs the same.
Every reader sees the rows of their own scope alone, the audit trail's as on its own page.

A filter stands in the address as `column=value` or `column__operator=value`; all of them hold of every row. Operators:
none (equals), `in` (one of several, with commas between), `from` and `to` (both ends belong to it; a day is a whole one
of the server's time zone), `begins` and `contains` (small and capital letters are alike), `empty` (`yes` or `no`).
`order=column` rises and `order=-column` falls; `columns=one,other` chooses what is shown.
Columns marked ▸ lead to their rows by an index where they are equal to something, one of several, or begin `from`
somewhere; without one of them every row may have to be read.

In JSON and in SQLite's form moments are ISO 8601 in UTC; in CSV and Excel they are local. CSV and SQLite hold a
vocabulary's values as they are here, Excel their words. A text that a spreadsheet would run has an apostrophe before it
in CSV. A page has up to 200 rows and is answered within 5 s; a file has up to 100,000, is written within 120 s, says
where it was cut off, and is broken off where it is not taken within 15 minutes."""


def document() -> str:
    """The whole text."""
    return "\n".join([_HEAD, *(line for view in VIEWS.values() for line in _view(view)), ""])


def _view(view: View) -> Iterator[str]:
    falling = ", falling" if view.falling else ""
    yield ""
    yield f"## `{view.name}` {view.label.both}"
    yield f"{view.means.both}."
    yield f"Ordered by `{'`, `'.join(view.orders)}`; by the first{falling} unless told otherwise."
    yield ""
    yield "| column | 列 | kind | operators | meaning |"
    yield "|---|---|---|---|---|"
    for column in view.columns:
        yield _line(column)


def _line(column: ViewColumn) -> str:
    mark = " ▸" if column.leads else ""
    unit = f", {column.unit.both}" if column.unit else ""
    operators = " ".join("=" if one == "is" else one for one in column.operators) or "—"
    values = f" (`{'`, `'.join(value.value for value in column.vocabulary)}`)" if column.vocabulary else ""
    hidden = "" if column.shown else " Not shown."
    kind = column.kind.value + unit
    return (
        f"| `{column.name}`{mark} | {column.label.zh} | {kind} | {operators} | {column.means.both}{values}.{hidden} |"
    )
