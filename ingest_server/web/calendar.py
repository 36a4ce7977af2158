"""A year of days as a drawing: a column a week, a row a weekday; the more visits, the darker. Pure.

Drawn by the page's template, as the timeline is: hardly anybody's calendar is looked at twice before it changes.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import Struct

from ingest_server.charts.heat import step_of
from ingest_server.web.profile_answer import CalendarDay

CELL: Final = 12


class Cell(Struct, frozen=True):
    """A day in its place, and its step on the scale of heat; ``doubted`` where any visit of it is to be looked at."""

    x: int
    y: int
    step: int
    doubted: bool
    day: str
    visits: int


class MonthMark(Struct, frozen=True):
    """Where a month begins: ``09``."""

    x: int
    month: str


class Calendar(Struct, frozen=True):
    """The cells of so many weeks up to today, and the months over them; ``most`` is the largest number in a day."""

    weeks: int
    cells: tuple[Cell, ...]
    months: tuple[MonthMark, ...]
    most: int


def calendar_of(days: Sequence[CalendarDay], today: str, weeks: int) -> Calendar:
    """The weeks that end with that of today, each beginning on a Monday."""
    last = date.fromisoformat(today)
    first = last - timedelta(days=last.weekday() + 7 * (weeks - 1))
    known = {one.day: one for one in days}
    most = max((one.visits for one in days), default=0)
    dates = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    cells = tuple(_cell(place, day, known.get(day.isoformat()), most) for place, day in enumerate(dates))
    return Calendar(weeks, cells, tuple(_months(dates)), most)


def _cell(place: int, day: date, known: CalendarDay | None, most: int) -> Cell:
    week, weekday = divmod(place, 7)
    visits, doubted = (known.visits, known.doubted) if known else (0, 0)
    return Cell(CELL * week, CELL * weekday, step_of(visits, most), doubted > 0, day.isoformat(), visits)


def _months(dates: Sequence[date]) -> Iterator[MonthMark]:
    for place, day in enumerate(dates):
        if day.day == 1:
            yield MonthMark(CELL * (place // 7), f"{day.month:02}")
