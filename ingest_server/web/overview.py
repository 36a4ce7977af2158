"""The overview: today and the year, warnings, who stands where, devices, and what changed since yesterday."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Final, NamedTuple

from sqlalchemy import Connection

from ingest_server.authenticity.day import begins_ms, day_before, hour_of
from ingest_server.authenticity.estimate import Kind
from ingest_server.authenticity.roll import Roll
from ingest_server.local_days import DAY_MS, Span
from ingest_server.scoring.themes import Theme, screened
from ingest_server.scoring.verdict import Band
from ingest_server.store.clearings import cleared_by_agency
from ingest_server.store.days import confirmed_between, hours_of, sums_by_day, sums_over, sums_until
from ingest_server.store.districts import names
from ingest_server.store.narrowed import Narrowed, narrowed
from ingest_server.store.news import news_since
from ingest_server.store.recovered import recovered_between
from ingest_server.store.scope import Everything, OneAgency, Scope
from ingest_server.store.warned import doubted_by_theme
from ingest_server.web.authenticity import seen_of
from ingest_server.web.errors import NotFoundError
from ingest_server.web.overview_answer import (
    AgencyCleared,
    ByTime,
    Clearings,
    ConfirmedFigures,
    Day,
    DevicesAnswer,
    DevicesSeen,
    Figures,
    HourOfWeek,
    Overview,
    Ranking,
    RecoveredFigures,
    ThemeFigures,
    Totals,
    When,
)
from ingest_server.web.overview_lists import Lists
from ingest_server.web.parts import Parts
from ingest_server.web.ranking import Order, ranked
from ingest_server.web.rule_reading import live_codes
from visit_record.vocabulary import Typology

DAYS_SHOWN: Final = 28
WEEKS_OF_HOURS: Final = 12
FIRST_OF_EACH: Final = 10


class Asked(NamedTuple):
    """Whose overview, within a reader's scope: an agency's, a district's, or with neither all of it."""

    scope: Scope
    agency: str | None = None
    district: str | None = None


class _Looking(NamedTuple):
    """One look at the store: from where, at what, and when."""

    parts: Parts
    connection: Connection
    of: Narrowed
    when: When


def overview(parts: Parts, asked: Asked) -> Overview:
    """Everything at this moment.

    Raises:
        NotFoundError: there is no such agency or district to see.
    """
    with parts.database.reading() as connection:
        look = _Looking(parts, connection, seen(connection, asked), _when(parts))
        days = sums_by_day(connection, look.of, look.when.days_since, look.when.today)
        year = sums_over(connection, look.of, look.when.year_since, look.when.today)
        totals, hours = _totals(look, days, year), _hours(look)
        known = screened(live_codes(connection), _weighed(parts))
        news = news_since(connection, look.of, look.when.at_ms - DAY_MS, look.when.at_ms)
        called = names(connection)
        lists = Lists(asked.agency, asked.district, look.when, parts.day_zone, parts.zone)
        clearings = _clearings(look, lists)
        doubted = _doubted(look, asked)
    return Overview(
        agency=asked.agency,
        district=asked.district,
        when=look.when,
        totals=totals,
        days=tuple(_days(days, look.when.today)),
        hours=hours,
        themes=tuple(_themes(days, year, doubted, known, lists)),
        clearings=clearings,
        agencies=_ranked(parts, asked, look.of, Kind.AGENCY),
        districts=_ranked(parts, asked, look.of, Kind.DISTRICT),
        devices=_devices(parts, look),
        news=news,
        names={agency: name for agency, name in called.items() if look.of.holds(agency)},
    )


def by_time(parts: Parts, asked: Asked) -> ByTime:
    """What its charts show, and nothing else.

    Raises:
        NotFoundError: there is no such agency or district to see.
    """
    with parts.database.reading() as connection:
        look = _Looking(parts, connection, seen(connection, asked), _when(parts))
        days = sums_by_day(connection, look.of, look.when.days_since, look.when.today)
        return ByTime(look.when, tuple(_days(days, look.when.today)), _hours(look))


def devices_page(parts: Parts, asked: Asked, after: str, limit: int) -> DevicesAnswer:
    """Devices with something out of order, by name, those after one.

    Raises:
        NotFoundError: there is no such agency or district to see.
    """
    with parts.database.reading() as connection:
        of = seen(connection, asked)
    watch = parts.watch.latest()
    fleet = watch.value.fleet.among(of.holds)
    found = [device for device in fleet.troubled if device.device > after][: limit + 1]
    more = found[limit - 1].device if len(found) > limit else None
    return DevicesAnswer(watch.at_ms, sum(fleet.active.values()), len(fleet.troubled), tuple(found[:limit]), more)


def seen(connection: Connection, asked: Asked) -> Narrowed:
    """What is looked at.

    Raises:
        NotFoundError: there is no such agency or district to see.
    """
    found = narrowed(connection, asked.scope, asked.agency, asked.district)
    if found is None:
        raise NotFoundError
    return found


def _when(parts: Parts) -> When:
    at_ms = parts.now_ms()
    today, hour = hour_of(at_ms, parts.day_zone)
    return When(
        at_ms=at_ms,
        zone=parts.day_zone.key,
        today=today,
        hour=hour,
        year_since=f"{today[:4]}-01-01",
        days_since=day_before(today, DAYS_SHOWN),
        hours_since=day_before(today, 7 * WEEKS_OF_HOURS),
    )


