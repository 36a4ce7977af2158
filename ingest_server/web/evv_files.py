"""The EVV export as files: visits read while they are sent, and shares of edited visits."""

from fastapi import Request
from starlette.responses import StreamingResponse

from ingest_server.errors import ExportError
from ingest_server.evv.lines import Form, lines_of
from ingest_server.evv.sheet import SHARE_COLUMNS, share_cells
from ingest_server.evv.visit import iso_time
from ingest_server.exports.csv_file import MARK, csv_bytes
from ingest_server.store.edit_sums import ShareFilter, shares_page
from ingest_server.store.evv import EvvFilter, count_evv, evv_batches
from ingest_server.store.scope import Scope
from ingest_server.web.exporting import Leaving, sent
from ingest_server.web.parts import Parts


def evv_file(request: Request, parts: Parts, scope: Scope, wanted: EvvFilter, form: Form) -> StreamingResponse:
    """Visits as one file, read while they are sent.

    Raises:
        ExportError: they are more than one file holds.
    """
    count, most = evv_count(parts, scope, wanted), parts.limits.export_rows
    if count > most:
        raise ExportError(
            f"these are more than {most:,} visits: take fewer days or one agency, page through /api/v1/evv, "
            "or use `ingest-server export evv`",
            f"超过 {most:,} 次服务：请缩短日期或只选一家机构，或使用 ingest-server export evv",
        )
    first, last = (iso_time(at_ms, parts.zone)[:10] for at_ms in (wanted.span.since_ms, wanted.span.until_ms - 1))
    lines = lines_of(evv_batches(parts.database, scope, wanted, parts.zone), form)
    return sent(request, Leaving(f"evv-{first}-{last}", form, lines, count, parts.limits.sending_s))


def evv_count(parts: Parts, scope: Scope, wanted: EvvFilter) -> int:
    """How many visits are wanted; one more than a file holds where there are as many or more."""
    with parts.database.reading() as connection:
        return count_evv(connection, scope, wanted, parts.limits.export_rows + 1)


def shares_file(request: Request, parts: Parts, scope: Scope, wanted: ShareFilter) -> StreamingResponse:
    """Shares of edited visits as CSV; name and trail tell where there are more than one file holds."""
    most = parts.limits.export_rows
    with parts.database.reading() as connection:
        # One more than goes in: it tells that there are more.
        found = shares_page(connection, scope, wanted, most + 1)
    shares = found[:most]
    lines = csv_bytes([SHARE_COLUMNS, *(share_cells(wanted.kind, wanted.period, share) for share in shares)])
    name = f"edits-{wanted.kind}-{'-'.join(wanted.period)}"
    file = Leaving(name, Form.CSV, iter([MARK + lines]), len(shares), parts.limits.taking_s, cut=len(found) > most)
    return sent(request, file)
