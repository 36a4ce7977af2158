"""Local days: which day of a zone a moment is of, and which moments a day of a zone has. Pure.

Moments are UTC milliseconds. A day begins with the first moment that has its date, which is not always midnight where
clocks are put forward over it, nor the only midnight where they are put back over it; not every day has 24 hours.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingest_server.errors import TimeZoneError

HOUR_MS: Final = 3_600_000
# Of 24 hours: a length, and not how long every day of a zone is.
DAY_MS: Final = 24 * HOUR_MS
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
# A day from each end of the calendar, so that no zone turns over it: a record's times reach to the end of 9999, which
# is in the year 10000 east of Greenwich.
_FIRST_MS: Final = -62_135_510_400_000
_LAST_MS: Final = 253_402_214_400_000


class Span(NamedTuple):
    """From a moment until before another."""

    since_ms: int
    until_ms: int


def zone_named(name: str) -> ZoneInfo:
    """A time zone by its IANA name.

    Raises:
        TimeZoneError: there is none such.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as cause:
        # OSError: a folder of the system's zones, such as "Asia".
        raise TimeZoneError(f"no time zone {name!r}; write an IANA name such as Asia/Shanghai") from cause


def local(at_ms: float, zone: tzinfo) -> datetime:
    """What clocks of a zone show at a moment; at one beyond the calendar, what they show at its end."""
    return (_EPOCH + timedelta(milliseconds=min(max(at_ms, _FIRST_MS), _LAST_MS))).astimezone(zone)


def day_of(at_ms: float, zone: tzinfo) -> date:
    """The day of a moment."""
    return local(at_ms, zone).date()


def begins_ms(day: date, zone: tzinfo) -> int:
    """When a day begins; one that a zone left out has no moment, and begins as the next one does."""
    # PEP 495: of two midnights the first, and where there is none the moment at which it was skipped.
    return moment_ms(datetime.combine(day, time()), zone)


def span_of(first: date, last: date, zone: tzinfo) -> Span:
    """The moments of days, the last one included.

    Raises:
        OverflowError: the last one is the calendar's last.
    """
    return Span(begins_ms(first, zone), begins_ms(last + _DAY, zone))


def moment_ms(shown: datetime, zone: tzinfo) -> int:
    """When clocks of a zone show a time: the first time where they show it twice, as if not put forward where never."""
    return round(shown.replace(tzinfo=zone, fold=0).timestamp() * 1000)


def is_skipped(shown: datetime, zone: tzinfo) -> bool:
    """Whether clocks of a zone never show a time, being put forward over it; none of the calendar's ends is so."""
    at_ms = moment_ms(shown, zone)
    return _FIRST_MS <= at_ms <= _LAST_MS and local(at_ms, zone).replace(tzinfo=None) != shown
