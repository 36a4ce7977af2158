"""How a device fares by its own word: seen by whoever sees the device, said to be unsigned, and weighed by nothing."""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from ingest_server.fleet.told import Link
from ingest_server.fleet.told_amiss import TOO_HOT_C
from ingest_server.fleet.told_hours import MOST_SENSORS, ToldDay
from ingest_server.local_days import DAY_MS, HOUR_MS
from ingest_server.store.schema import records, verdicts, visit_exceptions, visits
from ingest_server.store.scope import Everything, Nothing, OneAgency, Scope
from ingest_server.store.told_of import changes_of, hours_of, told_of
from ingest_server.web.strips import HEIGHT, LEAST, LEAST_AMISS, Measure, strips_of
from tests.ingest_server.conftest import NOW_MS
from tests.ingest_server.store.test_scans import said_to_the_database
from tests.ingest_server.told import MINUTE_MS, WELL, of_hours, saying, with_camera, with_machine, with_queue
from tests.ingest_server.web.conftest import Web, fill, listen, tell
from tests.test_house import imported_modules
from visit_record.health import SensorHealth

UNSIGNED = "设备自述，未签名，不作证据"
DEVICE = "/api/v1/devices/device-1"
ILL = replace(
    with_camera("failed", "broken"),
    machine=with_machine(disk_free_mb=120.0, throttled=0x50005, clock_synchronised=False, temperature_c=84.2).machine,
    queue=with_queue(waiting=41, oldest_visit_ms=NOW_MS - 3 * DAY_MS, set_aside=1).queue,
)


def told_ill(web: Web, device: str = "device-1", agency: str = "agency-a") -> None:
    """Ill for two hours, each quarter of an hour."""
    tell(web, *(saying(ILL, NOW_MS - 2 * HOUR_MS + n * 15 * MINUTE_MS, device, agency) for n in range(9)))


def test_device_is_told_with_its_latest_word_and_when_it_came(web: Web) -> None:
    found = web.client("auditor").get(DEVICE).json()
    assert found["device"]["device"] == "device-1"
    told = found["told"]
    assert (told["heard_at_ms"], told["clock_ahead_ms"], told["link"]) == (NOW_MS, 0, "online")
    assert told["health"]["machine"]["temperature_c"] == 48.3
    assert (told["throttling"], told["troubles"]) == ([], [])
    assert [(one["sensor"], one["state"], one["fault"]) for one in told["sensors"]] == [
        ("camera", "silent", "black"),
        ("microphone", "healthy", None),
    ]
    assert found["days"][0]["day"] == found["today"]
    assert sum(day["heard"] for day in found["days"]) == 4 * 50 + 2
    assert [one["value"] for one in found["changes"][:2]] == ["online", "silent"]


def test_what_is_wrong_by_its_word_is_told_with_since_when(filled_web: Web) -> None:
    told_ill(filled_web)
    told = filled_web.client("auditor").get(DEVICE).json()["told"]
    assert {one["fault"] for one in told["troubles"]} == {
        "sensor_failed",
        "disk_full",
        "records_wait",
        "clock_unsynchronised",
        "too_hot",
        "under_voltage",
        "outbox_set_aside",
    }
    assert {(one["since_ms"], one["told"]) for one in told["troubles"]} == {(NOW_MS - 2 * HOUR_MS, True)}
    assert told["throttling"] == ["under_voltage", "slowed", "was_under_voltage", "was_slowed"]


def test_what_has_not_lasted_is_told_as_no_trouble_and_not_as_none(filled_web: Web) -> None:
    hot = with_machine(temperature_c=84.2)
    tell(filled_web, saying(hot), saying(hot, NOW_MS + MINUTE_MS))
    client = filled_web.client("auditor")
    told = client.get(DEVICE).json()["told"]
    assert (told["troubles"], [(one["fault"], one["since_ms"]) for one in told["lately"]]) == (
        [],
        [("too_hot", NOW_MS)],
    )
    page = client.get("/devices/device-1/health").text
    assert "满一小时才列为异常" in page
    assert "自述中没有列为异常的情况" not in page
    assert "满一小时才列为异常" not in client.get("/devices/device-2/health").text


