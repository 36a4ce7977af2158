"""Files that leave: within limits, in the trail with how much is in them, and read while they are sent."""

from collections.abc import Iterator
from time import monotonic
from typing import Final

from fastapi import Request
from starlette.responses import StreamingResponse

from ingest_server.errors import ExportBrokenOffError, ExportError
from ingest_server.evv.sheet import COLUMNS, MARK, SHARE_COLUMNS, cells_of, csv_bytes, share_cells
from ingest_server.evv.visit import iso_time
from ingest_server.store.edit_sums import ShareFilter, shares_page
from ingest_server.store.evv import EvvFilter, count_evv, evv_batches
from ingest_server.store.scope import Scope
from ingest_server.web.parts import Parts

MOST_ROWS: Final = 100_000
# A browser that reads slower than this holds a worker for ever.
MOST_S: Final = 300.0
CSV: Final = "text/csv"


def evv_file(request: Request, parts: Parts, scope: Scope, wanted: EvvFilter) -> StreamingResponse:
    """Visits as CSV, read while they are sent.

    Raises:
        ExportError: they are more than one file holds.
    """
    with parts.database.reading() as connection:
        count = count_evv(connection, scope, wanted, MOST_ROWS + 1)
    if count > MOST_ROWS:
        raise ExportError(
            f"these are more than {MOST_ROWS:,} visits: take fewer days or one agency, page through /api/v1/evv, "
            "or use `ingest-server export evv`",
            f"超过 {MOST_ROWS:,} 次服务：请缩短日期或只选一家机构，或使用 ingest-server export evv",
        )
    request.state.did = f"rows:{count}"
    first, last = (iso_time(at_ms, parts.zone)[:10] for at_ms in (wanted.span.since_ms, wanted.span.until_ms - 1))
    return _sent(_evv_parts(parts, scope, wanted), f"evv-{first}-{last}")


def shares_file(request: Request, parts: Parts, scope: Scope, wanted: ShareFilter) -> StreamingResponse:
    """Shares of edited visits as CSV."""
    with parts.database.reading() as connection:
        shares = shares_page(connection, scope, wanted, MOST_ROWS)
    request.state.did = f"rows:{len(shares)}"
    lines = csv_bytes([SHARE_COLUMNS, *(share_cells(wanted.kind, wanted.period, share) for share in shares)])
    return _sent(iter([MARK, lines]), f"edits-{wanted.kind}-{'-'.join(wanted.period)}")


def _evv_parts(parts: Parts, scope: Scope, wanted: EvvFilter) -> Iterator[bytes]:
    begun_s = monotonic()
    yield MARK + csv_bytes([COLUMNS])
    for batch in evv_batches(parts.database, scope, wanted, parts.zone):
        if monotonic() - begun_s > MOST_S:
            # Not an end: a file that merely ends would look whole.
            raise ExportBrokenOffError(f"an export took longer than {MOST_S:.0f} s; take fewer days")
        yield csv_bytes(cells_of(visit) for visit in batch)


def _sent(content: Iterator[bytes], name: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(content, media_type=f"{CSV}; charset=utf-8", headers=headers)
