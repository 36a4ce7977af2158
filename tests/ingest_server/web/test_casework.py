"""Who works on a case and by when: handed over within an agency or the fund, given another day, seen in its history."""

from datetime import datetime
from typing import Any

import pytest
from httpx import Response

from ingest_server.store.accounts import Account, add_account, set_disabled
from ingest_server.vocabulary import Role
from tests.ingest_server.conftest import NOW_MS
from tests.ingest_server.web.conftest import PASSWORD, Web, quickly_hashed

DAY_MS = 86_400_000
REFUSED = "不能交给此人办理"


@pytest.fixture
def desk(filled_web: Web) -> Web:
    """A web with a second person of agency A, of the fund, and one who is let in no more."""
    others = (
        Account("second-a", Role.SUPERVISOR, "agency-a"),
        Account("gone-a", Role.SUPERVISOR, "agency-a"),
        Account("auditor-2", Role.AUDITOR, None),
    )
    with filled_web.database.writing() as connection:
        for account in others:
            add_account(connection, account, quickly_hashed(PASSWORD))
        set_disabled(connection, "gone-a", disabled=True)
    return filled_web


def take(web: Web, who: str, seen: int, **asked: object) -> Response:
    """A step of agency A's case, by a program."""
    path = f"/api/v1/cases/{web.cases['agency-a']}/steps"
    answer: Response = web.client(who).post(path, json={"seen_version": seen, **asked})
    return answer


def typed(web: Web, who: str, seen: int, **form: str) -> Response:
    """The same by a form."""
    answer: Response = web.client(who).post(
        f"/cases/{web.cases['agency-a']}/steps", data={"seen_version": str(seen), **form}
    )
    return answer


def shown(web: Web, who: str) -> str:
    return str(web.client(who).get(f"/cases/{web.cases['agency-a']}").text)


def stands(web: Web) -> dict[str, Any]:
    found: dict[str, Any] = web.client("auditor").get(f"/api/v1/cases/{web.cases['agency-a']}").json()
    return found


def test_case_is_handed_to_a_colleague_who_finds_it_among_their_own(desk: Web) -> None:
    assert typed(desk, "supervisor-a", 1, does="assign", assignee="second-a", note="you know her").status_code == 303
    assert stands(desk)["standing"]["assignee"] == "second-a"
    assert "→ <b>second-a</b>" in shown(desk, "supervisor-a")
    assert "you know her" in shown(desk, "supervisor-a")
    browser = desk.browser("second-a")
    assert "1 件案件由我承办" in browser.get("/").text
    mine = browser.get("/cases?assignee=second-a").text
    assert f'href="/cases/{desk.cases["agency-a"]}"' in mine
    assert "由我承办" in desk.client("auditor").get("/cases").text
    about = desk.client("auditor").get("/api/v1/trail?deed=decide").json()["entries"][0]["entry"]["about"]
    assert about.endswith("assign:second-a")


def test_handing_over_is_undone_within_ten_minutes(desk: Web) -> None:
    assert take(desk, "supervisor-a", 1, action="take").status_code == 200
    assert take(desk, "supervisor-a", 2, action="assign", assignee="second-a").status_code == 200
    assert take(desk, "supervisor-a", 3, action="undo").json()["standing"]["assignee"] == "supervisor-a"


@pytest.mark.parametrize("name", ["gone-a", "supervisor-b", "nobody", "auditor", "administrator"])
def test_nobody_else_is_told_apart_from_nobody(desk: Web, name: str) -> None:
    answer = take(desk, "supervisor-a", 1, action="assign", assignee=name)
    assert (answer.status_code, REFUSED in answer.text) == (400, True)
    assert answer.json()["detail"] == take(desk, "supervisor-a", 1, action="assign", assignee="zz").json()["detail"]
    assert stands(desk)["standing"]["version"] == 1


def test_page_and_program_offer_the_same_colleagues_and_no_others(desk: Web) -> None:
    offered = {"supervisor-a": ["second-a"], "supervisor-b": [], "auditor": ["auditor-2"]}
    for who, names in offered.items():
        visit = desk.visits["b_rich" if who == "supervisor-b" else "empty_order"]
        possible = desk.client(who).get(f"/api/v1/visits/{visit}/steps").json()["possible"]
        assert (possible["hand_to"], "assign" in possible["actions"]) == (names, bool(names))
    page = shown(desk, "supervisor-a")
    assert '<option value="second-a">' in page
    for hidden in ("gone-a", "supervisor-b", "auditor-2"):
        assert f'<option value="{hidden}"' not in page


