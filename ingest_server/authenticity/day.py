"""What a visit adds to its agency's day: whole numbers alone, by the hour in which it began. Pure.

Days are those of the tariff's time zone. A price begins on a day there, and the tariff lies in the server's data folder
for good; the zone of the screens is an option of one process, and a stored key must not move with it.
"""

from datetime import date, timedelta, tzinfo
from typing import NamedTuple

from msgspec import Struct

from ingest_server import local_days
from ingest_server.scoring.themes import themes_of
from ingest_server.scoring.verdict import Verdict
from visit_record.record import VisitRecord


class Hour(NamedTuple):
    """An hour of a local day, ``2026-09-22`` and 0 to 23."""

    day: str
    hour: int


class DayCount(Struct, frozen=True):
    """What one visit adds, and to which hour.

    ``sums`` are named as the columns of ``daily_tallies`` are: ``visits``, ``seconds``, ``settled_fen`` (billed, times
    the fund's share), ``at_risk_fen``, the visit's band, and each theme that it warns of.
    """

    day: str
    hour: int
    sums: dict[str, int]


def day_count(record: VisitRecord, verdict: Verdict, money: dict[str, int], zone: tzinfo) -> DayCount:
    """Count a visit; ``money`` holds ``settled_fen`` and ``at_risk_fen``."""
    when = hour_of(record.span.check_in_ms, zone)
    sums = {"visits": 1, "seconds": round(record.span.duration_s), str(verdict.band): 1} | money
    sums |= {str(theme): 1 for theme in themes_of(verdict)}
    return DayCount(when.day, when.hour, {name: value for name, value in sums.items() if value})


def hour_of(at_ms: int, zone: tzinfo) -> Hour:
    """The local day and hour of a moment."""
    local = local_days.local(at_ms, zone)
    # Not strftime, which writes the year 999 with three digits on some systems.
    return Hour(local.date().isoformat(), local.hour)


def day_before(day: str, days: int) -> str:
    """So many days earlier."""
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()


def begins_ms(day: str, zone: tzinfo) -> int:
    """When a local day begins, UTC milliseconds."""
    return local_days.begins_ms(date.fromisoformat(day), zone)
