"""What is made of a device's own word: what is out of order by it, what changed, and what an hour and a day came to."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from ingest_server.fleet.listening import Listening
from ingest_server.fleet.told import REGULAR, After, Changed, Link, Told, after, troubles_told
from ingest_server.fleet.told_hours import days_of
from ingest_server.fleet.trouble import Fault, Trouble
from ingest_server.fleet.troubles import Device, troubled
from ingest_server.local_days import DAY_MS, HOUR_MS
from tests.ingest_server.conftest import NOW_MS
from tests.ingest_server.told import MINUTE_MS, WELL, with_camera, with_machine, with_queue
from visit_record.health import LONGEST_PAUSE_S, Health

ILL: dict[str, tuple[Health, Fault]] = {
    "disk": (with_machine(disk_free_mb=900.0), Fault.DISK_FULL),
    "small disk": (with_machine(disk_free_mb=300.0, disk_total_mb=4_000.0), Fault.DISK_FULL),
    "records that wait": (with_queue(waiting=3, oldest_visit_ms=NOW_MS - 2 * DAY_MS), Fault.RECORDS_WAIT),
    "clock": (with_machine(clock_synchronised=False), Fault.CLOCK_UNSYNCHRONISED),
    "heat": (with_machine(temperature_c=83.0), Fault.TOO_HOT),
    "slowed": (with_machine(throttled=0b0100), Fault.TOO_HOT),
    "soft limit of temperature": (with_machine(throttled=0b1000), Fault.TOO_HOT),
    "voltage": (with_machine(throttled=0b0001), Fault.UNDER_VOLTAGE),
    "cool, and slowed by too little voltage": (with_machine(throttled=0x50005), Fault.UNDER_VOLTAGE),
    "damaged outbox": (with_queue(set_aside=1), Fault.OUTBOX_SET_ASIDE),
    "failed sensor": (with_camera("failed", "stalled"), Fault.SENSOR_FAILED),
}
HONEST: dict[str, Health] = {
    "well": WELL,
    "machine that cannot tell": with_machine(temperature_c=None, throttled=None, up_s=None),
    "no room on a small disk that is mostly free": with_machine(disk_free_mb=500.0, disk_total_mb=4_000.0),
    "records of today": with_queue(waiting=9, oldest_visit_ms=NOW_MS - 10 * HOUR_MS),
    "throttled once since the start": with_machine(throttled=0b0101 << 16),
    "consent taken back": with_camera("failed", "switched_off"),
    "sensor being opened again": with_camera("restarting", "broken"),
    "covered lens": with_camera("silent", "black"),
}


def told(words: Sequence[Health | Link], every_ms: int = MINUTE_MS, since_ms: int = NOW_MS) -> Told:
    known = Told()
    for place, word in enumerate(words):
        known = after(known, word, since_ms + place * every_ms).told
    return known


def lasting(health: Health, hours: int = 2) -> Told:
    return told([health] * (60 * hours + 1))


def troubles(known: Told, now_ms: int | None = None) -> list[Trouble]:
    """What is out of order by its word, where somebody has always listened."""
    heard_at_ms = known.heard_at_ms or 0
    return list(troubles_told(known, None, Listening(0, heard_at_ms if now_ms is None else now_ms)))


@pytest.mark.parametrize("case", ILL)
def test_what_a_device_tells_to_be_wrong_is_out_of_order_by_its_own_word(case: str) -> None:
    health, fault = ILL[case]
    [found] = troubles(lasting(health))
    assert (found.fault, found.since_ms, found.told) == (fault, NOW_MS, True)
    assert found.part == ("camera" if fault is Fault.SENSOR_FAILED else None)


@pytest.mark.parametrize("case", HONEST)
def test_what_is_no_fault_of_a_device_is_told_as_none(case: str) -> None:
    assert troubles(lasting(HONEST[case])) == []


@pytest.mark.parametrize("case", ["records that wait", "clock", "heat", "slowed", "voltage"])
def test_what_comes_and_goes_is_out_of_order_after_an_hour(case: str) -> None:
    health, fault = ILL[case]
    assert troubles(told([health] * 60)) == []
    assert [one.fault for one in troubles(told([health] * 61))] == [fault]
    assert troubles(told([*[health] * 40, WELL, *[health] * 40])) == []


def test_what_comes_and_goes_has_not_lasted_while_nothing_was_heard() -> None:
    unsynchronised, full = with_machine(clock_synchronised=False), with_machine(disk_free_mb=1.0)
    assert troubles(told([unsynchronised] * 2, every_ms=3 * DAY_MS)) == []
    assert [one.since_ms for one in troubles(told([full] * 2, every_ms=3 * DAY_MS))] == [NOW_MS]


def test_sensor_that_failed_in_a_visit_stays_so_until_another_tells_better() -> None:
    between_visits = replace(WELL, sensors=())
    failed = told([with_camera("failed", "broken"), between_visits, between_visits])
    assert [one.part for one in troubles(failed)] == ["camera"]
    assert troubles(told([with_camera("failed", "broken"), between_visits, WELL])) == []


def test_sensor_that_failed_and_is_fitted_no_more_is_told_of_no_more() -> None:
    failed, between_visits = with_camera("failed", "broken"), replace(WELL, sensors=())
    withheld = replace(WELL, sensors=WELL.sensors[1:], fitted=("camera", "microphone"))
    assert [one.part for one in troubles(told([failed, withheld]))] == ["camera"], "nobody looked"
    taken_out = told([failed, replace(between_visits, fitted=("microphone",))])
    assert ([one.sensor for one in taken_out.sensors], troubles(taken_out)) == (["microphone"], [])
    assert troubles(told([failed, replace(between_visits, fitted=())])) == []


def test_device_that_tells_as_seldom_as_it_may_is_one_that_tells_regularly() -> None:
    seldom = told([with_machine(clock_synchronised=False)] * 13, every_ms=1000 * LONGEST_PAUSE_S + 60_000)
    assert (seldom.regular, [one.fault for one in troubles(seldom)]) == (True, [Fault.CLOCK_UNSYNCHRONISED])


def test_device_that_told_each_minute_and_is_not_heard_is_told_as_such_after_a_day() -> None:
    steady = lasting(WELL)
    last_ms = steady.heard_at_ms
    assert last_ms is not None
    assert troubles(steady, last_ms + DAY_MS) == []
    [found] = troubles(steady, last_ms + DAY_MS + 1)
    assert (found.fault, found.since_ms, found.told) == (Fault.UNHEARD, last_ms + DAY_MS, False)


def test_device_whose_records_come_is_heard() -> None:
    steady = lasting(WELL)
    assert steady.heard_at_ms is not None
    later_ms = steady.heard_at_ms + 2 * DAY_MS
    assert list(troubles_told(steady, later_ms - HOUR_MS, Listening(0, later_ms))) == []


def test_device_is_not_missed_for_a_silence_in_which_nobody_listened() -> None:
    steady = lasting(WELL)
    assert steady.heard_at_ms is not None
    back_ms = steady.heard_at_ms + 9 * DAY_MS
    assert list(troubles_told(steady, None, None)) == []
    assert list(troubles_told(steady, None, Listening(back_ms, back_ms + DAY_MS))) == []
    [found] = troubles_told(steady, None, Listening(back_ms, back_ms + DAY_MS + 1))
    assert (found.fault, found.since_ms) == (Fault.UNHEARD, back_ms + DAY_MS)


def test_device_that_tells_once_a_visit_is_not_missed_between_them() -> None:
    seldom = told([WELL] * 5, every_ms=3 * DAY_MS)
    assert (seldom.regular, REGULAR > 1) == (False, True)
    assert seldom.heard_at_ms is not None
    assert troubles(seldom, seldom.heard_at_ms + 5 * DAY_MS) == []


def test_device_that_never_told_anything_is_out_of_order_by_nothing_of_it() -> None:
    assert troubles(Told(), NOW_MS) == []
    assert troubles(told([Link.OFFLINE]), NOW_MS + 9 * DAY_MS) == []
    assert troubled(Device("device-1", "agency-a", NOW_MS, NOW_MS, ()), NOW_MS) is None


def test_fleet_tells_what_a_device_says_beside_what_its_records_show() -> None:
    device = Device("device-1", "agency-a", NOW_MS, NOW_MS, (), told=lasting(with_machine(disk_free_mb=1.0)))
    found = troubled(device, NOW_MS + 3 * HOUR_MS)
    assert found is not None
    assert [(one.fault, one.told) for one in found.troubles] == [(Fault.DISK_FULL, True)]


def changes(words: Sequence[Health | Link]) -> list[tuple[Changed, str, str, str | None]]:
    known, found = After(Told()), []
    for place, word in enumerate(words):
        known = after(known.told, word, NOW_MS + place * MINUTE_MS)
        found += [(one.changed, one.name, one.value, one.fault) for one in known.changes]
    return found


def test_what_changes_is_told_once() -> None:
    newer = replace(WELL, swversion="0.2.0", sensors=())
    links = [Link.ONLINE, Link.ONLINE, Link.OFFLINE]
    words: list[Health | Link] = [WELL, WELL, with_camera("failed", "broken"), newer, *links, WELL]
    assert changes(words) == [
        (Changed.SOFTWARE, "", "0.1.0", None),
        (Changed.SENSOR, "camera", "healthy", None),
        (Changed.SENSOR, "microphone", "healthy", None),
        (Changed.SENSOR, "camera", "failed", "broken"),
        (Changed.SOFTWARE, "", "0.2.0", None),
        (Changed.LINK, "", "online", None),
        (Changed.LINK, "", "offline", None),
        (Changed.SOFTWARE, "", "0.1.0", None),
        (Changed.SENSOR, "camera", "healthy", None),
    ]


def test_link_stands_since_it_was_first_told() -> None:
    known = told([Link.ONLINE, Link.ONLINE, Link.ONLINE])
    assert (known.link, known.link_since_ms) == (Link.ONLINE, NOW_MS)


def test_hour_keeps_the_extremes_of_what_was_told_in_it() -> None:
    begins_ms = NOW_MS - NOW_MS % HOUR_MS
    hot = replace(with_machine(temperature_c=71.0, disk_free_mb=90.0, throttled=0b10001), sensors=())
    words = [WELL, hot, with_camera("silent", "black"), with_machine(throttled=None, temperature_c=None)]
    hour = told([*words, with_queue(waiting=7, oldest_visit_ms=NOW_MS)], since_ms=begins_ms).hour
    assert hour is not None
    assert (hour.hour_ms, hour.heard) == (begins_ms, 5)
    assert (hour.temperature_max_c, hour.disk_free_min_mb, hour.throttled) == (71.0, 90.0, 1)
    assert (hour.waiting_max, hour.unsynchronised, hour.amiss) == (7, 0, ("camera",))


def test_hour_that_is_over_is_handed_on_once_and_none_begins_twice() -> None:
    begins_ms = NOW_MS - NOW_MS % HOUR_MS
    first = after(Told(), WELL, begins_ms)
    second = after(first.told, WELL, begins_ms + HOUR_MS)
    back = after(second.told, WELL, begins_ms + 5)
    assert (first.ended, second.ended, back.ended) == (None, first.told.hour, None)
    assert back.told.hour is not None
    assert (back.told.hour.hour_ms, back.told.hour.heard) == (begins_ms + HOUR_MS, 2)


def put_back(health: Health, ahead_ms: int, since_ms: int, words: int) -> tuple[Told, list[After]]:
    """What is kept after two hours told while the server's clock stood ahead, and after each word since."""
    known, each = told([Link.ONLINE, *[health] * 121], since_ms=since_ms + ahead_ms), list[After]()
    for place in range(words):
        each.append(after(known, health, since_ms + place * MINUTE_MS))
        known = each[-1].told
    return known, each


