"""What stands beside one visit: its neighbours, the check of its record, and where its fixes lie."""

import re

import pytest
from msgspec.structs import replace
from sqlalchemy import update

from ingest_server.rules.limits import limits_of
from ingest_server.rules.rule_set import shipped_rules
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.store.schema import records, visits
from ingest_server.web.lanes_identity import known_by
from ingest_server.web.place_map import MOST_APART_M, place_map
from tests.ingest_server.web.conftest import Web
from tests.ingest_server.web.visits import fix_at, little_seen, look, rich_visit
from tests.visit_record.examples import CHECK_IN_MS
from visit_record.record import FaceCheck, FaceEvidence, Fix, NotObserved, VisitRecord, Where
from visit_record.vocabulary import CheckMoment, IdentityMethod, NotObservedReason
from visit_record.words import NOT_CONFIRMED

HOUR_MS = 3_600_000


def placed(check_in: Fix | NotObserved, check_out: Fix | NotObserved) -> VisitRecord:
    return replace(rich_visit(), where=Where(check_in, check_out, ()))


def at(latitude_deg: float, longitude_deg: float, **changes: float | None) -> Fix:
    return replace(fix_at(CHECK_IN_MS, 8.0), latitude_deg=latitude_deg, longitude_deg=longitude_deg, **changes)


def checks(web: Web, visit: str = "rich") -> dict[str, bool | None]:
    found = web.client("auditor").get(f"/api/v1/visits/{web.visits[visit]}/check").json()
    return {check["what"]: check["holds"] for check in found["checks"]}


def test_record_that_nobody_touched_holds_in_every_respect(web: Web) -> None:
    assert set(checks(web, "empty_order").values()) == {True}
    assert "记录未被改动" in web.client("auditor").get(f"/visits/{web.visits['rich']}/check").text


def test_last_record_of_a_device_has_nothing_after_it_to_be_held_to(web: Web) -> None:
    assert checks(web, "long")["after"] is None


ALTERED = {
    "other bytes": ({"sealed": b"e30.e30.AAAA"}, {"digest", "signature", "ledger", "root"}),
    "another record named before it": ({"prev": "0" * 64}, {"before"}),
    "another place in the ledger": ({"log_index": 900}, {"ledger", "root"}),
}


@pytest.mark.parametrize(("change", "failing"), ALTERED.values(), ids=ALTERED)
def test_altered_record_is_found_out_by_what_it_breaks(
    filled_web: Web, change: dict[str, object], failing: set[str]
) -> None:
    with filled_web.database.writing() as connection:
        of = visits.c.visit == filled_web.visits["empty_order"]
        digest = connection.execute(visits.select().where(of)).one().digest
        connection.execute(update(records).where(records.c.digest == digest).values(change))
    assert {what for what, holds in checks(filled_web, "empty_order").items() if holds is False} == failing
    page = filled_web.client("auditor").get(f"/visits/{filled_web.visits['empty_order']}/check")
    assert (page.status_code, "记录有问题" in page.text) == (200, True)