def _totals(look: _Looking, days: Mapping[str, Counter[str]], year: Counter[str]) -> Totals:
    connection, of, when = look.connection, look.of, look.when
    yesterday = day_before(when.today, 1)
    in_no_day = look.parts.watch.latest().value.in_no_day
    return Totals(
        today=_figures(days.get(when.today, {})),
        yesterday=_figures(days.get(yesterday, {})),
        yesterday_by_now=_figures(sums_until(connection, of, yesterday, when.hour)),
        year=_figures(year),
        confirmed_today=_confirmed(look, when.today),
        confirmed_year=_confirmed(look, when.year_since),
        recovered_today=_recovered(look, when.today),
        recovered_year=_recovered(look, when.year_since),
        in_no_day=sum(count for agency, count in in_no_day.items() if of.holds(agency)),
    )


def _figures(sums: Mapping[str, int]) -> Figures:
    return Figures(
        visits=sums.get("visits", 0),
        seconds=sums.get("seconds", 0),
        settled_fen=sums.get("settled_fen", 0),
        at_risk_fen=sums.get("at_risk_fen", 0),
        bands={band: sums.get(band, 0) for band in Band},
    )


def _confirmed(look: _Looking, since: str) -> ConfirmedFigures:
    since_ms = begins_ms(since, look.parts.day_zone)
    return ConfirmedFigures(*confirmed_between(look.connection, look.of, since_ms, look.when.at_ms + 1))


def _recovered(look: _Looking, since: str) -> RecoveredFigures:
    return RecoveredFigures(*recovered_between(look.connection, look.of, since, look.when.today))


def _days(days: Mapping[str, Counter[str]], today: str) -> list[Day]:
    shown = (day_before(today, ago) for ago in range(DAYS_SHOWN, 0, -1))
    return [Day(day, _figures(days.get(day, {}))) for day in shown]


def _hours(look: _Looking) -> tuple[HourOfWeek, ...]:
    found = [[0] * 24 for _ in range(7)]
    yesterday = day_before(look.when.today, 1)
    for day, hour, visits in hours_of(look.connection, look.of, look.when.hours_since, yesterday):
        found[date.fromisoformat(day).weekday()][hour] += visits
    return tuple(HourOfWeek(weekday, tuple(visits)) for weekday, visits in enumerate(found, 1))


def _doubted(look: _Looking, asked: Asked) -> Counter[Theme] | None:
    agency = asked.scope.agency if isinstance(asked.scope, OneAgency) else asked.agency
    if agency is None:
        # Of all agencies at once they are too many to be looked at one by one.
        return None
    ends_ms = begins_ms(day_before(look.when.today, -1), look.parts.day_zone)
    year = Span(begins_ms(look.when.year_since, look.parts.day_zone), ends_ms)
    return doubted_by_theme(look.connection, asked.scope, agency, year)


def _themes(
    days: Mapping[str, Counter[str]],
    year: Counter[str],
    doubted: Counter[Theme] | None,
    known: frozenset[Theme],
    lists: Lists,
) -> Iterator[ThemeFigures]:
    lately: Counter[str] = Counter()
    for sums in days.values():
        lately.update(sums)
    now = days.get(lists.when.today, Counter())
    for theme in Theme:
        if theme in known:
            of_year = year[theme], None if doubted is None else doubted[theme]
            yield ThemeFigures(theme, True, now[theme], lately[theme], *of_year, lists.of_theme(theme))
        else:
            yield ThemeFigures(theme, False, None, None, None, None, None)


def _clearings(look: _Looking, lists: Lists) -> Clearings | None:
    if not isinstance(look.of.scope, Everything):
        return None
    begins = (begins_ms(day, look.parts.day_zone) for day in (look.when.days_since, look.when.year_since))
    found = cleared_by_agency(look.connection, look.of, *begins)
    first = (AgencyCleared(one.agency, one.lately, one.year, lists.of_cleared(one.agency)) for one in found)
    return Clearings(
        last_days=sum(one.lately for one in found),
        year=sum(one.year for one in found),
        agencies=len(found),
        first=tuple(islice(first, FIRST_OF_EACH)),
        lists=lists.of_cleared(),
    )


def _weighed(parts: Parts) -> set[Typology]:
    return {typology for row in parts.calibration.row for typology in row.weights}


def _ranked(parts: Parts, asked: Asked, of: Narrowed, kind: Kind) -> Ranking | None:
    everything = isinstance(asked.scope, Everything)
    if kind is Kind.DISTRICT and (not everything or asked.agency is not None):
        return None
    kept = parts.censuses.kept(kind)
    roll = _shown(seen_of(kept.value, asked.scope), asked, of, kind)
    page = ranked(roll, Order.HIGH, None, FIRST_OF_EACH, parts.censuses.settings)
    return Ranking(kind, kept.value.since_month, kept.at_ms, len(roll.subjects), page.subjects)


def _shown(roll: Roll, asked: Asked, of: Narrowed, kind: Kind) -> Roll:
    if kind is Kind.DISTRICT:
        return roll if asked.district is None else roll.among({asked.district})
    return roll if of.agencies is None else roll.among(frozenset(of.agencies))


def _devices(parts: Parts, look: _Looking) -> DevicesSeen:
    watch = parts.watch.latest()
    fleet = watch.value.fleet.among(look.of.holds)
    newly = fleet.newly(look.when.at_ms - DAY_MS)
    first = fleet.newest_first[:FIRST_OF_EACH]
    return DevicesSeen(watch.at_ms, sum(fleet.active.values()), len(fleet.troubled), newly, first)