def test_case_is_not_offered_to_whoever_has_it(desk: Web) -> None:
    taken = take(desk, "supervisor-a", 1, action="assign", assignee="second-a").json()["possible"]
    assert (taken["hand_to"], "assign" in taken["actions"]) == ([], False)


def test_fund_hands_to_the_fund_and_so_takes_the_case_on(desk: Web) -> None:
    assert take(desk, "auditor", 1, action="assign", assignee="supervisor-a").status_code == 400
    assert take(desk, "auditor", 1, action="assign", assignee="auditor-2").json()["standing"]["of_fund"]
    assert take(desk, "supervisor-a", 2, action="assign", assignee="second-a").status_code == 400
    assert 'id="assignee"' not in shown(desk, "supervisor-a")


def test_visit_without_a_case_is_handed_over_from_its_page(desk: Web) -> None:
    path = f"/visits/{desk.visits['empty_order']}"
    assert '<option value="second-a">' in desk.client("supervisor-a").get(path).text
    form = {"does": "assign", "assignee": "second-a", "seen_version": "0"}
    assert desk.client("supervisor-a").post(f"{path}/steps", data=form).status_code == 303
    assert "second-a" in desk.client("supervisor-a").get("/?band=hold").text, "the queue says who is on it"


def test_deadline_is_set_to_the_end_of_a_local_day_and_is_set_again_rather_than_undone(desk: Web) -> None:
    assert typed(desk, "supervisor-a", 1, does="set_due", due="2026-10-20").status_code == 303
    due = datetime.fromisoformat("2026-10-20T23:59:59.999+08:00")
    assert stands(desk)["standing"]["due_at_ms"] == round(due.timestamp() * 1_000)
    assert "2026-10-20" in desk.client("auditor").get("/cases").text
    assert take(desk, "supervisor-a", 2, action="undo").status_code == 400
    assert typed(desk, "supervisor-a", 2, does="set_due", due="2026-10-19").status_code == 303


BAD = {
    "over": {"does": "set_due", "due": "2026-01-01"},
    "too far off": {"does": "set_due", "due": "2027-12-31"},
    "none": {"does": "set_due", "due": ""},
    "later without a reason": {"does": "set_due", "due": "2026-10-30"},
    "later for a reason of a word": {"does": "set_due", "due": "2026-10-30", "note": "x"},
    "to oneself": {"does": "assign", "assignee": "supervisor-a"},
    "to nobody": {"does": "assign", "assignee": ""},
    "to somebody without words": {"does": "assign", "assignee": "nobody"},
    "to no name at all": {"does": "assign", "assignee": "x\x00\u202e"},
}


@pytest.mark.parametrize("form", BAD.values(), ids=BAD)
def test_bad_form_comes_back_open_with_what_was_typed(desk: Web, form: dict[str, str]) -> None:
    soon = take(desk, "supervisor-a", 1, action="set_due", until_ms=NOW_MS + 20 * DAY_MS)
    assert soon.status_code == 200
    answer = typed(desk, "supervisor-a", 2, **{"note": "kept", **form})
    assert (answer.status_code, 'role="alert"' in answer.text) == (400, True)
    assert '<details class="apart" open>' in answer.text
    assert f'value="{form.get("note", "kept")}"' in answer.text
    assert form.get("due", "") in answer.text
    assert stands(desk)["standing"]["version"] == 2


def test_later_deadline_with_a_reason_is_set(desk: Web) -> None:
    take(desk, "supervisor-a", 1, action="set_due", until_ms=NOW_MS + DAY_MS)
    later = {"action": "set_due", "until_ms": NOW_MS + 5 * DAY_MS, "note": "the family is away until Friday"}
    assert take(desk, "supervisor-a", 2, **later).status_code == 200


def test_second_of_two_who_hand_over_is_told(desk: Web) -> None:
    assert take(desk, "auditor", 1, action="comment", note="I look at it").status_code == 200
    assert typed(desk, "supervisor-a", 1, does="assign", assignee="second-a").status_code == 409
    assert stands(desk)["standing"]["assignee"] is None
