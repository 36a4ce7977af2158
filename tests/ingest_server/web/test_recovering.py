"""Money that came back: entered by the fund in parts, corrected beside what was entered, summed for who sees it."""

from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select, update

from ingest_server.errors import CaseError
from ingest_server.store.schema import case_visits, visits
from ingest_server.web.recovering import fen_of
from tests.ingest_server.web.conftest import Web

DAY_MS = 86_400_000
TODAY, TOMORROW = "2026-09-22", "2026-09-23"
AMOUNTS = {
    "1234.5": 123_450,
    "-0.05": -5,
    "￥１，２３４．５０": 123_450,
    " 65 ": 6_500,
    "+7.10": 710,
    "1,234,567": 123_456_700,
    "\u2212 3".replace(" ", ""): -300,
    "": None,
}


@pytest.mark.parametrize(("typed", "fen"), AMOUNTS.items(), ids=AMOUNTS)
def test_amount_is_read_as_people_type_it(typed: str, fen: int | None) -> None:
    assert fen_of(typed) == fen


@pytest.mark.parametrize(
    "typed", ["much", "1.234", "1e3", "--1", "1.", ".5", "1" * 10, "NaN", "-", "6 5", "12,50", "6,5", "1,23,456"]
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(CaseError, match="two decimals"):
        fen_of(typed)


@pytest.fixture
def desk(filled_web: Web) -> Web:
    """A web in which the case of agency A is confirmed, at version 3."""
    step(filled_web, "supervisor-a", 1, action="propose", note="somebody else's face")
    assert step(filled_web, "auditor", 2, action="approve").status_code == 200
    return filled_web


def step(web: Web, who: str, seen: int, **asked: object) -> Response:
    path = f"/api/v1/cases/{web.cases['agency-a']}/steps"
    answer: Response = web.client(who).post(path, json={"seen_version": seen, **asked})
    return answer


def enter(web: Web, seen: int, fen: int, note: str = "", who: str = "auditor") -> Response:
    return step(web, who, seen, action="recover", recovered_fen=fen, recovered_on=TODAY, note=note)


def typed(web: Web, seen: int, **form: str) -> Response:
    path = f"/cases/{web.cases['agency-a']}/steps"
    answer: Response = web.client("auditor").post(path, data={"does": "recover", "seen_version": str(seen), **form})
    return answer


def totals(web: Web, who: str = "auditor", query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = web.client(who).get(f"/api/v1/overview{query}").json()["totals"]
    return {name: (one["cases"], one["fen"]) for name, one in found.items() if name.startswith("recovered")}


def test_parts_are_entered_from_the_page_and_summed_on_the_overview(desk: Web) -> None:
    assert totals(desk) == {"recovered_today": (0, 0), "recovered_year": (0, 0)}
    assert typed(desk, 3, recovered="10.50", recovered_on=TODAY).status_code == 303
    assert typed(desk, 4, recovered="20", recovered_on=TODAY, note="the second part").status_code == 303
    assert totals(desk) == {"recovered_today": (1, 3_050), "recovered_year": (1, 3_050)}
    page = desk.client("supervisor-a").get(f"/cases/{desk.cases['agency-a']}").text
    assert "¥30.50" in page
    assert "¥10.50" in page, "each part stands in the history"
    assert "¥30.50" in desk.client("auditor").get("/overview").text
    desk.clock.now_ms += DAY_MS
    assert totals(desk) == {"recovered_today": (0, 0), "recovered_year": (1, 3_050)}


def test_recovered_is_told_within_a_scope_alone(desk: Web) -> None:
    enter(desk, 3, 1_000)
    assert totals(desk, "supervisor-a")["recovered_year"] == (1, 1_000)
    assert totals(desk, "supervisor-b")["recovered_year"] == (0, 0)
    assert totals(desk, query="?agency=agency-a")["recovered_year"] == (1, 1_000)
    assert totals(desk, query="?agency=agency-b")["recovered_year"] == (0, 0)


def test_correction_stands_beside_what_was_entered(desk: Web) -> None:
    enter(desk, 3, 1_000)
    assert enter(desk, 4, -1_000).status_code == 400, "it says why"
    assert enter(desk, 4, -1_000, note="entered to the wrong case").json()["standing"]["recovered_fen"] == 0
    assert totals(desk)["recovered_year"] == (0, 0)
    steps = desk.client("auditor").get(f"/api/v1/cases/{desk.cases['agency-a']}").json()["steps"]
    assert [one["recovered_fen"] for one in steps] == [None, None, None, 1_000, -1_000]
    assert step(desk, "auditor", 5, action="undo").status_code == 400


def test_more_than_was_billed_is_entered_only_with_a_reason(desk: Web) -> None:
    case = desk.client("auditor").get(f"/api/v1/cases/{desk.cases['agency-a']}").json()
    billed = sum(visit["settled_fen"] for visit in case["visits"])
    assert enter(desk, 3, billed).status_code == 200
    refused = enter(desk, 4, 1)
    assert (refused.status_code, f"{billed / 100:.2f}" in refused.text) == (400, True)
    assert enter(desk, 4, 1, note="with interest of a month").status_code == 200


def test_agency_enters_no_money_and_is_offered_no_form(desk: Web) -> None:
    assert enter(desk, 3, 100, who="supervisor-a").status_code == 400
    assert enter(desk, 3, 100, who="supervisor-b").status_code == 404
    address = f"/cases/{desk.cases['agency-a']}"
    assert 'id="recovered"' not in desk.client("supervisor-a").get(address).text
    assert 'id="recovered"' in desk.client("auditor").get(address).text


BAD = {
    "to come": {"recovered": "1", "recovered_on": TOMORROW},
    "before the visit": {"recovered": "1", "recovered_on": "2020-01-01"},
    "no day": {"recovered": "1", "recovered_on": ""},
    "a day that is none": {"recovered": "1", "recovered_on": "2026-02-30"},
    "no amount": {"recovered": "", "recovered_on": TODAY},
    "words": {"recovered": "some", "recovered_on": TODAY},
    "more taken back than was entered": {"recovered": "-1", "recovered_on": TODAY},
}


@pytest.mark.parametrize("form", BAD.values(), ids=BAD)
def test_bad_form_comes_back_open_with_what_was_typed(desk: Web, form: dict[str, str]) -> None:
    answer = typed(desk, 3, note="kept as it was typed", **form)
    assert (answer.status_code, 'role="alert"' in answer.text) == (400, True)
    assert '<details class="apart" open>' in answer.text
    for kept in ("kept as it was typed", form["recovered"], form["recovered_on"]):
        assert f'value="{kept}"' in answer.text
    assert totals(desk)["recovered_year"] == (0, 0)


def test_second_of_two_who_enter_the_same_money_is_told(desk: Web) -> None:
    assert enter(desk, 3, 100).status_code == 200
    assert enter(desk, 3, 100).status_code == 409
    assert totals(desk)["recovered_year"] == (1, 100)


def test_form_that_was_refused_is_the_one_that_holds_what_is_unsent(desk: Web) -> None:
    page = typed(desk, 3, recovered="much", recovered_on=TODAY, note="what the bank says").text
    unsent = [form.split(">", 1)[1] for form in page.split("<form ") if "data-unsent" in form.split(">", 1)[0]]
    assert len(unsent) == 1
    assert 'value="much"' in unsent[0]


def test_money_of_a_visit_whose_clock_ran_ahead_can_be_entered(desk: Web) -> None:
    with desk.database.writing() as connection:
        of_case = select(case_visits.c.digest)
        ahead = update(visits).where(visits.c.digest.in_(of_case)).values(check_in_ms=desk.clock.now_ms + 400 * DAY_MS)
        connection.execute(ahead)
    assert typed(desk, 3, recovered="1", recovered_on=TODAY).status_code == 303
