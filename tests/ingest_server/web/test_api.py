"""The JSON API: pages without gaps, proofs that hold for an outsider, a document that is true, problems as RFC 9457."""

import hashlib
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import update
from structlog.testing import capture_logs

from ingest_server.ledger.checkpoint import key_hash
from ingest_server.ledger.merkle import leaf_hash, verify_inclusion
from ingest_server.store.caregivers import caregiver_summary
from ingest_server.store.schema import records, verdicts
from ingest_server.store.scope import Everything, Nothing
from ingest_server.store.visit_counts import band_counts
from ingest_server.store.visits import find_visit, visits_page
from ingest_server.store.wanted import Cut, Place, VisitFilter
from ingest_server.web.cursor import cursor_of, place_of
from tests.ingest_server.conftest import NOW_MS, SERVER_KEY, arrival
from tests.ingest_server.stores import new_store
from tests.ingest_server.web.conftest import Web, fresh_web, put
from tests.ingest_server.web.visits import HOUR_MS, empty_order, linked, momentary, moved, proxy_with_photo, rich_visit
from tests.visit_record.examples import KEY, STRANGER
from visit_record.sealing import digest_of, open_record, seal
from visit_record.visit_id import visit_id


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Thirty visits, many of them at the same moment, and fourteen more to be looked at, many with as much at risk."""
    database = new_store(tmp_path_factory.mktemp("crowd") / "carewitness.db")
    web = fresh_web(database)
    visits = [moved(rich_visit(), -HOUR_MS * (number // 4)) for number in range(30)]
    doubted = [proxy_with_photo(), empty_order()] * 7
    put(web, visits[:20] + doubted[:8], "device-1", "agency-a", KEY)
    put(web, visits[20:] + doubted[8:], "device-2", "agency-b", STRANGER)
    yield web
    database.close()


def walk(web: Web, person: str, limit: int, query: str = "") -> list[dict[str, Any]]:
    """Every visit, page after page."""
    client, found, cursor = web.client(person), [], ""
    while True:
        page = client.get(f"/api/v1/visits?limit={limit}{query}{cursor}").json()
        found += page["visits"]
        if page["next_cursor"] is None:
            return found
        assert len(page["visits"]) == limit
        cursor = f"&cursor={page['next_cursor']}"


@given(limit=st.integers(1, 200), person=st.sampled_from(["auditor", "supervisor-a", "supervisor-b"]))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_of_any_size_hold_every_visit_once_and_in_order(crowd: Web, limit: int, person: str) -> None:
    found = walk(crowd, person, limit)
    places = [(visit["check_in_ms"], visit["digest"]) for visit in found]
    assert places == sorted(set(places), reverse=True)
    assert len(places) == {"auditor": 44, "supervisor-a": 28, "supervisor-b": 16}[person]


@given(limit=st.integers(1, 200), person=st.sampled_from(["auditor", "supervisor-a", "supervisor-b"]))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_to_be_looked_at_hold_every_visit_once_by_expected_loss(crowd: Web, limit: int, person: str) -> None:
    found = walk(crowd, person, limit, "&band=hold") + walk(crowd, person, limit, "&band=review")
    places = [(visit["at_risk_fen"], visit["check_in_ms"], visit["digest"]) for visit in found]
    assert places == sorted(set(places), reverse=True)
    assert len(places) == {"auditor": 14, "supervisor-a": 8, "supervisor-b": 6}[person]
    assert len({place[0] for place in places}) > 1


def test_visits_that_arrive_meanwhile_neither_repeat_nor_hide_others(crowd: Web) -> None:
    client = crowd.client("supervisor-a")
    first = client.get("/api/v1/visits?limit=10").json()
    prev = client.get(f"/api/v1/visits/{first['visits'][0]['visit']}").json()["record"]
    assert prev["chain"]["seq"] >= 1
    second = client.get(f"/api/v1/visits?limit=200&cursor={first['next_cursor']}").json()
    seen = [visit["digest"] for visit in first["visits"] + second["visits"]]
    assert len(seen) == len(set(seen)) == 28
    assert second["next_cursor"] is None


def test_filters_narrow_and_bands_count(web: Web) -> None:
    client = web.client("auditor")
    everything = client.get("/api/v1/visits").json()
    for band, count in everything["bands"].items():
        page = client.get(f"/api/v1/visits?band={band}").json()
        assert len(page["visits"]) == count
        assert all(visit["band"] == band for visit in page["visits"])
        assert page["bands"] == everything["bands"]
    assert len(client.get("/api/v1/visits?caregiver=caregiver-9").json()["visits"]) == 2
    assert client.get("/api/v1/visits?agency=agency-z").json()["visits"] == []


def broken_chain(web: Web) -> dict[str, str]:
    """A linked visit, one before which another is missing, and two of one number; their digests by what they are."""
    sealed = [
        seal(replace(linked(rich_visit(), seq, prev), jti=visit_id(seq, bytes([place]) * 10)), KEY)
        for place, (seq, prev) in enumerate([(1, None), (5, "0" * 64), (9, "0" * 64), (9, "1" * 64)])
    ]
    web.served.intake.take([arrival(one) for one in sealed])
    return dict(zip(("linked", "gap", "fork", "other"), map(digest_of, sealed), strict=True))


def test_break_of_the_chain_is_told_in_the_list_and_can_be_asked_for(empty_web: Web) -> None:
    digests = broken_chain(empty_web)
    client = empty_web.client("supervisor-a")
    found = {visit["digest"]: visit["link_state"] for visit in client.get("/api/v1/visits").json()["visits"]}
    assert {name: found[digest] for name, digest in digests.items()} == {
        "linked": "linked",
        "gap": "gap",
        "fork": "fork",
        "other": "fork",
    }
    for link, names in (("gap", {"gap"}), ("fork", {"fork", "other"})):
        answer = client.get(f"/api/v1/visits?link={link}").json()
        assert {visit["digest"] for visit in answer["visits"]} == {digests[name] for name in names}
        assert sum(answer["bands"].values()) == len(names)
    exceptions = client.get("/api/v1/caregivers/caregiver-1").json()["exceptions"]
    assert (exceptions["SEQ_GAP"], exceptions["CHAIN_FORK"]) == (1, 2)


def test_visit_of_the_far_future_stands_last_on_every_page_size(empty_web: Web) -> None:
    records = [moved(rich_visit(), 48 * HOUR_MS), momentary(), rich_visit(), moved(rich_visit(), -HOUR_MS)]
    ahead, far, now, earlier = put(empty_web, records, "device-1", "agency-a", KEY)
    expected = [now, earlier, far, ahead]
    for limit in range(1, len(expected) + 1):
        assert [visit["visit"] for visit in walk(empty_web, "supervisor-a", limit)] == expected
    recent = empty_web.client("supervisor-a").get("/api/v1/caregivers/caregiver-1").json()["recent"]
    assert [visit["visit"] for visit in recent] == expected


UNREADABLE = {
    "a null number": lambda stored: re.sub(rb'"decibans":[-0-9.e]+', b'"decibans":null', stored),
    "no JSON": lambda _: b"hello",
    "nothing": lambda _: b"",
    "not UTF-8": lambda _: b'{"band": "\xff"}',
}


@pytest.mark.parametrize("spoil", UNREADABLE.values(), ids=UNREADABLE)
def test_verdict_that_cannot_be_read_is_told_on_its_line_and_hides_no_other(
    empty_web: Web, spoil: Callable[[bytes], bytes]
) -> None:
    good, bad = put(empty_web, [proxy_with_photo(), proxy_with_photo()], "device-1", "agency-a", KEY)
    client = empty_web.client("supervisor-a")
    digest = client.get(f"/api/v1/visits/{bad}").json()["summary"]["digest"]
    with empty_web.database.writing() as connection:
        stored = connection.execute(verdicts.select().where(verdicts.c.digest == digest)).one().verdict
        connection.execute(update(verdicts).where(verdicts.c.digest == digest).values(verdict=spoil(stored)))
    with capture_logs() as logged:
        found = {visit["visit"]: visit for visit in client.get("/api/v1/visits").json()["visits"]}
    assert (found[good]["verdict_readable"], found[bad]["verdict_readable"]) == (True, False)
    assert (found[bad]["band"], found[bad]["top_reason"]) == ("review", None)
    assert [entry["record"] for entry in logged if entry["log_level"] == "error"] == [digest]
    for page in ("/", "/caregivers/caregiver-1"):
        assert client.get(page).text.count("判断理由无法读取") == 1
    for page in (f"/visits/{bad}", f"/api/v1/visits/{bad}"):
        answer = client.get(page)
        assert (answer.status_code, "cannot be read" in answer.text) == (500, True)
    assert client.get(f"/visits/{good}").status_code == 200


def test_outsider_can_check_the_record_against_the_signed_checkpoint(web: Web) -> None:
    client = web.client("auditor")
    detail = client.get(f"/api/v1/visits/{web.visits['proxy']}").json()
    note = client.get("/api/v1/ledger/checkpoint")
    assert note.headers["content-type"] == "text/plain; charset=utf-8"
    body, signatures = note.text.split("\n\n")
    origin, size, root = body.split("\n")
    signature = b64decode(signatures.strip().split(" ")[2])
    assert signature[:4] == key_hash(origin, SERVER_KEY.public_key())
    SERVER_KEY.public_key().verify(signature[4:], f"{body}\n".encode())
    proof, sealed = detail["inclusion"], detail["sealed"].encode()
    path = [b64decode(node) for node in proof["audit_path"]]
    assert proof["tree_size"] == int(size)
    assert verify_inclusion(leaf_hash(sealed), proof["log_index"], int(size), path, b64decode(root))
    assert proof["holds"]
    assert hashlib.sha256(sealed).hexdigest() == detail["summary"]["digest"]
    assert open_record(sealed, lambda _: KEY.public_key()).record.jti == web.visits["proxy"]


def test_second_record_of_a_visit_is_named_and_can_be_read(empty_web: Web) -> None:
    one = rich_visit()
    other = replace(one, bootcount=4)
    [visit] = put(empty_web, [one], "device-1", "agency-a", KEY)
    put(empty_web, [other], "device-1", "agency-a", KEY)
    client = empty_web.client("supervisor-a")
    first = client.get(f"/api/v1/visits/{visit}").json()
    assert first["record"]["bootcount"] == 3
    assert first["link_state"] == "fork"
    [digest] = first["others"]
    second = client.get(f"/api/v1/visits/{visit}?record={digest}").json()
    assert (second["record"]["bootcount"], second["others"]) == (4, [first["summary"]["digest"]])
    assert digest[:16] in client.get(f"/visits/{visit}").text
    assert client.get(f"/api/v1/visits/{visit}?record={'0' * 64}").status_code == 404


def test_visit_id_squatted_by_another_agency_hides_nothing(empty_web: Web) -> None:
    [visit] = put(empty_web, [rich_visit()], "device-1", "agency-a", KEY)
    found = empty_web.client("supervisor-a").get(f"/api/v1/visits/{visit}").json()
    assert found["summary"]["agency"] == "agency-a"
    assert empty_web.client("supervisor-b").get(f"/api/v1/visits/{visit}").status_code == 404


def test_caregivers_sums_add_up(web: Web) -> None:
    summary = web.client("supervisor-a").get("/api/v1/caregivers/caregiver-1").json()
    assert summary["visits"] == sum(summary["bands"].values()) == len(summary["recent"]) == 6
    assert summary["hours"] == pytest.approx(5.0)
    assert summary["agencies"] == ["agency-a"]
    assert summary["exceptions"]["CONSENT_WITHHELD"] == 3


WRONG = {
    "no such visit": ("/api/v1/visits/01a0c45a-5c00-7000-8000-00000000ffff", 404),
    "not a visit id": ("/api/v1/visits/x", 422),
    "no such caregiver": ("/api/v1/caregivers/somebody", 404),
    "caregiver with a NUL": ("/api/v1/caregivers/a%00b", 422),
    "no such band": ("/api/v1/visits?band=guilty", 422),
    "a link that is no finding": ("/api/v1/visits?link=linked", 422),
    "too many": ("/api/v1/visits?limit=201", 422),
    "none": ("/api/v1/visits?limit=0", 422),
    "no number": ("/api/v1/visits?limit=many", 422),
    "cursor of nonsense": ("/api/v1/visits?cursor=nonsense", 400),
    "cursor beyond ASCII": ("/api/v1/visits?cursor=%E4%B8%AD", 400),
    "cursor too long": (f"/api/v1/visits?cursor={'a' * 401}", 422),
    "no such address": ("/api/v1/nothing", 404),
}


@pytest.mark.parametrize(("address", "status"), WRONG.values(), ids=WRONG)
def test_wrong_request_gets_a_problem_document(web: Web, address: str, status: int) -> None:
    answer = web.client("auditor").get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert {"type", "title", "detail", "detail_zh"} <= problem.keys()


def test_wrong_method_is_a_problem_too(web: Web) -> None:
    answer = web.client("auditor").delete("/api/v1/visits")
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")


@given(st.integers(0, 10**14), st.integers(0, 253_402_300_799_999), st.binary(min_size=32, max_size=32))
def test_cursor_names_its_place(at_risk_fen: int, check_in_ms: int, digest: bytes) -> None:
    place = Place(at_risk_fen, check_in_ms, digest.hex())
    assert place_of(cursor_of(place)) == place


def test_record_altered_in_the_database_is_not_shown_as_evidence(tmp_path: Path) -> None:
    database = new_store(tmp_path / "altered.db")
    web = fresh_web(database)
    [visit] = put(web, [rich_visit()], "device-1", "agency-a", KEY)
    with database.writing() as connection:
        sealed = connection.execute(records.select()).one().sealed
        connection.execute(update(records).values(sealed=sealed[:-2] + b"AA"))
    for address in (f"/api/v1/visits/{visit}", f"/visits/{visit}"):
        answer = web.client("auditor").get(address)
        assert answer.status_code == 500
        assert "restore it from a backup" in answer.text
        assert "Traceback" not in answer.text
    database.close()


def test_record_swapped_for_another_of_its_device_is_not_shown_either(empty_web: Web) -> None:
    visits = put(empty_web, [rich_visit(), rich_visit()], "device-1", "agency-a", KEY)
    with empty_web.database.writing() as connection:
        first, second = connection.execute(records.select().order_by(records.c.log_index)).all()
        connection.execute(update(records).where(records.c.digest == first.digest).values(sealed=second.sealed))
    assert empty_web.client("auditor").get(f"/visits/{visits[0]}").status_code == 500
    assert empty_web.client("auditor").get(f"/visits/{visits[1]}").status_code == 200


def test_counts_go_no_farther_than_anybody_reads(web: Web) -> None:
    with web.database.reading() as connection:
        whole = band_counts(connection, Everything(), VisitFilter(), NOW_MS)
        short = band_counts(connection, Everything(), VisitFilter(), NOW_MS, most=2)
    assert max(whole.values()) > 2
    assert short == {band: min(2, count) for band, count in whole.items()}


def test_reader_without_a_scope_finds_nothing_even_where_nobody_refused(web: Web) -> None:
    with web.database.reading() as connection:
        assert visits_page(connection, Nothing(), VisitFilter(), Cut(10, NOW_MS)).visits == ()
        assert set(band_counts(connection, Nothing(), VisitFilter(), NOW_MS).values()) == {0}
        assert find_visit(connection, Nothing(), web.visits["rich"]) is None
        assert caregiver_summary(connection, Nothing(), "caregiver-1", NOW_MS) is None


def test_document_describes_what_is_answered(web: Web) -> None:
    document = web.client().get("/api/v1/openapi.json").json()
    schemas = document["components"]["schemas"]
    assert r"\Z" not in str(document)
    answers = {
        "/api/v1/visits": "VisitsAnswer",
        "/api/v1/visits/{visit}": "VisitDetail",
        "/api/v1/caregivers/{caregiver}": "CaregiverSummary",
        "/api/v1/rules": "RulesAnswer",
        "/api/v1/calibration": "Calibration",
    }
    for path, name in answers.items():
        shape = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert shape == {"$ref": f"#/components/schemas/{name}"}
        address = path.replace("{visit}", web.visits["rich"]).replace("{caregiver}", "caregiver-1")
        assert web.client("auditor").get(address).json().keys() == schemas[name]["properties"].keys()
    for name in references(document):
        assert name in schemas


def references(node: object) -> Iterator[str]:
    """Names of the schemas that a document refers to."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rsplit("/", 1)[1]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_health_and_metrics_say_when_no_record_can_arrive(empty_web: Web) -> None:
    client = empty_web.client()
    assert "carewitness_intake_connected 1.0" in client.get("/metrics").text
    empty_web.broker.up = False
    answer = client.get("/healthz")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert "disconnected from the broker" in answer.json()["detail"]
    assert "carewitness_intake_connected 0.0" in client.get("/metrics").text
    assert empty_web.client("auditor").get("/").status_code == 200
    empty_web.broker.up = True
    assert client.get("/healthz").text == "ok\n"


def test_health_says_no_when_the_store_is_gone(tmp_path: Path) -> None:
    database = new_store(tmp_path / "gone.db")
    web = fresh_web(database)
    assert web.client().get("/healthz").text == "ok\n"
    database.close()
    for file in tmp_path.iterdir():
        file.unlink()
    answer = web.client().get("/healthz")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert web.client("auditor").get("/").status_code == 503