@pytest.mark.parametrize(
    ("ahead_ms", "said"),
    [
        (-20, "+0.0 s from"),
        (-59_940, "-59.9 s from"),
        (7_200_000, "2 hr ahead of"),
        (-3 * DAY_MS, "3 days behind"),
        (253_402_300_799_999 - NOW_MS, "2,912,179 days 7 hr ahead of"),
    ],
)
def test_clock_that_is_far_off_is_told_in_words(empty_web: Web, ahead_ms: int, said: str) -> None:
    tell(empty_web, saying(replace(WELL, at_ms=NOW_MS + ahead_ms)))
    client = empty_web.client("auditor")
    client.cookies.set("carewitness-language", "en")
    assert said in client.get("/devices/device-1/health").text


def test_overview_and_list_count_as_out_of_order_what_it_says(filled_web: Web) -> None:
    before = filled_web.client("auditor").get("/api/v1/overview/devices").json()
    told_ill(filled_web, "device-2", "agency-b")
    filled_web.clock.now_ms += 11 * MINUTE_MS
    found = filled_web.client("auditor").get("/api/v1/overview/devices").json()
    [device] = [one for one in found["devices"] if one["device"] == "device-2"]
    by_its_word = {one["fault"] for one in device["troubles"] if one["told"]}
    assert {"sensor_failed", "disk_full"} <= by_its_word
    assert not any(trouble["told"] for one in before["devices"] for trouble in one["troubles"])
    listed = filled_web.client("auditor").get("/api/v1/devices").json()["devices"]
    amiss = {one["device"]: (one["told_at_ms"], one["told_amiss"]) for one in listed}
    assert amiss["device-1"] == (NOW_MS, [])
    assert set(amiss["device-2"][1]) == by_its_word
    for path in ("/overview", "/overview/devices", "/devices"):
        assert "设备自述，未签名" in filled_web.client("auditor").get(path).text, path


def test_device_that_is_missed_is_told_as_such_and_as_nothing_else(filled_web: Web) -> None:
    filled_web.clock.now_ms += 3 * DAY_MS
    listen(filled_web, NOW_MS - DAY_MS, filled_web.clock.now_ms)
    [trouble] = filled_web.client("auditor").get(DEVICE).json()["told"]["troubles"]
    assert (trouble["fault"], trouble["since_ms"], trouble["told"]) == ("unheard", NOW_MS + DAY_MS, False)


def test_server_that_was_off_accuses_no_device_of_a_silence_that_it_did_not_listen_to(filled_web: Web) -> None:
    filled_web.clock.now_ms += 2 * DAY_MS
    client = filled_web.client("auditor")

    def missed() -> set[tuple[str, str]]:
        # The overview looks every ten minutes.
        filled_web.clock.now_ms += 11 * MINUTE_MS
        devices = client.get("/api/v1/overview/devices").json()["devices"]
        listed = {(one["device"], trouble["fault"]) for one in devices for trouble in one["troubles"]}
        told = client.get(DEVICE).json()["told"]["troubles"]
        assert {("device-1", trouble["fault"]) for trouble in told} == {one for one in listed if one[0] == "device-1"}
        return listed

    assert missed() == set(), "nobody ever listened"
    listen(filled_web, filled_web.clock.now_ms - HOUR_MS, filled_web.clock.now_ms)
    assert missed() == set(), "it was off, and is back"
    listen(filled_web, NOW_MS, filled_web.clock.now_ms)
    assert missed() == {("device-1", "unheard"), ("device-2", "unheard")}, "it was on all the time"


def test_last_record_is_the_same_on_the_devices_page_and_in_the_overview(filled_web: Web) -> None:
    told_ill(filled_web)
    earlier = update(records).where(records.c.device == "device-1", records.c.seq == 3)
    with filled_web.database.writing() as connection:
        connection.execute(earlier.values(received_at_ms=NOW_MS + 7 * MINUTE_MS))
    client = filled_web.client("auditor")
    [listed] = client.get("/api/v1/overview/devices").json()["devices"]
    assert listed["heard_at_ms"] == NOW_MS + 7 * MINUTE_MS, "what waited for long came last"
    assert client.get(DEVICE).json()["device"]["last_record_at_ms"] == listed["heard_at_ms"]