@pytest.mark.parametrize("case", ILL)
def test_trouble_is_told_though_the_servers_clock_once_stood_ahead(case: str) -> None:
    health, fault = ILL[case]
    known, _ = put_back(health, 3 * DAY_MS, NOW_MS, 121)
    [found] = troubles(known)
    assert (found.fault, found.since_ms) == (fault, NOW_MS)
    assert {one.since_ms for one in known.sensors} == {NOW_MS}


def test_what_must_last_begins_anew_where_a_clock_was_put_back_by_days() -> None:
    known, _ = put_back(with_machine(clock_synchronised=False), 3 * DAY_MS, NOW_MS, 60)
    assert troubles(known) == []


def test_hours_are_kept_again_from_when_the_clock_is_right_and_none_of_those_ahead() -> None:
    begins_ms = NOW_MS - NOW_MS % HOUR_MS
    known, each = put_back(WELL, 3 * DAY_MS, begins_ms, 121)
    assert [one.ended.hour_ms for one in each if one.ended] == [begins_ms, begins_ms + HOUR_MS]
    assert known.hour is not None
    assert known.hour.hour_ms == begins_ms + 2 * HOUR_MS


def test_link_stands_since_no_moment_that_is_to_come() -> None:
    ahead = told([Link.ONLINE], since_ms=NOW_MS + DAY_MS)
    assert after(ahead, Link.ONLINE, NOW_MS).told.link_since_ms == NOW_MS


