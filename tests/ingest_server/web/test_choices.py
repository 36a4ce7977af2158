"""What a program is told that it may do is what the server lets it do, and what the page offers."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ingest_server.cases.step import Action
from ingest_server.edits.making import MOST_AGE_MS
from ingest_server.store.accounts import Account, add_account
from ingest_server.vocabulary import Role
from tests.ingest_server.conftest import NOW_MS
from tests.ingest_server.web.conftest import ORIGIN, PASSWORD, Web, copied, quickly_hashed
from tests.ingest_server.web.test_deciding import decide
from tests.ingest_server.web.test_edits import SHORTER, edit, stands

VISIT = "empty_order"
WHY = "the neighbour saw nobody come in all morning"
# What was done before somebody asks: by whom, and what.
BEFORE: dict[str, tuple[tuple[str, str], ...]] = {
    "no case yet": (),
    "taken": (("supervisor-a", "take"),),
    "taken on by the fund": (("auditor", "take"),),
    "proposed by the agency": (("supervisor-a", "propose"),),
    "confirmed by two, and opened again": (("supervisor-a", "propose"), ("auditor", "approve"), ("auditor", "reopen")),
}


@contextmanager
def as_it_was(before: str, once: tuple[Path, Web], folder: Path) -> Iterator[Web]:
    """A web of its own, in which the visit was dealt with so."""
    with copied(once, folder / "carewitness.db") as fresh:
        with fresh.database.writing() as connection:
            add_account(connection, Account("second-a", Role.SUPERVISOR, "agency-a"), quickly_hashed(PASSWORD))
        for seen, (who, does) in enumerate(BEFORE[before]):
            assert decide(fresh, who, does, seen=seen + 1 if seen else 0, note=WHY).status_code == 303
        yield fresh


def steps_of(client: TestClient, web: Web) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/visits/{web.visits[VISIT]}/steps").json()
    return found


def take(web: Web, who: str, step: dict[str, object]) -> int:
    """The status of a program's step."""
    return int(web.client(who).post(f"/api/v1/visits/{web.visits[VISIT]}/steps", json=step).status_code)


def asked_for(action: Action, possible: dict[str, Any]) -> dict[str, object]:
    """A step with all that it wants."""
    asked: dict[str, object] = {"action": action, "seen_version": possible["seen_version"], "note": WHY}
    if action is Action.ASSIGN and possible["hand_to"]:
        asked["assignee"] = possible["hand_to"][0]
    if action in {Action.SNOOZE, Action.SET_DUE}:
        asked["until_ms"] = NOW_MS + 2 * 86_400_000
    outcomes = {Action.CLOSE: possible["close_as"], Action.PROPOSE: possible["propose_as"]}.get(action)
    return asked | ({"outcome": outcomes[0]} if outcomes else {})


@pytest.mark.parametrize("who", ["supervisor-a", pytest.param("auditor", marks=pytest.mark.long)])
@pytest.mark.parametrize("before", BEFORE)
def test_what_is_possible_is_taken_and_nothing_else(
    filled_once: tuple[Path, Web], tmp_path: Path, before: str, who: str
) -> None:
    with as_it_was(before, filled_once, tmp_path) as fresh:
        possible = steps_of(fresh.client(who), fresh)["possible"]
        for action in set(Action) - set(possible["actions"]):
            assert take(fresh, who, asked_for(action, possible)) == 400, action
    for action in possible["actions"]:
        with as_it_was(before, filled_once, tmp_path) as fresh:
            assert take(fresh, who, asked_for(Action(action), possible)) == 200, action


@pytest.mark.parametrize("before", BEFORE)
def test_page_offers_what_a_program_is_told(filled_once: tuple[Path, Web], tmp_path: Path, before: str) -> None:
    with as_it_was(before, filled_once, tmp_path) as fresh:
        client = fresh.client("supervisor-a")
        possible = steps_of(client, fresh)["possible"]
        shown = client.get(f"/visits/{fresh.visits[VISIT]}").text
    offered = set(re.findall(r'name="does" value="([\w:]+)"', shown))
    with_outcome = {f"close:{one}" for one in possible["close_as"]} | {
        f"propose:{one}" for one in possible["propose_as"]
    }
    # A case is opened by a first step, or over visits that are chosen from the list.
    assert offered == {one for one in possible["actions"] if one not in {"open", "close", "propose"}} | with_outcome


def test_case_says_what_its_reader_may_do(filled_web: Web) -> None:
    decide(filled_web, "supervisor-a", "propose", note=WHY)
    client = filled_web.client("auditor")
    case = steps_of(client, filled_web)["case"]["case"]
    found = client.get(f"/api/v1/cases/{case}").json()
    assert (found["case"], "approve" in found["possible"]["actions"]) == (case, True)
    theirs = filled_web.client("supervisor-a").get(f"/api/v1/cases/{case}").json()["possible"]["actions"]
    assert ("approve" in theirs, "undo" in theirs) == (False, True)
    taken = client.post(f"/api/v1/cases/{case}/steps", json={"action": "approve", "seen_version": 2}).json()
    assert taken["possible"]["seen_version"] == 3


def test_next_visit_and_what_waits_for_a_second_person_are_told_to_programs(filled_web: Web) -> None:
    client = filled_web.client("supervisor-a")
    first = client.get("/api/v1/next").json()["next"]
    assert client.get("/next").headers["location"] == f"/visits/{first['visit']}?record={first['digest']}"
    following = client.get(f"/api/v1/next?after={first['digest']}").json()["next"]
    assert following not in (None, first)
    decide(filled_web, "supervisor-a", "propose", note=WHY)
    assert [filled_web.client(who).get("/api/v1/next").json()["second"] for who in ("supervisor-a", "auditor")] == [
        0,
        1,
    ]


def test_why_a_visit_is_closed_to_edits_is_told_to_programs(filled_web: Web) -> None:
    assert stands(filled_web, who="supervisor-a")["closed"] is None
    assert stands(filled_web, who="auditor")["closed"][0] == "由机构主管更正。"
    assert edit(filled_web, SHORTER).json()["closed"] is None
    filled_web.clock.now_ms += MOST_AGE_MS + 1
    client, path = filled_web.browser("supervisor-a"), f"/visits/{filled_web.visits['rich']}"
    chinese, english = client.get(f"/api/v1{path}/edits").json()["closed"]
    again = SHORTER | {"seen_version": 1}
    assert client.post(f"/api/v1{path}/edits", json=again, headers={"Origin": ORIGIN}).json()["detail"] == english
    assert chinese in client.get(path).text
