"""Saved queries: kept, shared with one's own kind, re-asked under the reader's own scope."""

from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ingest_server.store.accounts import Account, add_account, remove_account
from ingest_server.store.saved import MOST_NAME, MOST_SAVED, Kept, save, saved_for
from ingest_server.store.sessions import issue_token
from ingest_server.vocabulary import Deed, Role
from tests.ingest_server.conftest import NOW_MS
from tests.ingest_server.web.conftest import ORIGIN, PASSWORD, Web, quickly_hashed
from tests.ingest_server.web.test_trail import all_entries

HELD = {"name": "优先复核", "view": "visits", "query": "band__in=hold"}


def kept(client: TestClient, **changes: object) -> dict[str, Any]:
    answer = client.post("/api/v1/saved-queries", json=HELD | changes)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def names_for(web: Web, name: str) -> list[tuple[str, str]]:
    found = web.client(name).get("/api/v1/saved-queries").json()["saved_queries"]
    return [(one["owner"], one["name"]) for one in found]


@pytest.fixture
def staffed(filled_web: Web) -> Web:
    """With a second supervisor of agency A."""
    with filled_web.database.writing() as connection:
        add_account(connection, Account("second-a", Role.SUPERVISOR, "agency-a"), quickly_hashed(PASSWORD))
        filled_web.tokens["second-a"] = issue_token(connection, "second-a", NOW_MS, 30)
    return filled_web


def test_query_is_kept_as_its_link_and_found_again(filled_web: Web) -> None:
    saved = kept(filled_web.client("auditor"), query="?check_in__from=2026-09-01&band__in=hold&agency=")
    assert (saved["query"], saved["owner"], saved["shared"]) == (
        "check_in__from=2026-09-01&band__in=hold",
        "auditor",
        False,
    )
    assert names_for(filled_web, "auditor") == [("auditor", "优先复核")]


def test_private_is_its_owners_and_shared_is_of_the_same_role_and_agency(staffed: Web) -> None:
    kept(staffed.client("supervisor-a"), name="mine")
    kept(staffed.client("supervisor-a"), name="ours", shared=True)
    assert names_for(staffed, "supervisor-a") == [("supervisor-a", "mine"), ("supervisor-a", "ours")]
    assert names_for(staffed, "second-a") == [("supervisor-a", "ours")]
    for other in ("supervisor-b", "auditor"):
        assert names_for(staffed, other) == []
        assert "ours" not in staffed.client(other).get("/query").text
    assert staffed.client("administrator").get("/api/v1/saved-queries").status_code == 403


def test_shared_question_is_asked_under_its_readers_own_scope(staffed: Web) -> None:
    saved = kept(staffed.client("auditor"), name="theirs", query="agency=agency-b", shared=True)
    rows = {
        name: staffed.client(name).get(f"/api/v1/query/{saved['view']}?{saved['query']}").json()["rows"]
        for name in ("auditor", "supervisor-a", "supervisor-b")
    }
    assert {name: len(found) for name, found in rows.items()} == {"auditor": 2, "supervisor-a": 0, "supervisor-b": 2}


def test_nobody_changes_or_deletes_what_is_anothers(staffed: Web) -> None:
    number = kept(staffed.client("supervisor-a"), shared=True)["id"]
    for other in ("second-a", "supervisor-b", "auditor"):
        client = staffed.client(other)
        assert client.put(f"/api/v1/saved-queries/{number}", json=HELD | {"name": "taken"}).status_code == 404
        assert client.delete(f"/api/v1/saved-queries/{number}").status_code == 404
        sent = HELD | {"does": "delete"}
        assert client.post(f"/query/saved/{number}", data=sent, headers={"Origin": ORIGIN}).status_code == 404
    assert names_for(staffed, "supervisor-a") == [("supervisor-a", "优先复核")]


def test_owner_renames_and_deletes_and_the_trail_has_each(filled_web: Web) -> None:
    client = filled_web.client("supervisor-a")
    number = kept(client)["id"]
    changed = client.put(f"/api/v1/saved-queries/{number}", json=HELD | {"name": "新名", "shared": True})
    assert (changed.status_code, changed.json()["name"], changed.json()["shared"]) == (200, "新名", True)
    assert client.delete(f"/api/v1/saved-queries/{number}").status_code == 204
    assert names_for(filled_web, "supervisor-a") == []
    found = [one.entry for one in all_entries(filled_web) if one.entry.deed is Deed.SAVE]
    assert [entry.about.split(" ", 1)[1] for entry in found] == [
        "delete", "change 新名: visits?band__in=hold", "keep 优先复核: visits?band__in=hold",
    ]  # fmt: skip


REFUSED = {
    "no name": ({"name": "  "}, "choose|name of at most"),
    "a name with marks that turn writing": ({"name": "a\u202eb"}, "can be seen"),
    "a question that is none": ({"query": "colour=red"}, "cannot be asked for"),
}