def test_device_that_fell_silent_is_missed_though_it_was_last_heard_in_days_to_come() -> None:
    silent = told([WELL] * 121, since_ms=NOW_MS + 9 * DAY_MS)
    assert list(troubles_told(silent, None, Listening(NOW_MS, NOW_MS + DAY_MS))) == []
    [found] = troubles_told(silent, None, Listening(NOW_MS, NOW_MS + DAY_MS + 1))
    assert (found.fault, found.since_ms) == (Fault.UNHEARD, NOW_MS + DAY_MS)


def test_device_cannot_fill_an_hour_with_sensors_of_its_own_making() -> None:
    words = [replace(WELL, sensors=(replace(WELL.sensors[0], sensor=f"s{n}", state="failed"),)) for n in range(50)]
    known = told(words, every_ms=1)
    assert known.hour is not None
    assert (len(known.hour.amiss), len(known.sensors), len(known.amiss)) == (16, 16, 16)
    hours = [replace(known.hour, amiss=tuple(f"{n}-{name}" for name in known.hour.amiss)) for n in range(24)]
    [day] = days_of(hours, ZoneInfo("Asia/Shanghai"))
    assert len(day.amiss) == 16


def test_days_are_those_of_the_zone() -> None:
    midnight_ms = 1_789_920_000_000
    assert midnight_ms % DAY_MS == 16 * HOUR_MS, "midnight in Shanghai"
    hours = [told([WELL], since_ms=midnight_ms + count * HOUR_MS).hour for count in (-1, 0, 1)]
    found = days_of([hour for hour in hours if hour is not None], ZoneInfo("Asia/Shanghai"))
    assert [(day.day, day.hours, day.heard) for day in found] == [("2026-09-20", 1, 1), ("2026-09-21", 2, 2)]
