"""Days of zones whose clocks change, at midnight too: none loses a moment, none has one of another."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ingest_server.authenticity.day import begins_ms as begins_as_key_ms
from ingest_server.authenticity.day import hour_of
from ingest_server.commands.weighed_again import Asked
from ingest_server.errors import TimeZoneError
from ingest_server.local_days import (
    HOUR_MS,
    begins_ms,
    day_of,
    is_skipped,
    local,
    moment_ms,
    span_of,
    zone_named,
)
from ingest_server.queries.bounds import bound
from ingest_server.queries.columns import Operator
from ingest_server.queries.views import VIEWS
from ingest_server.web.deciding import Typed, TypedStep, step_asked


@pytest.mark.parametrize("name", ["Asia", "Asia/Nowhere", "../etc/passwd", "", "a\0b", "x" * 5_000])
def test_name_of_no_zone_is_refused_with_one_that_is(name: str) -> None:
    with pytest.raises(TimeZoneError, match="Asia/Shanghai"):
        zone_named(name)


# A year of each, and what its days are long, in hours: at all others they are 24.
YEARS: dict[str, tuple[int, dict[str, float]]] = {
    "Asia/Shanghai": (2026, {}),
    # From 02:00 to 03:00, and from 03:00 to 02:00.
    "Europe/Berlin": (2026, {"2026-03-29": 23, "2026-10-25": 25}),
    # Midnight is skipped in April; in October the hour before it comes twice.
    "Africa/Cairo": (2024, {"2024-04-26": 23, "2024-10-31": 25}),
    "America/Sao_Paulo": (2018, {"2018-02-17": 25, "2018-11-04": 23}),
    # The hour after midnight comes twice, and so midnight does.
    "America/Havana": (2024, {"2024-03-10": 23, "2024-11-03": 25}),
    "Atlantic/Azores": (2026, {"2026-03-29": 23, "2026-10-25": 25}),
    # A minute after midnight the clocks go back to the day before.
    "America/St_Johns": (2010, {"2010-03-14": 23, "2010-11-06": 24, "2010-11-07": 25}),
    "Australia/Lord_Howe": (2026, {"2026-04-05": 24.5, "2026-10-04": 23.5}),
    # The day before the last of 2011 was left out on Samoa.
    "Pacific/Apia": (2011, {"2011-04-02": 25, "2011-09-24": 23, "2011-12-30": 0}),
}


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=number) for number in range(365)]


@pytest.mark.parametrize(("name", "told"), YEARS.items(), ids=YEARS)
def test_day_is_as_long_as_the_zone_has_it(name: str, told: tuple[int, dict[str, float]]) -> None:
    zone, (year, changed) = ZoneInfo(name), told
    spans = {day.isoformat(): span_of(day, day, zone) for day in days_of(year)}
    lengths = {day: (span.until_ms - span.since_ms) / HOUR_MS for day, span in spans.items()}
    assert {day: length for day, length in lengths.items() if length != 24} == {
        day: length for day, length in changed.items() if length != 24
    }


@pytest.mark.parametrize(("name", "told"), YEARS.items(), ids=YEARS)
def test_day_begins_with_the_first_moment_of_its_date(name: str, told: tuple[int, dict[str, float]]) -> None:
    zone = ZoneInfo(name)
    for day in days_of(told[0]):
        begins = begins_ms(day, zone)
        assert day_of(begins - 1, zone) < day <= day_of(begins, zone), day
        assert begins_as_key_ms(day.isoformat(), zone) == begins


@pytest.mark.parametrize("name", sorted(set(YEARS) - {"America/St_Johns"}))
def test_moment_is_in_the_moments_of_its_day(name: str) -> None:
    zone, year = ZoneInfo(name), YEARS[name][0]
    begin, end = begins_ms(date(year, 1, 1), zone), begins_ms(date(year + 1, 1, 1), zone)
    found: Counter[str] = Counter()
    for at_ms in range(begin, end, HOUR_MS // 2):
        day = day_of(at_ms, zone)
        since_ms, until_ms = span_of(day, day, zone)
        assert since_ms <= at_ms < until_ms, (day, at_ms)
        assert hour_of(at_ms, zone).day == day.isoformat()
        found[day.isoformat()] += 1
    assert {day: count / 2 for day, count in found.items() if count != 48} == {
        day: length for day, length in YEARS[name][1].items() if length
    }


# Until the end of a day in which the hour before midnight comes twice: of the second.
CAIRO, LONG_DAY = ZoneInfo("Africa/Cairo"), date(2024, 10, 31)
LAST_MS = int(datetime(2024, 10, 31, 22, tzinfo=UTC).timestamp() * 1000) - 1


def test_whoever_puts_a_visit_off_until_a_long_day_has_all_of_it() -> None:
    sent = TypedStep(Typed(until=LONG_DAY.isoformat(), does="snooze"), 0)
    assert step_asked(sent, CAIRO).until_ms == LAST_MS


def test_history_is_weighed_to_the_end_of_a_long_day() -> None:
    typed = datetime.combine(LONG_DAY, datetime.min.time())
    asked = Asked(typed, typed, None).period("Africa/Cairo")
    assert (asked.since_ms, asked.until_ms) == span_of(LONG_DAY, LONG_DAY, CAIRO)
    assert asked.until_ms == LAST_MS + 1
    assert Asked(typed, datetime(9999, 12, 31), None).period("Africa/Cairo").until_ms is None


def test_question_reaches_to_the_end_of_a_long_day() -> None:
    check_in = VIEWS["visits"].column("check_in")
    assert check_in is not None
    assert bound(check_in, Operator.TO, LONG_DAY.isoformat(), CAIRO) == LAST_MS


def test_time_that_clocks_show_twice_is_the_first_and_one_that_they_skip_is_told() -> None:
    twice, never = datetime(2024, 10, 31, 23, 30), datetime(2024, 4, 26, 0, 30)
    assert local(moment_ms(twice, CAIRO), UTC) == datetime(2024, 10, 31, 20, 30, tzinfo=UTC)
    assert (is_skipped(twice, CAIRO), is_skipped(never, CAIRO)) == (False, True)


@pytest.mark.parametrize("name", ["UTC", "Pacific/Kiritimati", "Pacific/Niue"])
def test_no_zone_turns_over_the_calendars_ends(name: str) -> None:
    zone = ZoneInfo(name)
    for at_ms in (-(10**18), 10**18):
        day_of(at_ms, zone)
    assert begins_ms(date.min, zone) < begins_ms(date.max, zone)
    with pytest.raises(OverflowError):
        span_of(date.max, date.max, zone)
