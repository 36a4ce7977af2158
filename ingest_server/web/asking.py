"""Asking combined questions for a reader: in turns, within a deadline, as a page of rows or as a file."""

from fastapi import Request
from starlette.responses import StreamingResponse

from ingest_server.exports.file import Exported, Format, exported
from ingest_server.exports.table import Table
from ingest_server.local_days import local
from ingest_server.queries.query import Query
from ingest_server.store.asking import Answer, Asking, all_rows, answered
from ingest_server.store.deadline import Deadline, within
from ingest_server.web.access import Viewer
from ingest_server.web.exported_columns import columns_of, facts_of
from ingest_server.web.exporting import sent, written
from ingest_server.web.parts import Parts
from ingest_server.web.query_cursor import place_in


def asked(parts: Parts, viewer: Viewer, query: Query, limit: int, cursor: str | None) -> Answer:
    """A page of rows.

    Raises:
        WrongCursorError: the cursor is none of this question's.
        TooLongError: it took too long.
        BusyError: too many others ask just now.
    """
    after = None if cursor is None else place_in(query, cursor)
    asking, deadline = Asking(query, viewer.scope, parts.zone), Deadline(parts.limits.page_s)
    with parts.questions.taken(), parts.database.reading() as connection, within(connection, deadline):
        return answered(connection, asking, limit, after)


def file_of(request: Request, parts: Parts, viewer: Viewer, query: Query, form: Format) -> StreamingResponse:
    """All rows as a file. The trail has it, with how many rows it holds, before its first byte leaves.

    Raises:
        TooLongError: it took too long.
        BusyError: somebody else exports just now.
    """
    now_ms = parts.now_ms()
    table = Table(query.view.name, columns_of(query), facts_of(query, viewer, now_ms, parts.zone))
    file = _written(parts, Asking(query, viewer.scope, parts.zone), table, form)
    at = local(now_ms, parts.zone)
    name = f"carewitness-{query.view.name}-{at:%Y%m%d-%H%M%S}"
    return sent(request, written(name, form, file, parts.limits.taking_s))


def _written(parts: Parts, asking: Asking, table: Table, form: Format) -> Exported:
    deadline, most = Deadline(parts.limits.export_s), parts.limits.export_rows
    with parts.exports.taken(), parts.database.reading() as connection, within(connection, deadline):
        # One row more than goes in: it tells that there are more.
        rows = deadline.watched(all_rows(connection, asking, most + 1))
        return exported(table, rows, form, parts.zone, most)
