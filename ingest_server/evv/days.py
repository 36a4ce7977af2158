"""Which days are exported. Pure."""

from datetime import date, tzinfo

from ingest_server import local_days
from ingest_server.errors import ExportError
from ingest_server.local_days import Span


def span_of(first: date, last: date, zone: tzinfo) -> Span:
    """The moments of days, the last one included, where the zone's clocks have them.

    Raises:
        ExportError: the last day is before the first, or the calendar's last.
    """
    if last < first:
        raise ExportError("the last day is before the first", "截止日期早于起始日期")
    try:
        return local_days.span_of(first, last, zone)
    except OverflowError as cause:
        raise ExportError("a day is too far off", "日期过远") from cause
