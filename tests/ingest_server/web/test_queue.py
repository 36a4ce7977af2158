"""The queue told apart: by the gravest class of exceptions, and by its order; each a part of the address."""

import re

import pytest
from sqlalchemy import update

from ingest_server.store.schema import cases, visits
from tests.ingest_server.authenticity.test_adopting import downgrade
from tests.ingest_server.web.conftest import Web

GRAVEST = {"proxy": "must_fix", "empty_order": "acknowledge", "momentary": "must_fix", "rich": "acknowledge"}


def listed(web: Web, query: str, person: str = "supervisor-a") -> list[str]:
    found = web.client(person).get(f"/api/v1/visits?{query}").json()["visits"]
    return [name for visit in found for name, id_ in web.visits.items() if id_ == visit["visit"]]


@pytest.mark.parametrize("gravest", ["must_fix", "acknowledge", "info"])
def test_class_is_that_of_the_gravest_exception(web: Web, gravest: str) -> None:
    found = listed(web, f"class={gravest}")
    assert {name for name in GRAVEST if name in found} == {name for name, of in GRAVEST.items() if of == gravest}


def test_classes_are_counted_whichever_is_wanted(web: Web) -> None:
    client = web.client("supervisor-a")
    every = client.get("/api/v1/visits").json()["classes"]
    assert every == client.get("/api/v1/visits?class=info").json()["classes"]
    assert every["must_fix"] == len(listed(web, "class=must_fix")) > 0


def test_tabs_lead_to_what_they_name_and_filters_keep_them(web: Web) -> None:
    client = web.client("supervisor-a")
    page = client.get("/?band=review").text
    [address] = re.findall(r'href="(/\?band=review&amp;class=must_fix)"', page)
    chosen = client.get(address.replace("&amp;", "&")).text
    assert web.visits["proxy"] in chosen
    assert '<input type="hidden" name="class" value="must_fix">' in chosen


def test_row_says_by_when_somebody_is_to_have_looked_and_when_that_is_past(filled_web: Web) -> None:
    client = filled_web.client("supervisor-a")
    path = f"/api/v1/visits/{filled_web.visits['empty_order']}/steps"
    assert client.post(path, json={"action": "take", "seen_version": 0}).status_code == 200
    soon = client.get("/?band=hold").text
    assert ("期限" in soon, "逾期" in soon) == (True, False)
    filled_web.clock.now_ms += 2 * 86_400_000
    assert "逾期" in client.get("/?band=hold").text


def test_order_is_of_the_address_within_a_band(filled_web: Web) -> None:
    for visit, at_risk_fen, check_in_ms in (("rich", 5, 2_000), ("long", 9, 1_000)):
        changed = update(visits).where(visits.c.visit == filled_web.visits[visit])
        with filled_web.database.writing() as connection:
            connection.execute(changed.values(band="review", at_risk_fen=at_risk_fen, check_in_ms=check_in_ms))
    made = ("rich", "long")
    assert [name for name in listed(filled_web, "band=review&sort=loss") if name in made] == ["long", "rich"]
    assert [name for name in listed(filled_web, "band=review&sort=newest") if name in made] == ["rich", "long"]
    assert [name for name in listed(filled_web, "sort=loss") if name in made] == ["rich", "long"]


def test_second_person_is_asked_for_of_those_alone_who_may_be_it(filled_web: Web) -> None:
    def asked(who: str) -> bool:
        return "/cases?state=pending_second_approval" in filled_web.client(who).get("/").text

    def proposes(who: str, visit: str) -> None:
        step = {"action": "propose", "seen_version": 0, "note": "the bed was empty"}
        path = f"/api/v1/visits/{filled_web.visits[visit]}/steps"
        assert filled_web.client(who).post(path, json=step).status_code == 200

    proposes("auditor", "empty_order")
    assert (asked("supervisor-a"), asked("auditor")) == (False, False), "what the fund took on, no agency ends"
    proposes("supervisor-a", "rich")
    assert (asked("supervisor-a"), asked("auditor")) == (False, True)
    with filled_web.database.writing() as connection:
        connection.execute(update(cases).where(cases.c.of_fund.is_(False)).values(proposed_by="supervisor-c"))
    assert asked("supervisor-a")


def test_upgrade_tells_the_classes_of_what_is_stored(filled_web: Web) -> None:
    before = {one: listed(filled_web, f"class={one}") for one in ("must_fix", "acknowledge", "info")}
    downgrade(filled_web.database, "0007")
    filled_web.database.migrate()
    assert {one: listed(filled_web, f"class={one}") for one in before} == before
