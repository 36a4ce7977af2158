"""Shares of genuine service on screens and in JSON: within the reader's scope, fair to the few, of this moment."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from ingest_server.authenticity.estimate import Kind, Standing
from ingest_server.store.sessions import issue_token
from ingest_server.store.tallies import add_tallies, deltas
from ingest_server.web.censuses import Censuses
from ingest_server.web.errors import WrongCursorError
from ingest_server.web.kept import STALE_MS
from ingest_server.web.ranking import Rank, cursor_after, rank_of
from tests.ingest_server.conftest import NOW_MS, by_hand, counting, weigher
from tests.ingest_server.stores import new_store
from tests.ingest_server.web.conftest import Web, fill, fresh_web
from tests.ingest_server.web.visits import empty_order, little_seen, rich_visit
from visit_record.record import VisitRecord

API = "/api/v1/authenticity"


def count(web: Web, record: VisitRecord, caregiver: str, agency: str, times: int) -> None:
    """Count a visit so many times, as if so many records of it had come."""
    who = replace(record.who, caregiver=caregiver, recipient=f"of-{caregiver}")
    record = replace(record, who=who, agency=agency, iss=f"at-{caregiver}")
    counted = counting()(record, weigher(by_hand()).weigh(record), None)
    with web.database.writing() as connection:
        add_tallies(connection, deltas([(counted, 1)] * times))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Two agencies of fifteen honest caregivers each; in one of them a cheat, and somebody with three bad visits."""
    database = new_store(tmp_path_factory.mktemp("city") / "carewitness.db")
    web = fresh_web(database)
    fill(web)
    for number in range(30):
        count(web, rich_visit(), f"honest-{number}", "agency-a" if number % 2 else "agency-b", 20 + number)
    count(web, rich_visit(), "cheat", "agency-a", 20)
    count(web, empty_order(), "cheat", "agency-a", 20)
    count(web, empty_order(), "newcomer", "agency-a", 5)
    yield web
    database.close()