@pytest.mark.parametrize(("changes", "tells"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_kept_is_told_why_and_nothing_is_written(
    filled_web: Web, changes: dict[str, str], tells: str
) -> None:
    answer = filled_web.client("auditor").post("/api/v1/saved-queries", json=HELD | changes)
    assert answer.status_code == 400
    assert any(part in answer.json()["detail"] for part in tells.split("|"))
    assert names_for(filled_web, "auditor") == []


def test_name_is_given_once_by_each_owner(staffed: Web) -> None:
    for name in ("supervisor-a", "second-a"):
        kept(staffed.client(name))
    answer = staffed.client("supervisor-a").post("/api/v1/saved-queries", json=HELD)
    assert (answer.status_code, "同名" in answer.json()["detail_zh"]) == (400, True)
    other = kept(staffed.client("supervisor-a"), name="other")["id"]
    assert staffed.client("supervisor-a").put(f"/api/v1/saved-queries/{other}", json=HELD).status_code == 400


@pytest.fixture
def full(staffed: Web) -> Web:
    """With a supervisor who keeps as many as may be, and as many of somebody else who once had the auditor's name."""
    owners = (Account("supervisor-a", Role.SUPERVISOR, "agency-a"), Account("auditor", Role.SUPERVISOR, "agency-b"))
    with staffed.database.writing() as connection:
        for owner in owners:
            for number in range(MOST_SAVED):
                save(connection, owner, Kept(f"no. {number}", "visits", "", shared=True), NOW_MS)
    return staffed


def test_more_than_may_be_kept_is_refused_until_one_is_deleted(full: Web) -> None:
    client = full.client("supervisor-a")
    answer = client.post("/api/v1/saved-queries", json=HELD)
    assert (answer.status_code, len(names_for(full, "supervisor-a"))) == (400, MOST_SAVED)
    assert "delete one of yours" in answer.json()["detail"]
    assert "请先删除一个" in answer.json()["detail_zh"]
    page = client.post("/query/saved", data=HELD, headers={"Origin": ORIGIN})
    assert page.status_code == 400
    for told in ("达到上限", "which is the most", 'value="优先复核"', 'value="band__in=hold"', 'value="delete"'):
        assert told in page.text, told
    first = client.get("/api/v1/saved-queries").json()["saved_queries"][0]["id"]
    changed = client.put(f"/api/v1/saved-queries/{first}", json=HELD | {"name": "another name"})
    assert changed.status_code == 200, "what is kept may be changed all the same"
    assert client.delete(f"/api/v1/saved-queries/{first}").status_code == 204
    kept(client)


def test_what_others_keep_counts_for_nobody_else(full: Web) -> None:
    kept(full.client("second-a"))
    assert names_for(full, "auditor") == []
    kept(full.client("auditor"))


def test_longest_name_and_question_stand_whole_in_the_trail(filled_web: Web) -> None:
    query = "caregiver__in=" + ",".join(f"caregiver-{number}" for number in range(10, 41))
    number = kept(filled_web.client("auditor"), name="n" * MOST_NAME, query=query)["id"]
    filled_web.client("auditor").put(
        f"/api/v1/saved-queries/{number}", json=HELD | {"name": "m" * MOST_NAME, "query": query}
    )
    assert all_entries(filled_web)[0].entry.about.endswith(query)


def test_somebody_of_the_name_who_came_later_inherits_nothing(filled_web: Web) -> None:
    kept(filled_web.client("supervisor-a"), name="mine")
    kept(filled_web.client("supervisor-a"), name="ours", shared=True)
    with filled_web.database.writing() as connection:
        remove_account(connection, "supervisor-a")
        assert saved_for(connection, Account("supervisor-a", Role.SUPERVISOR, "agency-b")) == []
        found = saved_for(connection, Account("second-a", Role.SUPERVISOR, "agency-a"))
    assert [one.name for one in found] == ["ours"]


def form(client: TestClient, path: str, **fields: str) -> Any:  # noqa: ANN401
    return client.post(path, data=HELD | fields, headers={"Origin": ORIGIN})


def test_query_is_kept_renamed_and_deleted_by_forms(filled_web: Web) -> None:
    browser = filled_web.browser("supervisor-a")
    assert form(browser, "/query/saved", shared="1").headers["location"] == "/query"
    page = browser.get("/query").text
    assert 'href="/query/visits?band__in=hold"' in page
    assert "共用" in page
    (saved,) = browser.get("/api/v1/saved-queries").json()["saved_queries"]
    assert form(browser, f"/query/saved/{saved['id']}", name="新名", does="change").status_code == 303
    assert names_for(filled_web, "supervisor-a") == [("supervisor-a", "新名")]
    assert form(browser, f"/query/saved/{saved['id']}", does="delete").status_code == 303
    assert names_for(filled_web, "supervisor-a") == []


def test_form_comes_back_with_what_was_typed(filled_web: Web) -> None:
    browser = filled_web.browser("supervisor-a")
    form(browser, "/query/saved")
    answer = form(browser, "/query/saved", query="band__in=review", shared="1")
    assert answer.status_code == 400
    assert all(part in answer.text for part in ("同名", 'value="优先复核"', 'value="band__in=review"', "checked"))
    (saved,) = browser.get("/api/v1/saved-queries").json()["saved_queries"]
    again = form(browser, f"/query/saved/{saved['id']}", name="", does="change")
    assert (again.status_code, f'action="/query/saved/{saved["id"]}"' in again.text) == (400, True)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "n" * 300, f"至多 {MOST_NAME} 个可见字符"),
        ("query", "caregiver=" + "c" * 1_500, 'role="alert" id="why"'),
    ],
)
def test_what_is_too_long_for_a_form_comes_back_with_it(filled_web: Web, field: str, typed: str, said: str) -> None:
    sent = HELD | {field: typed}
    answer = filled_web.browser("auditor").post("/query/saved", data=sent, headers={"Origin": ORIGIN})
    shown = unescape(answer.text)
    assert (answer.status_code, said in shown, f'value="{typed}"' in shown) == (400, True, True), said
    assert names_for(filled_web, "auditor") == []