def test_neighbours_are_those_before_and_after_and_overlaps_are_told(filled_web: Web) -> None:
    with filled_web.database.writing() as connection:
        for name, start in (("rich", 0), ("empty_order", HOUR_MS // 2), ("proxy", 3 * HOUR_MS)):
            at_ms = CHECK_IN_MS - 90 * HOUR_MS + start
            moved = {"check_in_ms": at_ms, "check_out_ms": at_ms + HOUR_MS, "recipient": "somebody"}
            connection.execute(update(visits).where(visits.c.visit == filled_web.visits[name]).values(moved))
    client, visit = filled_web.client("supervisor-a"), filled_web.visits["empty_order"]
    found = {one["of"]: one for one in client.get(f"/api/v1/visits/{visit}/neighbours").json()["neighbours"]}
    assert [found["recipient"][side]["visit"] for side in ("before", "after")] == [
        filled_web.visits["rich"],
        filled_web.visits["proxy"],
    ]
    assert [found["recipient"][side]["between_s"] for side in ("before", "after")] == [-1800.0, 5400.0]
    page = client.get(f"/visits/{visit}").text
    assert ("重叠 30分钟" in page, "overlaps by 30 min" in page) == (True, True)


def test_neighbours_of_another_agency_are_not_there(filled_web: Web) -> None:
    with filled_web.database.writing() as connection:
        connection.execute(update(visits).values(caregiver="shared", recipient="shared", device="shared"))
    theirs = {filled_web.visits["b_rich"], filled_web.visits["b_proxy"]}
    for name in ("rich", "proxy", "little_seen", "moved", "long"):
        text = filled_web.client("supervisor-a").get(f"/api/v1/visits/{filled_web.visits[name]}/neighbours").text
        assert not any(visit in text for visit in theirs)


def test_fixes_are_drawn_to_scale_and_the_north_is_up() -> None:
    drawn = place_map(placed(at(31.0, 121.0), at(31.001, 121.0)))
    assert drawn is not None
    first, second = drawn.spots
    assert first.x == second.x
    assert first.y > second.y
    metres = drawn.bar_m / drawn.bar
    assert (first.y - second.y) * metres == pytest.approx(111.2, rel=0.01)
    assert first.accuracy is not None
    assert first.accuracy * metres == pytest.approx(6.0, rel=0.05)
    assert first.home is not None
    assert first.home * metres == pytest.approx(8.0, rel=0.05)


def test_neighbours_across_the_date_line_are_near() -> None:
    drawn = place_map(placed(at(0.0, 179.9999), at(0.0, -179.9999)))
    assert drawn is not None
    assert drawn.bar_m <= 20


NO_FIX = NotObserved(NotObservedReason.NO_SATELLITES)
NOTHING_TO_DRAW = {
    "no fix at all": (NO_FIX, NotObserved(NotObservedReason.LOCATION_OFF)),
    "too far from each other": (at(0.0, 0.0), at(0.0, 3.0)),
    "nothing known of how exact": (at(0.0, 0.0, accuracy_m=float(MOST_APART_M + 1)), at(0.0, 0.0)),
}


@pytest.mark.parametrize(("check_in", "check_out"), NOTHING_TO_DRAW.values(), ids=NOTHING_TO_DRAW)
def test_nothing_is_drawn_where_it_would_tell_nothing(
    check_in: Fix | NotObserved, check_out: Fix | NotObserved
) -> None:
    assert place_map(placed(check_in, check_out)) is None


def test_fix_without_figures_is_a_point_alone() -> None:
    drawn = place_map(placed(at(31.0, 121.0, accuracy_m=None, distance_to_site_m=None), NO_FIX))
    assert drawn is not None
    [spot] = drawn.spots
    assert (spot.x, spot.y, spot.accuracy, spot.home) == (50.0, 50.0, None, None)


def test_lists_are_narrowed_to_a_recipient_and_a_device(web: Web) -> None:
    client = web.client("auditor")
    for query in ("recipient=recipient-9", "device=device-2"):
        found = client.get(f"/api/v1/visits?{query}").json()["visits"]
        assert {visit["visit"] for visit in found} == {web.visits["b_rich"], web.visits["b_proxy"]}
        assert web.visits["b_proxy"] in client.get(f"/?band=all&work=all&{query}").text


@pytest.mark.parametrize(("visit", "by_face"), [("rich", True), ("little_seen", False)])
def test_a_face_that_nobody_allowed_is_not_said_to_have_let_anybody_in(web: Web, visit: str, by_face: bool) -> None:
    page = web.client("auditor").get(f"/visits/{web.visits[visit]}").text
    found = re.search(r"签到方式.*?<dd>(.*?)</dd>", page, re.S)
    assert found is not None
    assert "人脸" in found[1]
    assert (NOT_CONFIRMED.zh in found[1]) is not by_face


def looked_at(*checks: FaceCheck) -> VisitRecord:
    return replace(rich_visit(), face=FaceEvidence(checks))


def by(method: IdentityMethod, record: VisitRecord) -> VisitRecord:
    return replace(record, who=replace(record.who, checked_in_by=method))


UNASKED = NotObserved(NotObservedReason.NOT_ASKED)
KNOWN = {
    "a face like the caregiver's": (rich_visit(), IdentityMethod.FACE),
    "another face": (looked_at(look(CheckMoment.CHECK_IN, CHECK_IN_MS, 0.2, UNASKED)), None),
    "no face": (looked_at(look(CheckMoment.CHECK_IN, CHECK_IN_MS, None, UNASKED)), None),
    "at check-out alone": (looked_at(look(CheckMoment.CHECK_OUT, CHECK_IN_MS, 0.7, UNASKED)), None),
    "no camera": (little_seen(), None),
    "a voice": (by(IdentityMethod.VOICE, rich_visit()), IdentityMethod.VOICE),
    "no microphone": (by(IdentityMethod.VOICE, little_seen()), None),
    "a PIN without a camera": (by(IdentityMethod.PIN, little_seen()), IdentityMethod.PIN),
}


@pytest.mark.parametrize("kind", KNOWN)
def test_the_way_in_is_told_where_it_showed_who_came(kind: str) -> None:
    record, way = KNOWN[kind]
    assert known_by(record, limits_of(shipped_rules(EVIDENCE_IDS))) is way
