"""What one subject's visits tell: days, company, items claimed and heard, cases; and of a device its own log."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import update

from ingest_server.authenticity.makeup import UNKNOWN_ITEM, ItemMix, makeup_of, sums_of
from ingest_server.authenticity.tally import Count, Tally
from ingest_server.store.districts import Agency, set_agency
from ingest_server.store.schema import records, visits
from ingest_server.web.calendar import CELL, calendar_of
from ingest_server.web.profile_answer import CalendarDay
from tests.ingest_server.conftest import NOW_MS
from tests.ingest_server.web.conftest import Web, put
from tests.ingest_server.web.visits import MISSING, empty_order, rich_visit
from tests.visit_record.examples import KEY, minutes
from visit_record.catalogue import service_items
from visit_record.record import ServiceClaim, Services, VisitRecord
from visit_record.vocabulary import IdentityMethod

SUBJECTS = {"caregiver": "caregiver-1", "recipient": "recipient-1", "device": "device-1", "agency": "agency-a"}


def profile(web: Web, kind: str, who: str = "auditor", subject: str | None = None) -> dict[str, object]:
    answer = web.client(who).get(f"/api/v1/profiles/{kind}/{subject or SUBJECTS[kind]}")
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def sums(record: VisitRecord) -> dict[str, int]:
    return dict(sums_of(record, service_items()))


def test_item_that_was_heard_supports_its_claim() -> None:
    found = sums(rich_visit())
    assert {found[f"{of}:feeding"] for of in ("claimed", "audible", "supported")} == {1}
    assert found["way:face"] == 1


def test_item_that_could_have_been_heard_and_was_not_is_audible_and_not_supported() -> None:
    found = sums(empty_order())
    assert (found["claimed:feeding"], found["audible:feeding"]) == (1, 1)
    assert "supported:feeding" not in found


def test_item_is_claimed_alone_where_nothing_could_be_heard() -> None:
    deaf = replace(rich_visit(), sound=MISSING)
    assert {name for name in sums(deaf) if "feeding" in name} == {"claimed:feeding"}
    silent = replace(rich_visit(), services=Services((ServiceClaim("medication", minutes(3), 300.0),), ()))
    assert {name for name in sums(silent) if "medication" in name} == {"claimed:medication"}


def test_device_cannot_fill_the_sums_with_items_of_its_own() -> None:
    claims = tuple(ServiceClaim(f"made-up-{number}", minutes(3), 60.0) for number in range(300))
    found = sums(replace(rich_visit(), services=Services(claims, ())))
    assert [name for name in found if name.startswith("claimed:")] == [f"claimed:{UNKNOWN_ITEM}"]


def test_months_add_up_and_what_an_older_version_counted_is_told() -> None:
    older, newer = Tally.empty(), Tally.empty()
    older.add(Count(None, {"visits": 1, "observed": 500_000, "missing:face": 1}))
    newer.add(
        Count(None, {"visits": 1, "observed": 1_000_000, "way:pin": 1, "claimed:feeding": 1, "audible:feeding": 1})
    )
    found = makeup_of([("2026-09", newer), ("2026-08", older), ("2026-09", newer)])
    assert (found.visits, found.counted, found.other_ways) == (3, 2, 2)
    assert found.ways == {IdentityMethod.PIN: 2}
    assert found.items == (ItemMix("feeding", 2, 2, 0),)
    assert [(month.month, month.visits, month.observed_share) for month in found.months] == [
        ("2026-08", 1, 0.5),
        ("2026-09", 2, 1.0),
    ]


@given(st.dates(date(2020, 1, 6), date(2030, 1, 1)), st.integers(1, 60))
def test_calendar_ends_with_today_and_its_weeks_begin_on_a_monday(today: date, weeks: int) -> None:
    found = calendar_of([], today.isoformat(), weeks)
    assert found.cells[-1].day == today.isoformat()
    assert found.cells[-1].y == CELL * today.weekday()
    assert found.cells[0].y == 0
    assert len(found.cells) == 7 * (weeks - 1) + today.weekday() + 1
    assert [cell.x for cell in found.cells] == sorted(cell.x for cell in found.cells)


def test_calendar_is_darkest_where_most_visits_are_and_marks_days_in_doubt() -> None:
    days = [CalendarDay("2026-09-21", 5, 1), CalendarDay("2026-09-22", 1, 0)]
    *_, monday, tuesday = calendar_of(days, "2026-09-22", 2).cells
    assert (monday.step, monday.doubted, tuesday.step, tuesday.doubted) == (5, True, 1, False)


@pytest.mark.parametrize("kind", SUBJECTS)
def test_days_are_those_of_the_visits(web: Web, kind: str) -> None:
    found = profile(web, kind)
    calendar = {day["day"]: (day["visits"], day["doubted"]) for day in found["calendar"]}  # type: ignore[attr-defined]
    assert found["today"] == "2026-09-22"
    assert max(calendar) <= "2026-09-22", "a check-in in the year 9999 is on no day"
    assert calendar["2026-09-21"][1] == 2
    assert calendar["2026-09-20"] == (1, 0)


@pytest.mark.parametrize("kind", ["caregiver", "recipient", "device"])
def test_company_is_counted_with_what_of_it_is_in_doubt(web: Web, kind: str) -> None:
    pairs = {(pair["kind"], pair["other"]): pair for pair in profile(web, kind)["pairs"]}  # type: ignore[attr-defined]
    others = {(of, other) for of, other in SUBJECTS.items() if of not in {kind, "agency"}}
    assert others <= pairs.keys()
    assert all(pairs[one]["doubted"] == 2 for one in others)


def test_another_agencys_subjects_are_not_there(web: Web) -> None:
    client = web.client("supervisor-b")
    for kind, subject in SUBJECTS.items():
        assert client.get(f"/api/v1/profiles/{kind}/{subject}").status_code == 404
    assert web.client("auditor").get("/api/v1/profiles/district/anywhere").status_code == 422


def test_shared_subject_tells_each_agency_of_its_own_visits_alone(filled_web: Web) -> None:
    with filled_web.database.writing() as connection:
        connection.execute(update(visits).values(caregiver="caregiver-1"))
    found = profile(filled_web, "caregiver", "supervisor-a")
    others = {pair["other"] for pair in found["pairs"]}  # type: ignore[attr-defined]
    assert "recipient-1" in others
    assert not {"recipient-9", "device-2"} & others


def test_appeals_and_what_caregivers_say_are_counted(filled_web: Web) -> None:
    path = f"/api/v1/cases/{filled_web.cases['agency-a']}/steps"
    steps = (
        {"action": "statement", "note": "I was in the kitchen"},
        {"action": "close", "outcome": "irregular", "note": "half an hour alone"},
        {"action": "appeal", "note": "she says it was a full hour"},
    )
    for seen, step in enumerate(steps, start=1):
        assert filled_web.client("supervisor-a").post(path, json={**step, "seen_version": seen}).status_code == 200
    found = profile(filled_web, "caregiver")["contests"]
    assert found == {"states": {"investigating": 1}, "outcomes": {}, "appeals": 1, "statements": 1, "notes": 0}


def test_device_tells_of_its_software_clock_and_senses_and_where_its_chain_broke(filled_web: Web) -> None:
    log = profile(filled_web, "device")["log"]
    assert log["broken"] == []  # type: ignore[index]
    newest = log["latest"][0]  # type: ignore[index]
    assert (newest["seq"], newest["swversion"], newest["clock"]) == (7, "0.1.0", "ntp")
    with filled_web.database.writing() as connection:
        of_one = (records.c.device == "device-1") & (records.c.seq == 3)
        connection.execute(update(records).where(of_one).values(link_state="fork"))
    log = profile(filled_web, "device")["log"]
    assert [(one["seq"], one["link_state"]) for one in log["broken"]] == [(3, "fork")]  # type: ignore[index]
    assert "分叉" in filled_web.client("auditor").get("/devices/device-1").text


def test_agency_shows_its_caregivers_and_every_subject_its_latest_visits(web: Web) -> None:
    caregivers = profile(web, "agency")["caregivers"]
    assert {one["subject"] for one in caregivers} == {"caregiver-1", "c" * 64}  # type: ignore[attr-defined]
    client = web.client("supervisor-a")
    for path in ("/caregivers/caregiver-1", "/agencies/agency-a", "/recipients/recipient-1", "/devices/device-1"):
        assert web.visits["proxy"] in client.get(path).text


def test_agency_is_told_by_its_name_and_district(filled_web: Web) -> None:
    assert profile(filled_web, "agency")["registered"] == {"agency": "agency-a", "district": None, "name": None}
    with filled_web.database.writing() as connection:
        set_agency(connection, Agency("agency-a", "310115", "长宁 <养老>"))
    assert profile(filled_web, "agency")["registered"]["name"] == "长宁 <养老>"  # type: ignore[index]
    assert "长宁 &lt;养老&gt; · 310115" in filled_web.client("supervisor-a").get("/agencies/agency-a").text


def test_caregiver_of_long_ago_is_shown_without_an_estimate(filled_web: Web) -> None:
    filled_web.clock.now_ms = NOW_MS + 2 * 365 * 86_400_000
    client = filled_web.client("auditor")
    with filled_web.database.writing() as connection:
        connection.exec_driver_sql("UPDATE sessions SET expires_at_ms = 9999999999999, seen_at_ms = 9999999999999")
    page = client.get("/caregivers/caregiver-1")
    assert page.status_code == 200
    assert "不作估计" in page.text


def test_share_of_other_ways_than_the_face_is_told_where_there_are_any(empty_web: Web) -> None:
    by_pin = replace(rich_visit(), who=replace(rich_visit().who, checked_in_by=IdentityMethod.PIN))
    put(empty_web, [rich_visit(), by_pin], "device-1", "agency-a", KEY)
    shown = empty_web.client("auditor").get("/caregivers/caregiver-1").text
    assert "人脸以外共 1 次（50%）" in shown
