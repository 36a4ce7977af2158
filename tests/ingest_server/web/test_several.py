"""Deciding about several visits at once: one case over them, or taking note of what is for information alone."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
from httpx import Response
from msgspec.structs import replace
from sqlalchemy import update

from ingest_server.store.schema import records
from ingest_server.web.entries import MOST_ABOUT
from ingest_server.web.several import MOST_AT_ONCE
from tests.ingest_server.web.conftest import ORIGIN, Web, put
from tests.ingest_server.web.visits import MISSING, empty_order, rich_visit
from tests.visit_record.examples import KEY, STRANGER
from visit_record.chain import LinkState

HEADERS = {"Origin": ORIGIN}


@pytest.fixture
def list_(empty_web: Web) -> Web:
    """Two visits for information alone, one that is in doubt, and one of another agency."""
    quiet = replace(rich_visit(), voice=MISSING)
    mine = put(empty_web, [quiet, quiet, empty_order()], "device-1", "agency-a", KEY)
    [theirs] = put(empty_web, [quiet], "device-2", "agency-b", STRANGER)
    empty_web.visits = dict(zip(("first", "second", "doubted", "theirs"), [*mine, theirs], strict=True))
    return empty_web


def digests(web: Web, *names: str) -> list[str]:
    found = {one["visit"]: one["digest"] for one in web.client("auditor").get("/api/v1/visits").json()["visits"]}
    return [found[web.visits[name]] for name in names]


def send(web: Web, who: str, does: str, *names: str, note: str = "") -> Response:
    form = {"does": does, "record": digests(web, *names), "note": note, "back": "/?band=credible"}
    answer: Response = web.client(who).post("/cases/new", data=form)
    return answer


def waiting(web: Web) -> set[str]:
    found = web.client("auditor").get("/api/v1/visits?work=waiting").json()["visits"]
    return {name for name, visit in web.visits.items() if visit in {one["visit"] for one in found}}


def test_one_case_is_opened_over_several_visits_and_is_theirs_together(list_: Web) -> None:
    opened = send(list_, "supervisor-a", "open", "first", "doubted", note="the same afternoon")
    assert opened.status_code == 303
    case = list_.client("auditor").get(f"/api/v1{opened.headers['location']}").json()
    assert {visit["visit"] for visit in case["visits"]} == {list_.visits["first"], list_.visits["doubted"]}
    assert [step["note"] for step in case["steps"]] == ["the same afternoon"]
    closing = {"action": "close", "outcome": "inconclusive", "seen_version": 1}
    assert list_.client("auditor").post(f"/api/v1/cases/{case['case']}/steps", json=closing).status_code == 200
    assert waiting(list_) == {"second", "theirs"}


def test_case_over_several_is_due_when_the_gravest_of_them_is(list_: Web) -> None:
    alone = send(list_, "supervisor-a", "open", "first").headers["location"]
    both = send(list_, "supervisor-a", "open", "second", "doubted").headers["location"]
    due = [list_.client("auditor").get(f"/api/v1{one}").json()["standing"]["due_at_ms"] for one in (alone, both)]
    assert due[1] < due[0]


def test_what_is_for_information_is_acknowledged_at_once_and_leads_back_to_the_list(list_: Web) -> None:
    done = send(list_, "supervisor-a", "acknowledge", "first", "second")
    assert (done.status_code, done.headers["location"]) == (303, "/?band=credible")
    assert waiting(list_) == {"doubted", "theirs"}
    cases = list_.client("auditor").get("/api/v1/cases").json()["cases"]
    assert [(case["state"], case["outcome"], case["visits"]) for case in cases] == [("closed", None, 1)] * 2


@pytest.mark.parametrize("names", [("doubted",), ("first", "doubted")])
def test_nothing_is_acknowledged_where_something_is_alleged_of_one(list_: Web, names: tuple[str, ...]) -> None:
    refused = send(list_, "supervisor-a", "acknowledge", *names, note="kept")
    assert (refused.status_code, "kept" in refused.text) == (400, True)
    assert waiting(list_) == set(list_.visits)


def test_acknowledging_is_offered_where_all_may_be(list_: Web) -> None:
    client, offered = list_.client("supervisor-a"), 'value="acknowledge"'
    assert offered in client.get("/cases/new", params={"record": digests(list_, "first", "second")}).text
    assert offered not in client.get("/cases/new", params={"record": digests(list_, "first", "doubted")}).text


def test_programs_are_told_which_visits_are_for_information(list_: Web) -> None:
    told = {
        one["visit"]: one["for_information"] for one in list_.client("auditor").get("/api/v1/visits").json()["visits"]
    }
    assert told == {visit: name != "doubted" for name, visit in list_.visits.items()}
    with list_.database.writing() as connection:
        connection.execute(update(records).values(link_state=LinkState.GAP))
    broken = list_.client("auditor").get("/api/v1/visits").json()["visits"]
    assert not any(one["for_information"] for one in broken)


def test_visit_in_a_case_is_in_no_second_one(list_: Web) -> None:
    assert send(list_, "supervisor-a", "open", "first").status_code == 303
    for does in ("open", "acknowledge"):
        refused = send(list_, "auditor", does, "first", "second")
        assert refused.status_code == 409
        assert "已在案件" in refused.text
    assert waiting(list_) == set(list_.visits), "nothing was written of the second"


def test_case_is_of_one_agency_and_another_agencys_visit_is_not_there(list_: Web) -> None:
    refused = send(list_, "auditor", "open", "first", "theirs")
    assert (refused.status_code, "请勿跨机构" in refused.text) == (400, True)
    assert send(list_, "supervisor-a", "open", "first", "theirs").status_code == 404
    body = {"records": digests(list_, "theirs")}
    for path in ("/api/v1/cases", "/api/v1/acknowledgements"):
        assert list_.client("supervisor-a").post(path, json=body).status_code == 404


def test_choice_is_not_lost_where_the_session_is_over(list_: Web) -> None:
    form = {
        "does": "open",
        "record": digests(list_, "first", "second"),
        "note": "two of a day",
        "back": "/?band=review",
    }
    expired = list_.client().post("/cases/new", data=form, headers=HEADERS).text
    assert "two of a day" in expired
    [back] = re.findall(r'href="/login\?next=([^"]*)"', expired)
    shown = list_.client("supervisor-a").get(unquote(unescape(back))).text
    assert shown.count(" checked ") == 2
    assert 'href="/?band=review"' in shown


def test_empty_choice_is_told_so(list_: Web) -> None:
    refused = list_.client("auditor").post("/cases/new", data={"does": "open"})
    assert (refused.status_code, "请至少选择" in refused.text) == (400, True)
    assert list_.client("auditor").post("/api/v1/cases", json={"records": []}).status_code == 422
    assert list_.client("auditor").post("/api/v1/cases", json={"records": ["0" * 64] * 51}).status_code == 422


def test_acknowledging_by_a_step_is_refused_whatever_the_visit(list_: Web) -> None:
    path = f"/api/v1/visits/{list_.visits['doubted']}/steps"
    refused = list_.client("supervisor-a").post(path, json={"action": "acknowledge", "seen_version": 0})
    assert refused.status_code == 400


def test_trail_names_every_visit_that_was_acknowledged(list_: Web) -> None:
    send(list_, "supervisor-a", "acknowledge", "first", "second")
    [entry] = list_.client("auditor").get("/api/v1/trail?deed=decide").json()["entries"]
    for digest in digests(list_, "first", "second"):
        assert digest[:8] in entry["entry"]["about"]


def test_trail_names_every_visit_that_was_shown_to_be_chosen(list_: Web) -> None:
    quiet = replace(rich_visit(), voice=MISSING)
    put(list_, [quiet] * (MOST_AT_ONCE - 1), "device-2", "agency-b", STRANGER)
    client = list_.client("auditor")
    every = [visit["digest"] for visit in client.get("/api/v1/visits?limit=200").json()["visits"]][:MOST_AT_ONCE]
    back = "/?" + "&".join(["code=SEQ_GAP"] * 100)
    assert client.get("/cases/new", params={"record": every, "back": back}).status_code == 200
    about = client.get("/api/v1/trail?deed=read").json()["entries"][0]["entry"]["about"]
    assert (len(every), len(about) < MOST_ABOUT) == (MOST_AT_ONCE, True)
    assert sorted(about.removeprefix("/cases/new show:").split(",")) == sorted(digest[:8] for digest in every)


def test_trail_tells_of_a_choice_what_its_reader_saw_of_it(list_: Web) -> None:
    list_.client("supervisor-a").get("/cases/new", params={"record": digests(list_, "first", "theirs")})
    about = list_.client("auditor").get("/api/v1/trail?actor=supervisor-a").json()["entries"][0]["entry"]["about"]
    assert about == f"/cases/new show:{digests(list_, 'first')[0][:8]}"


def test_what_the_caregiver_says_is_kept_in_any_state(list_: Web) -> None:
    path = f"/api/v1/visits/{list_.visits['doubted']}/steps"
    client = list_.client("supervisor-a")
    assert client.post(path, json={"action": "statement", "seen_version": 0}).status_code == 400
    told = {"action": "statement", "seen_version": 0, "note": "the daughter had put her to bed"}
    assert client.post(path, json=told).json()["standing"]["state"] == "pending"
    assert "the daughter had put her to bed" in client.get(f"/visits/{list_.visits['doubted']}").text


def test_what_was_taken_note_of_is_a_case_against_nobody(list_: Web) -> None:
    assert send(list_, "supervisor-a", "acknowledge", "first").status_code == 303
    auditor = list_.client("auditor")

    def told() -> tuple[int, dict[str, int]]:
        opened = auditor.get("/api/v1/overview").json()["news"]["cases_opened"]
        return opened, auditor.get("/api/v1/profiles/caregiver/caregiver-1").json()["contests"]["states"]

    assert told() == (0, {})
    [case] = auditor.get("/api/v1/cases").json()["cases"]
    step = {"action": "reopen", "seen_version": 2, "note": "the family says nobody came"}
    assert auditor.post(f"/api/v1/cases/{case['case']}/steps", json=step).status_code == 200
    assert told() == (1, {"investigating": 1})


def opened_over(web: Web, *names: str) -> int:
    """A case of agency A over visits; its number."""
    return int(send(web, "supervisor-a", "open", *names).headers["location"].rpartition("/")[2])


def add(web: Web, who: str, case: int, seen: int, *names: str) -> Response:
    body = {"records": digests(web, *names), "seen_version": seen, "note": "the same week"}
    answer: Response = web.client(who).post(f"/api/v1/cases/{case}/visits", json=body)
    return answer


def test_visit_is_added_from_its_page_and_stands_with_the_others(list_: Web) -> None:
    case = opened_over(list_, "first")
    due_ms = list_.client("auditor").get(f"/api/v1/cases/{case}").json()["standing"]["due_at_ms"]
    page = list_.client("supervisor-a").get(f"/visits/{list_.visits['doubted']}").text
    found = re.search(r'href="(/cases/new[^"]*)"', page)
    assert found is not None
    assert f'value="{case}:1"' in list_.client("supervisor-a").get(unescape(found[1])).text
    form = {"does": "add", "record": digests(list_, "doubted"), "into": f"{case}:1", "note": "the same week"}
    sent = list_.client("supervisor-a").post("/cases/new", data=form)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/cases/{case}")
    grown = list_.client("auditor").get(f"/api/v1/cases/{case}").json()
    assert {one["visit"]: one["since_step"] for one in grown["visits"]} == {
        list_.visits["first"]: 1,
        list_.visits["doubted"]: 2,
    }
    assert grown["standing"]["due_at_ms"] < due_ms, "it is due when the gravest of them is"
    assert [(step["action"], step["note"]) for step in grown["steps"][1:]] == [("add", "the same week")]
    closing = {"action": "close", "outcome": "inconclusive", "seen_version": 2}
    assert list_.client("auditor").post(f"/api/v1/cases/{case}/steps", json=closing).status_code == 200
    assert waiting(list_) == {"second", "theirs"}
    assert "第 2 步并入" in list_.client("supervisor-a").get(f"/cases/{case}").text


def test_adding_wakes_a_case_that_was_put_off(list_: Web) -> None:
    case = opened_over(list_, "first")
    body = {"action": "snooze", "until_ms": list_.clock.now_ms + 86_400_000, "seen_version": 1}
    assert list_.client("supervisor-a").post(f"/api/v1/cases/{case}/steps", json=body).status_code == 200
    assert waiting(list_) == {"second", "doubted", "theirs"}
    assert add(list_, "supervisor-a", case, 2, "doubted").status_code == 200
    assert waiting(list_) == {"first", "second", "doubted", "theirs"}


ENDED = {
    "proposed": {"action": "propose", "note": "the bed was empty"},
    "closed": {"action": "close", "outcome": "false_alarm"},
}


@pytest.mark.parametrize("step", ENDED.values(), ids=ENDED)
def test_case_that_is_proposed_or_closed_takes_no_more_visits(list_: Web, step: dict[str, str]) -> None:
    case = opened_over(list_, "first")
    list_.client("supervisor-a").post(f"/api/v1/cases/{case}/steps", json=step | {"seen_version": 1})
    assert add(list_, "supervisor-a", case, 2, "second").status_code == 400
    assert (
        f'value="{case}:'
        not in list_.client("supervisor-a").get(f"/cases/new?record={digests(list_, 'second')[0]}").text
    )
    held = list_.client("auditor").get(f"/api/v1/cases/{case}").json()["visits"]
    assert [one["visit"] for one in held] == [list_.visits["first"]]
    assert {"second", "doubted", "theirs"} == waiting(list_)


def test_case_takes_visits_of_its_agency_once_and_only_as_it_was_seen(list_: Web) -> None:
    case = opened_over(list_, "first")
    assert add(list_, "auditor", case, 1, "theirs").status_code == 400
    assert add(list_, "supervisor-a", case, 1, "theirs").status_code == 404
    assert add(list_, "supervisor-b", case, 1, "theirs").status_code == 404
    assert add(list_, "supervisor-a", case, 1, "first").status_code == 409
    assert add(list_, "supervisor-a", case, 9, "second").status_code == 409
    assert add(list_, "supervisor-a", case, 1, "second").status_code == 200
    assert len(list_.client("auditor").get("/api/v1/cases?caregiver=caregiver-1").json()["cases"]) == 1
    assert list_.client("auditor").get("/api/v1/cases?caregiver=nobody").json()["cases"] == []


def test_agency_adds_nothing_to_what_the_fund_took_on(list_: Web) -> None:
    case = opened_over(list_, "first")
    list_.client("auditor").post(f"/api/v1/cases/{case}/steps", json={"action": "take", "seen_version": 1})
    assert add(list_, "supervisor-a", case, 2, "second").status_code == 400
    assert (
        f'value="{case}:'
        not in list_.client("supervisor-a").get(f"/cases/new?record={digests(list_, 'second')[0]}").text
    )
    assert add(list_, "auditor", case, 2, "second").status_code == 200


def test_form_without_a_case_to_add_to_comes_back(list_: Web) -> None:
    opened_over(list_, "first")
    sent = send(list_, "supervisor-a", "add", "second", note="kept as typed")
    assert (sent.status_code, "请选择要并入的案件" in sent.text, "kept as typed" in sent.text) == (400, True, True)
    body = {"action": "add", "seen_version": 1}
    assert list_.client("supervisor-a").post("/api/v1/cases/1/steps", json=body).status_code == 400
