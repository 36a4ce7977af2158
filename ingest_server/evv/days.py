"""Which days are exported. Pure."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from ingest_server.errors import ExportError


class Span(NamedTuple):
    """From a moment until before another, UTC milliseconds."""

    since_ms: int
    until_ms: int


def span_of(first: date, last: date, zone: tzinfo) -> Span:
    """The moments of days, the last one included, where the zone's clocks have them.

    Raises:
        ExportError: the last day is before the first, or no calendar has it.
    """
    if last < first:
        raise ExportError("the last day is before the first", "截止日期早于起始日期")
    try:
        return Span(_begins_ms(first, zone), _begins_ms(last + timedelta(days=1), zone))
    except (OverflowError, ValueError) as cause:
        raise ExportError("a day is too far off", "日期过远") from cause


def _begins_ms(day: date, zone: tzinfo) -> int:
    return int(datetime.combine(day, time.min, zone).timestamp() * 1000)