@pytest.mark.parametrize("path", ["/devices/device-1", "/devices/device-1/health"])
def test_page_shows_it_and_says_that_nobody_signed_it(filled_web: Web, path: str) -> None:
    told_ill(filled_web)
    page = filled_web.client("auditor").get(path).text
    for shown in (UNSIGNED, "no evidence", "传感器失灵", "存储空间将满", "84.2 °C", "此刻电压不足", "摄像头", "41"):
        assert shown in page, shown
    assert '<rect class="amiss"' in page


def test_page_in_english_has_no_chinese_but_its_switch(filled_web: Web) -> None:
    told_ill(filled_web)
    client = filled_web.client("auditor")
    client.cookies.set("carewitness-language", "en")
    page = client.get("/devices/device-1/health").text
    assert "How it fares" in page
    assert not re.findall(r"[\u3001-\uffee]", page.replace("中文", "").replace("双语", ""))


def test_revoked_device_is_not_missed(filled_web: Web) -> None:
    told_ill(filled_web)
    administrator = filled_web.client("administrator")
    assert administrator.post(f"{DEVICE}/acts", json={"act": "revoke"}).json()["told_amiss"] == []
    filled_web.clock.now_ms += 3 * DAY_MS
    assert administrator.get(DEVICE).json()["told"]["troubles"] == []
    assert "已吊销，不再接收它的自述" in administrator.get("/devices/device-1/health").text


def test_administrator_sees_how_a_device_fares_and_nothing_that_it_witnessed(filled_web: Web) -> None:
    page = filled_web.client("administrator").get("/devices/device-1/health").text
    assert UNSIGNED in page
    assert 'href="/devices/device-1"' not in page
    assert not any(visit in page for visit in filled_web.visits.values())
    assert "caregiver" not in page
    assert 'href="/devices/device-1/health"' in filled_web.client("administrator").get("/devices").text


def test_device_that_told_nothing_is_shown_so_and_blamed_for_nothing(empty_web: Web) -> None:
    found = empty_web.client("supervisor-a").get(DEVICE).json()
    assert (found["told"], found["days"], found["changes"]) == (None, [], [])
    page = empty_web.client("supervisor-a").get("/devices/device-1/health").text
    assert "尚未收到这台设备的自述" in page
    assert "says nothing about anybody" in page
    assert empty_web.client("auditor").get("/api/v1/devices/nothing").status_code == 404


def test_device_of_which_only_the_link_is_known_has_a_page(empty_web: Web) -> None:
    tell(empty_web, saying(Link.OFFLINE))
    assert "只知道连接状态" in empty_web.client("auditor").get("/devices/device-1/health").text


def test_words_of_a_newer_device_are_shown_as_they_are_and_escaped(empty_web: Web) -> None:
    odd = replace(WELL, sensors=(SensorHealth("<b>radar</b>", "humming", "o'er & out"),))
    tell(empty_web, saying(odd))
    page = empty_web.client("auditor").get("/devices/device-1/health").text
    assert "&lt;b&gt;radar&lt;/b&gt;" in page
    assert "<b>radar" not in page


def test_hours_are_turned_over_to_the_last_and_each_is_told_once(filled_web: Web) -> None:
    client, hours, cursor = filled_web.client("auditor"), [], ""
    while cursor is not None:
        page = client.get(f"{DEVICE}/hours?limit=7{cursor and f'&cursor={cursor}'}").json()
        hours += [hour["hour_ms"] for hour in page["hours"]]
        cursor = page["next_cursor"]
    assert len(hours) == 51
    assert all(later - earlier == HOUR_MS for later, earlier in pairwise(hours))


def test_what_is_known_still_is_not_sent_again(web: Web) -> None:
    client = web.client("supervisor-a")
    tag = client.get(DEVICE).headers["etag"]
    assert client.get(DEVICE, headers={"If-None-Match": tag}).status_code == 304


