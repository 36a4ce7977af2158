"""Lists of cases: what is late first, a page at a time, with the verdicts of their visits."""

import re
from collections import Counter
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ingest_server.cases.step import Action, Outcome, Step
from ingest_server.store.case_lists import CaseFilter, cases_page, open_with
from ingest_server.store.cases import open_case
from ingest_server.store.narrowed import Narrowed
from ingest_server.store.recovered import recovered_between
from ingest_server.store.scope import Everything, OneAgency
from ingest_server.store.visits import find_key
from tests.ingest_server.conftest import NOW_MS
from tests.ingest_server.store.test_scans import said_to_the_database
from tests.ingest_server.web.conftest import Web

DAY_MS = 86_400_000


def all_cases(client: TestClient, query: str = "limit=1") -> list[dict[str, Any]]:
    """Every case of a list, page by page."""
    found, cursor = [], ""
    while True:
        page = client.get(f"/api/v1/cases?{query}{cursor}").json()
        found += page["cases"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


@pytest.fixture
def piled(filled_web: Web) -> tuple[Web, list[int]]:
    """Cases of every kind, and their numbers as a list is to have them."""
    made: dict[str, int] = {}
    # In the order of opening: what was opened last is due first.
    for name, days, visit in (("closed", 5, "rich"), ("later", 3, "moved"), ("sooner", 2, "long"),
                              ("newly closed", 9, "little_seen"), ("late", -1, "empty_order")):  # fmt: skip
        steps = [Step(Action.OPEN, "somebody", NOW_MS, until_ms=NOW_MS + days * DAY_MS)]
        steps += [Step(Action.CLOSE, "somebody", NOW_MS, outcome=Outcome.FALSE_ALARM)] if "closed" in name else []
        with filled_web.database.writing() as connection:
            key = find_key(connection, OneAgency("agency-a"), filled_web.visits[visit])
            assert key is not None
            made[name] = open_case(connection, "agency-a", [key.digest], steps)
    never = sorted(filled_web.cases.values())
    return filled_web, [made["late"], made["sooner"], made["later"], *never, made["newly closed"], made["closed"]]


def test_open_cases_come_by_when_they_are_due_and_closed_ones_last(piled: tuple[Web, list[int]]) -> None:
    web, wanted = piled
    client = web.client("auditor")
    assert [case["case"] for case in all_cases(client, "limit=200")] == wanted
    assert [case["case"] for case in all_cases(client)] == wanted
    assert [case["case"] for case in all_cases(client, "limit=3")] == wanted
    shown = re.findall(r'href="/cases/(\d+)"', client.get("/cases").text)
    assert [int(number) for number in shown] == wanted
    others = [number for number in wanted if number != web.cases["agency-b"]]
    assert [case["case"] for case in all_cases(web.client("supervisor-a"))] == others


def test_cases_are_listed_by_their_due_time_without_walking_those_that_are_closed(web: Web) -> None:
    for scope in (Everything(), OneAgency("agency-a")):
        with said_to_the_database() as statements, web.database.reading() as connection:
            cases_page(connection, scope, CaseFilter(), 5)
            first, values = next(one for one in statements if "FROM cases" in one[0])
            plan = "".join(str(step[3]) for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {first}", values))
        assert "INDEX cases_due" in plan
        assert "TEMP B-TREE" not in plan


def test_what_is_somebodys_and_what_came_back_is_found_without_walking_an_agencys_cases(web: Web) -> None:
    for scope in (Everything(), OneAgency("agency-a")):
        with said_to_the_database() as statements, web.database.reading() as connection:
            open_with(connection, scope, "supervisor-a")
            recovered_between(connection, Narrowed(scope), "2026-01-01", "2026-09-22")
            asked = [one for one in statements if "cases" in one[0]]
            plans = [
                "".join(str(step[3]) for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values))
                for query, values in asked
            ]
        assert "INDEX cases_open_by_assignee" in plans[0]
        assert "INDEX case_steps_recovered" in plans[1]
        assert "cases_by_agency" not in plans[1]


@pytest.mark.parametrize("cursor", ["1", "nonsense", "Y2FzZXM6Mw"])
def test_cursor_that_no_list_of_cases_gave_is_refused(web: Web, cursor: str) -> None:
    for address in ("/api/v1/cases", "/cases"):
        assert web.client("auditor").get(f"{address}?cursor={cursor}").status_code == 400


def test_case_and_list_tell_the_verdicts_of_its_visits(filled_web: Web) -> None:
    client = filled_web.client("supervisor-a")
    records = {one["visit"]: one for one in client.get("/api/v1/visits?limit=200").json()["visits"]}
    chosen = [records[filled_web.visits[name]] for name in ("empty_order", "rich", "little_seen")]
    made = client.post("/api/v1/cases", json={"records": [one["digest"] for one in chosen]}).json()
    told = ("visit", "digest", "caregiver", "check_in_ms", "band", "typology", "suspicion", "at_risk_fen")
    held = client.get(f"/api/v1/cases/{made['case']}").json()["visits"]
    assert {one.pop("since_step") for one in held} == {1}
    assert all(one.pop("settled_fen") > 0 for one in held)
    assert sorted(held, key=str) == sorted(({name: one[name] for name in told} for one in chosen), key=str)
    (line,) = [one for one in all_cases(client) if one["case"] == made["case"]]
    bands = Counter(one["band"] for one in chosen)
    assert (line["visits"], line["bands"]) == (3, dict(bands))
    assert line["at_risk_fen"] == sum(one["at_risk_fen"] for one in chosen)
    shown = client.get("/cases").text
    assert '<span class="hold">' in shown
    page = client.get(f"/cases/{made['case']}").text
    assert page.count('<td class="verdicts">') == 3
    assert page.count('<tr class="hold">') == bands["hold"], "what is in doubt is drawn so"
    assert "挂空单" in page
