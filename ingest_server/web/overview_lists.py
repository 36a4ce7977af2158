"""The lists behind the overview's figures: each is a question of a combined query. Pure."""

from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from ingest_server.authenticity.day import begins_ms, day_before
from ingest_server.cases.step import Outcome
from ingest_server.exports.moments import iso
from ingest_server.queries.address import read, written
from ingest_server.queries.columns import Operator
from ingest_server.queries.query import named
from ingest_server.queries.values import NO, YES
from ingest_server.queries.views_visits import VISITS
from ingest_server.scoring.themes import Theme
from ingest_server.scoring.verdict import DOUBTED, Band
from ingest_server.web.overview_answer import ClearedLists, ThemeLists, When

Pair = tuple[str, str]
_CLEARED: Final = (
    (named("band", Operator.ONE_OF), Band.HOLD),
    (named("outcome", Operator.ONE_OF), Outcome.FALSE_ALARM),
    ("of_fund", NO),
)
_THEME: Final = named("theme", Operator.ONE_OF)
_DOUBTED: Final = (named("band", Operator.ONE_OF), ",".join(sorted(DOUBTED)))


class Lists(Struct, frozen=True):
    """Of what lists are made: the overview's agency or district, its moment, its days' zone, and the screens'."""

    agency: str | None
    district: str | None
    when: When
    day_zone: ZoneInfo
    screen_zone: ZoneInfo

    def of_theme(self, theme: Theme) -> ThemeLists:
        """The visits that warn of a theme, for each of its counts."""
        asked = ((_THEME, theme), ("counted", YES))
        firsts = (self.when.today, self.when.days_since, self.when.year_since)
        doubted = self._visits((*asked, _DOUBTED), "check_in", self.when.year_since)
        today, last_days, year = (self._visits(asked, "check_in", first) for first in firsts)
        return ThemeLists(today, last_days, year, doubted)

    def of_cleared(self, agency: str | None = None) -> ClearedLists:
        """The visits that their agency closed as false alarms by itself, of one agency or of all."""
        firsts = (self.when.days_since, self.when.year_since)
        return ClearedLists(*(self._visits(_CLEARED, "closed", first, agency) for first in firsts))

    def _visits(self, pairs: tuple[Pair, ...], column: str, first: str, agency: str | None = None) -> str:
        days = self._days(column, first, self.when.today)
        return _question((*pairs, *days, *self._within(agency)))

    def _days(self, column: str, first: str, last: str) -> tuple[Pair, ...]:
        begins, ends = first, last
        if self.day_zone.key != self.screen_zone.key:
            # A question's days are those of the screens, which begin at other moments.
            begins = iso(begins_ms(first, self.day_zone), self.day_zone)
            ends = iso(begins_ms(day_before(last, -1), self.day_zone) - 1, self.day_zone)
        return (named(column, Operator.FROM), begins), (named(column, Operator.TO), ends)

    def _within(self, agency: str | None) -> tuple[Pair, ...]:
        asked = (("agency", agency or self.agency), ("district", self.district))
        return tuple((name, value) for name, value in asked if value is not None)


# The same some fifty questions from one day to the next: to read and write them is a third of a whole overview.
@lru_cache(maxsize=4096)
def _question(pairs: tuple[Pair, ...]) -> str:
    return written(read(VISITS, pairs))