def test_pages_of_a_device_read_none_of_its_tables_from_end_to_end(filled_web: Web) -> None:
    with said_to_the_database() as statements:
        filled_web.client("auditor").get(DEVICE)
        filled_web.client("supervisor-a").get(f"{DEVICE}/hours")
    asked = [one for one in statements if "FROM device_" in one[0]]
    assert len(asked) >= 5
    with filled_web.database.reading() as connection:
        plans = [
            step[3]
            for statement, values in asked
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    assert not [plan for plan in plans if plan.startswith("SCAN device_") or "TEMP B-TREE" in plan], plans


def test_strip_has_a_bar_for_each_day_that_was_told_of_in_its_place() -> None:
    def day(name: str, hottest_c: float | None, *amiss: str) -> ToldDay:
        return ToldDay(name, 12, 48, hottest_c, 900.0, None, 0, 0, amiss)

    days = (day("2026-09-22", 90.0, "camera"), day("2026-09-20", 45.0), day("2026-09-19", None))
    strips = {strip.measure: strip for strip in strips_of(days, "2026-09-22", 5, ("camera",)).strips}
    heat, camera, waiting = (strips[one] for one in (Measure.TEMPERATURE, Measure.SENSOR, Measure.WAITING))
    assert [(bar.x, bar.height, bar.amiss) for bar in heat.bars] == [(32, 21.6, True), (16, 10.8, False)]
    assert [(bar.x, bar.amiss) for bar in camera.bars] == [(32, True), (16, False), (8, False)]
    nearly_full = strips_of((days[0],), "2026-09-22", 1, (), 14_800.0).strips
    assert [bar.height for strip in nearly_full if strip.measure is Measure.DISK for bar in strip.bars] == [HEIGHT]
    full = strips_of((replace(days[0], disk_free_min_mb=1.0), days[1]), "2026-09-22", 5, (), 14_800.0).strips
    assert min(bar.height for strip in full if strip.measure is Measure.DISK for bar in strip.bars) == LEAST_AMISS
    assert {bar.height for bar in waiting.bars} == {LEAST}, "none that wait is not the same as not told"
    assert Measure.THROTTLED not in strips, "a machine that cannot tell"
    assert strips_of((), "2026-09-22", 90, ("camera",)).strips == ()


def test_bar_is_amiss_by_the_limits_of_what_is_out_of_order() -> None:
    day = ToldDay("2026-09-22", 1, 4, TOO_HOT_C, 399.0, 0b0001, 3, 2, ("camera",))
    fine = replace(day, temperature_max_c=TOO_HOT_C - 0.1, disk_free_min_mb=400.0, throttled=0, unsynchronised=0)

    def amiss(told: ToldDay, disk_total_mb: float) -> set[Measure]:
        strips = strips_of((told,), told.day, 1, (), disk_total_mb).strips
        return {strip.measure for strip in strips if strip.bars[0].amiss}

    of_moments = {Measure.TEMPERATURE, Measure.DISK, Measure.THROTTLED, Measure.CLOCK, Measure.SENSOR}
    assert amiss(day, 4_000.0) == of_moments
    assert amiss(replace(fine, amiss=()), 4_000.0) == set()
    assert amiss(replace(fine, amiss=("camera",)), 4_001.0) == {Measure.DISK, Measure.SENSOR}


def test_each_strip_says_what_it_is_of(filled_web: Web) -> None:
    told_ill(filled_web)
    client = filled_web.client("auditor")
    client.cookies.set("carewitness-language", "en")
    labels = re.findall(r'class="strip" role="img"[^>]*aria-label="([^"]*)"', client.get("/devices/device-1").text)
    assert len(labels) == len(set(labels)) == len(Measure) + 1
    assert {"sensor: camera", "sensor: microphone", "highest temperature"} <= set(labels)


def test_sensor_that_was_given_up_is_said_to_be_so_where_there_is_no_visit(filled_web: Web) -> None:
    told_ill(filled_web)
    page = filled_web.client("auditor").get("/devices/device-1/health").text
    assert "已停用" in page
    assert "本次服务" not in page


def test_names_of_sensors_that_somebody_makes_up_each_day_do_not_fill_a_page() -> None:
    days = [ToldDay(f"2026-09-{n:02}", 1, 1, None, None, None, 0, 0, (f"s{n}", f"t{n}")) for n in range(30, 1, -1)]
    strips = strips_of(days, "2026-09-30", 90, ("camera",)).strips
    assert [strip.sensor for strip in strips if strip.sensor][:3] == ["camera", "s30", "t30"]
    assert len(strips) <= len(Measure) - 1 + MOST_SENSORS


def test_bars_are_as_high_as_their_figures_and_say_what_is_amiss(filled_web: Web) -> None:
    told_ill(filled_web)
    page = filled_web.client("auditor").get("/devices/device-1/health").text
    assert page.count('class="strip"') == len(Measure) + 1, "each measure, and of two sensors"
    assert f'height="{HEIGHT}.0"' in page


@pytest.mark.parametrize("scope", [OneAgency("agency-b"), Nothing()])
def test_store_itself_tells_nobody_of_another_agencys_device(web: Web, scope: Scope) -> None:
    def found(seen: Scope) -> tuple[object, ...]:
        with web.database.reading() as connection:
            now = told_of(connection, seen, "device-1")
            return now, hours_of(connection, seen, "device-1", NOW_MS, 5), changes_of(connection, seen, "device-1", 5)

    assert found(scope) == (None, (), ())
    assert all(found(Everything()))


# What a device says of itself comes from here. It is stored and shown by those below and by pages, and nothing else
# knows of it: what weighs, asks and counts, and what people decide by. The command line counts visits by `store.watch`.
OF_HEALTH = (
    "visit_record.health",
    "ingest_server.fleet",
    "ingest_server.intake.hearing",
    "ingest_server.store.fleet",
    "ingest_server.store.last_heard",
    "ingest_server.store.listening",
    "ingest_server.store.told",
    "ingest_server.store.watch",
)
HEARING = {"bootstrap.py", "cli.py", "intake/hearing.py", "words/judged.py"}
KEEPING = {f"store/{one}.py" for one in ("fleet", "last_heard", "listening", "told", "told_of", "watch")}
TABLES = ("device_told", "device_hours", "device_changes", "schema import listening")
ROOT = Path(__file__).parents[3] / "ingest_server"


def test_no_rule_verdict_or_sum_reads_what_devices_tell() -> None:
    readers = {
        source.relative_to(ROOT).as_posix()
        for source in ROOT.rglob("*.py")
        if any(name.startswith(OF_HEALTH) for name in imported_modules(source))
    }
    assert {one for one in readers if not one.startswith(("fleet/", "web/"))} == HEARING | KEEPING


def test_tables_of_it_are_read_by_what_shows_it_alone() -> None:
    readers = {
        source.relative_to(ROOT).as_posix()
        for source in ROOT.rglob("*.py")
        if any(table in source.read_text("utf-8") for table in TABLES) and "migrations" not in source.parts
    }
    assert readers == {"store/schema.py", "store/listening.py", "store/told.py", "store/told_of.py"}


def test_visits_are_weighed_alike_whatever_their_device_tells(filled_web: Web, empty_web: Web) -> None:
    assert (len(weighed(filled_web)[0]), weighed(empty_web)[0]) == (len(filled_web.visits), []), "each its own store"
    told_ill(empty_web)
    told_ill(empty_web, "device-2", "agency-b")
    fill(empty_web)
    assert weighed(empty_web) == weighed(filled_web)


def weighed(web: Web) -> list[Sequence[Any]]:
    with web.database.reading() as connection:
        return [
            connection.execute(query).all()
            for query in (
                select(verdicts.c.digest, verdicts.c.verdict).order_by(verdicts.c.digest),
                select(visits).order_by(visits.c.digest),
                select(visit_exceptions).order_by(visit_exceptions.c.digest, visit_exceptions.c.code),
            )
        ]


def test_hours_of_two_devices_are_kept_apart(filled_web: Web) -> None:
    tell(filled_web, *of_hours(3, NOW_MS + DAY_MS, "device-2", "agency-b"))
    counts = [
        len(filled_web.client("auditor").get(f"/api/v1/devices/{device}/hours").json()["hours"])
        for device in ("device-1", "device-2")
    ]
    assert counts == [51, 8]