def ask(web: Web, person: str, kind: str, subject: str) -> dict[str, Any]:
    answer = web.client(person).get(f"{API}/{kind}/{subject}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_cheat_is_worth_a_look_and_the_newcomer_is_not_branded(city: Web) -> None:
    cheat, newcomer = (ask(city, "auditor", "caregiver", name) for name in ("cheat", "newcomer"))
    assert cheat["estimate"]["standing"] == Standing.CONCERN
    assert cheat["estimate"]["high"] < 0.9
    assert next(iter(cheat["drivers"]["expected_faked"])) == "empty_order"
    assert cheat["drivers"]["against"][0]["decibans"] > 0
    assert newcomer["estimate"]["standing"] == Standing.TOO_FEW_VISITS
    page = city.client("auditor").get("/recipients/of-newcomer").text
    assert "服务次数太少" in page
    assert "建议抽查" not in page


def test_words_suggest_and_never_accuse(city: Web) -> None:
    page = city.client("auditor").get("/devices/at-cheat").text
    assert "建议抽查" in page
    assert "如何处理由人决定" in page
    for accusing in ("欺诈", "骗保", "造假者", "fraud", "guilty"):
        assert accusing not in page


def test_money_at_risk_is_the_funds_share_of_what_is_doubted(city: Web) -> None:
    money = ask(city, "auditor", "caregiver", "cheat")["money"]
    assert money["billed_fen"] == 40 * 6500
    suspicions = [weigher(by_hand()).weigh(record).suspicion for record in (rich_visit(), empty_order())]
    assert money["at_risk_fen"] == pytest.approx(0.9 * 20 * 6500 * sum(suspicions), abs=40)


def test_broken_sensor_changes_what_was_seen_and_not_the_estimate(tmp_path: Path) -> None:
    database = new_store(tmp_path / "carewitness.db")
    web = fresh_web(database)
    count(web, rich_visit(), "other", "agency-a", 30)
    count(web, rich_visit(), "unlucky", "agency-a", 12)
    before = ask(web, "auditor", "caregiver", "unlucky")
    blind = little_seen()
    order = rich_visit().who.order
    count(web, replace(blind, who=replace(blind.who, order=order)), "unlucky", "agency-a", 12)
    web.clock.now_ms += STALE_MS
    web.client("auditor").get(f"{API}/caregiver/unlucky")
    after = ask(web, "auditor", "caregiver", "unlucky")
    assert {name: before["estimate"][name] for name in ("mean", "low", "high", "judged", "standing")} == {
        name: after["estimate"][name] for name in ("mean", "low", "high", "judged", "standing")
    }
    assert after["observability"]["unjudged_visits"] == 12
    assert after["observability"]["mean_observed_share"] < before["observability"]["mean_observed_share"]
    assert after["money"]["at_risk_fen"] == before["money"]["at_risk_fen"]
    database.close()


@pytest.mark.parametrize("kind", [kind.value for kind in Kind if kind is not Kind.DISTRICT])
def test_supervisor_sees_no_other_agencys_subject(city: Web, kind: str) -> None:
    subject = {"caregiver": "honest-0", "agency": "agency-b", "recipient": "of-honest-0", "device": "at-honest-0"}[kind]
    assert city.client("supervisor-b").get(f"{API}/{kind}/{subject}").status_code == 200
    assert city.client("supervisor-a").get(f"{API}/{kind}/{subject}").status_code == 404
    assert subject not in city.client("supervisor-a").get(f"{API}/{kind}?limit=200").text
    assert subject in city.client("auditor").get(f"{API}/{kind}?limit=200").text


def test_supervisor_is_compared_with_the_own_agency_and_an_anonymous_whole(city: Web) -> None:
    own, whole = ask(city, "supervisor-a", "caregiver", "cheat"), ask(city, "auditor", "caregiver", "cheat")
    assert own["peers"]["agency"] == "agency-a"
    assert own["peers"]["subjects"] < whole["peers"]["subjects"]
    assert own["whole_percentile"] == whole["whole_percentile"]
    assert "agency-b" not in city.client("supervisor-a").get(f"{API}/caregiver/cheat").text


def test_visits_for_another_agency_are_no_part_of_what_a_supervisor_sees(city: Web) -> None:
    count(city, empty_order(), "honest-1", "agency-b", 9)
    assert ask(city, "supervisor-a", "caregiver", "honest-1")["estimate"]["visits"] == 21
    assert ask(city, "supervisor-b", "caregiver", "honest-1")["estimate"]["visits"] == 9
    both = ask(city, "auditor", "caregiver", "honest-1")
    assert (both["estimate"]["visits"], both["agencies"]) == (30, ["agency-a", "agency-b"])


@pytest.mark.parametrize("order", ["high", "low", "at_risk"])
@pytest.mark.parametrize("limit", [1, 7, 200])
def test_pages_hold_everybody_once_in_order(city: Web, order: str, limit: int) -> None:
    client, found, cursor = city.client("auditor"), [], ""
    while True:
        page = client.get(f"{API}/caregiver?order={order}&limit={limit}{cursor}").json()
        found += page["subjects"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    names = [one["subject"] for one in found]
    assert len(names) == len(set(names)) >= 32
    assert names[0] == "cheat"
    # Few visits tell little, however bad they were: nobody is ranked by them.
    few = [one["estimate"]["standing"] == Standing.TOO_FEW_VISITS for one in found]
    assert order == "at_risk" or few == sorted(few)
    keys = [-one["at_risk_fen"] if order == "at_risk" else one["estimate"][order] for one in found]
    standing = [key for key, too_few in zip(keys, few, strict=True) if order == "at_risk" or not too_few]
    assert standing == sorted(standing)


def test_subjects_without_a_visit_are_not_found(city: Web) -> None:
    for address in (f"{API}/caregiver/nobody", "/agencies/nobody", "/recipients/nobody", "/devices/nobody"):
        assert city.client("auditor").get(address).status_code == 404
    assert city.client("auditor").get(f"{API}/planet/earth").status_code == 422
    assert city.client("auditor").get(f"{API}/caregiver?cursor=%00").status_code == 400


def test_caregiver_whose_visits_are_all_older_than_a_year_has_a_page_and_no_estimate(city: Web) -> None:
    with city.database.writing() as connection:
        connection.execute(text("UPDATE tallies SET month = '2020-01' WHERE subject = 'caregiver-9'"))
    page = city.client("auditor").get("/caregivers/caregiver-9")
    assert page.status_code == 200
    assert "不作估计" in page.text


def test_device_whose_clock_is_ahead_counts_nowhere_until_its_month_has_come(tmp_path: Path) -> None:
    database = new_store(tmp_path / "carewitness.db")
    web = fresh_web(database)
    ahead = rich_visit()
    ahead = replace(ahead, span=replace(ahead.span, check_in_ms=NOW_MS + 31 * 86_400_000))
    count(web, rich_visit(), "one", "agency-a", 9)
    count(web, ahead, "one", "agency-a", 4)
    count(web, ahead, "two", "agency-a", 4)
    one = ask(web, "auditor", "caregiver", "one")
    assert (one["estimate"]["visits"], [month["visits"] for month in one["trend"]]) == (9, [9])
    assert [row["subject"] for row in web.client("auditor").get(f"{API}/caregiver").json()["subjects"]] == ["one"]
    assert web.client("auditor").get(f"{API}/caregiver/two").status_code == 404
    web.clock.now_ms += 31 * 86_400_000
    with database.writing() as connection:
        web.tokens["auditor"] = issue_token(connection, "auditor", web.clock.now_ms, days=1)
    web.client("auditor").get(f"{API}/caregiver/two")
    assert ask(web, "auditor", "caregiver", "two")["estimate"]["visits"] == 4
    database.close()


def test_cursor_that_is_none_of_ours_is_refused() -> None:
    assert rank_of(cursor_after(Rank(0.25, "caregiver-1"))) == Rank(0.25, "caregiver-1")
    for cursor in ("", "AAAA", "!", "MSwuLi9ldGM"):
        with pytest.raises(WrongCursorError):
            rank_of(cursor)


def test_peers_are_taken_again_when_they_are_old_and_a_failure_leaves_the_former(tmp_path: Path) -> None:
    database = new_store(tmp_path / "carewitness.db")
    web = fresh_web(database)
    count(web, rich_visit(), "one", "agency-a", 9)
    waiting: list[Callable[[], None]] = []
    clock = web.clock
    censuses = Censuses(database, clock, waiting.append)
    first = censuses.of(Kind.CAREGIVER)
    clock.now_ms = NOW_MS + STALE_MS - 1
    assert censuses.of(Kind.CAREGIVER) is first
    assert not waiting
    clock.now_ms += 1
    assert censuses.of(Kind.CAREGIVER) is first
    waiting.pop()()
    second = censuses.of(Kind.CAREGIVER)
    assert second.taken_at_ms == clock.now_ms
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE tallies RENAME TO away"))
    clock.now_ms += STALE_MS
    censuses.of(Kind.CAREGIVER)
    waiting.pop()()
    assert censuses.of(Kind.CAREGIVER) is second
    database.close()


def test_cursor_after_the_longest_district_is_one_that_is_taken(web: Web) -> None:
    rank = Rank(0.12345678901234568, "浦" * 64)
    cursor = cursor_after(rank)
    assert rank_of(cursor) == rank
    answer = web.client("auditor").get("/api/v1/authenticity/district", params={"cursor": cursor})
    assert answer.status_code == 200
