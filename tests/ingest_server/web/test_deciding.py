"""Deciding: from the page and by a program, once, by two where it weighs, and never over somebody else's decision."""

import re
from itertools import pairwise

import pytest
from httpx import Response
from sqlalchemy import delete, select, text

from ingest_server.cases.life import UNDO_MS
from ingest_server.cases.step import State
from ingest_server.errors import StoreError
from ingest_server.store.schema import case_steps, visits
from tests.ingest_server.conftest import NOW_MS
from tests.ingest_server.web.conftest import ORIGIN, Web

HEADERS = {"Origin": ORIGIN}


@pytest.fixture
def desk(filled_web: Web) -> Web:
    """A web of its own, whose visits may be decided about."""
    return filled_web


def decide(web: Web, who: str, does: str, *, seen: int = 0, visit: str = "empty_order", **typed: str) -> Response:
    """Send the form of a visit's page."""
    form = {"does": does, "seen_version": str(seen), **typed}
    answer: Response = web.client(who).post(f"/visits/{web.visits[visit]}/steps", data=form)
    return answer


def stands(web: Web, visit: str = "empty_order", who: str = "auditor") -> dict[str, object]:
    """The case of a visit as a program reads it."""
    client = web.client(who)
    shown = client.get(f"/visits/{web.visits[visit]}").text
    found = re.search(r'href="/cases/(\d+)"', shown)
    assert found is not None, "the visit is in no case"
    standing: dict[str, object] = client.get(f"/api/v1/cases/{found[1]}").json()["standing"]
    return standing


def handled(web: Web, visit: str = "empty_order") -> bool:
    with web.database.reading() as connection:
        return bool(connection.execute(select(visits.c.handled).where(visits.c.visit == web.visits[visit])).scalar())


@pytest.mark.parametrize("outcome", ["irregular", "false_alarm", "inconclusive"])
def test_visit_is_closed_in_one_go(desk: Web, outcome: str) -> None:
    assert decide(desk, "supervisor-a", f"close:{outcome}", note="looked at it").status_code == 303
    found = stands(desk)
    assert (found["state"], found["outcome"], found["version"]) == (State.CLOSED, outcome, 2)
    assert handled(desk)


def test_confirmed_is_closed_by_another_person_alone(desk: Web) -> None:
    assert decide(desk, "supervisor-a", "propose", note="the bed was empty").status_code == 303
    refused = decide(desk, "supervisor-a", "approve", seen=2)
    assert refused.status_code == 400
    assert "提出人不能同时作为复核人" in refused.text
    assert stands(desk)["state"] == State.PENDING_SECOND_APPROVAL
    assert decide(desk, "auditor", "approve", seen=2).status_code == 303
    assert (stands(desk)["state"], stands(desk)["outcome"]) == (State.CLOSED, "confirmed")


def test_nobody_is_led_to_accuse_where_nothing_is_doubted(desk: Web) -> None:
    def button(visit: str) -> str:
        shown = desk.client("supervisor-a").get(f"/visits/{desk.visits[visit]}").text
        found = re.search(r'<button[^>]*value="propose:confirmed"[^>]*>.*?</button>', shown)
        assert found is not None
        return found[0]

    assert 'class="quiet"' not in button("empty_order")
    assert 'class="quiet"' in button("rich")
    # 属实 by itself, "confirmed" by itself, would say of an honest visit that it was given.
    assert "疑点属实" in button("rich")


def test_agency_ends_nothing_that_the_fund_took_on(desk: Web) -> None:
    assert decide(desk, "auditor", "take").status_code == 303
    refused = decide(desk, "supervisor-a", "close:false_alarm", seen=2)
    assert (refused.status_code, "基金已在办理此案" in refused.text) == (400, True)
    shown = desk.client("supervisor-a").get(f"/visits/{desk.visits['empty_order']}").text
    assert 'value="close:false_alarm"' not in shown
    assert decide(desk, "supervisor-a", "statement", seen=2, note="she was there").status_code == 303
    assert stands(desk)["state"] == State.INVESTIGATING


def test_second_of_two_is_told_and_nothing_is_overwritten(desk: Web) -> None:
    assert decide(desk, "auditor", "close:false_alarm").status_code == 303
    second = decide(desk, "supervisor-a", "close:irregular", note="I had nearly finished")
    assert second.status_code == 409
    assert "I had nearly finished" in second.text
    assert stands(desk)["outcome"] == "false_alarm"
    again = decide(desk, "supervisor-a", "comment", seen=1, note="stale")
    assert again.status_code == 409
    assert "auditor" in again.text


BAD_FORMS = {
    "no such step": ("explode", {}),
    "no such outcome": ("close:guilty", {}),
    "confirmed alone": ("close:confirmed", {}),
    "proposed without a reason": ("propose", {"note": ""}),
    "irregular without a reason": ("close:irregular", {"note": ""}),
    "reason of a letter": ("propose", {"note": "x"}),
    "reason of one word again and again": ("close:irregular", {"note": "哈哈哈哈哈哈"}),
    "snoozed for years": ("snooze", {"until": "2099-12-31"}),
    "snoozed beyond all time": ("snooze", {"until": "9999-12-31"}),
    "snoozed before all time": ("snooze", {"until": "0001-01-01"}),
    "line turned round": ("comment", {"note": "kept\u202eturned"}),
    "snoozed into the past": ("snooze", {"until": "2020-01-01"}),
    "no date": ("snooze", {"until": "tomorrow"}),
    "out of turn": ("approve", {}),
    "endless note": ("comment", {"note": "n" * 2001}),
}


@pytest.mark.parametrize(("does", "typed"), BAD_FORMS.values(), ids=BAD_FORMS)
def test_bad_form_comes_back_with_what_was_typed_and_why(desk: Web, does: str, typed: dict[str, str]) -> None:
    kept = typed.get("note", "keep this")
    answer = decide(desk, "supervisor-a", does, note=kept, until=typed.get("until", ""))
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert kept in answer.text
    assert not re.search(r'href="/cases/\d+"', answer.text), "nothing was written"


def test_longest_note_in_chinese_and_of_many_lines_is_kept(desk: Web) -> None:
    note = "\r\n".join(["护" * 19] * 100)
    assert decide(desk, "supervisor-a", "comment", note=note).status_code == 303
    case = desk.client("auditor").get("/api/v1/cases").json()["cases"][0]["case"]
    steps = desk.client("auditor").get(f"/api/v1/cases/{case}").json()["steps"]
    assert steps[-1]["note"] == note.replace("\r\n", "\n")


def test_what_was_written_is_given_back_where_the_session_is_over(desk: Web) -> None:
    path = f"/visits/{desk.visits['empty_order']}/steps?record={'0' * 64}"
    form = {"does": "close:irregular", "seen_version": "0", "note": "ten minutes of work"}
    answer = desk.client().post(path, data=form, headers=HEADERS)
    assert answer.status_code == 401
    assert "ten minutes of work" in answer.text
    assert f"/login?next=/visits/{desk.visits['empty_order']}/steps%3Frecord" in answer.text


def test_address_of_a_form_leads_to_its_page(desk: Web) -> None:
    client, visit = desk.client("auditor"), desk.visits["empty_order"]
    assert client.get(f"/visits/{visit}/steps").headers["location"] == f"/visits/{visit}"
    assert client.get("/cases/1/steps").headers["location"] == "/cases/1"


def test_decision_is_not_there_without_its_entry_in_the_trail(desk: Web) -> None:
    with desk.database.writing() as connection:
        connection.execute(text("CREATE TRIGGER full BEFORE INSERT ON trail BEGIN SELECT RAISE(ABORT, 'disk'); END"))
    client = desk.client("supervisor-a")
    body = {"action": "take", "seen_version": 0}
    assert client.post(f"/api/v1/visits/{desk.visits['empty_order']}/steps", json=body).status_code == 503
    with desk.database.writing() as connection:
        connection.execute(text("DROP TRIGGER full"))
        assert connection.execute(select(case_steps).where(case_steps.c.action == "take")).all() == []


def test_trail_says_what_was_decided_once(desk: Web) -> None:
    decide(desk, "supervisor-a", "close:false_alarm")
    found = desk.client("auditor").get("/api/v1/trail?deed=decide").json()["entries"]
    assert [one["entry"]["about"].rpartition(" ")[2] for one in found] == ["close:false_alarm"]


def test_step_is_undone_within_ten_minutes_and_stays_in_the_history(desk: Web) -> None:
    decide(desk, "supervisor-a", "close:false_alarm")
    desk.clock.now_ms += UNDO_MS
    assert decide(desk, "supervisor-a", "undo", seen=2).status_code == 303
    assert (stands(desk)["state"], stands(desk)["version"]) == (State.PENDING, 3)
    assert not handled(desk)
    shown = desk.client("auditor").get(f"/visits/{desk.visits['empty_order']}").text
    assert "误报" in shown
    assert "撤销上一步" in shown


def test_undoing_is_offered_to_whoever_took_the_step_alone(desk: Web) -> None:
    decide(desk, "supervisor-a", "close:false_alarm")
    address = f"/visits/{desk.visits['empty_order']}"
    assert 'value="undo"' in desk.client("supervisor-a").get(address).text
    assert 'value="undo"' not in desk.client("auditor").get(address).text
    desk.clock.now_ms += UNDO_MS + 1
    try:
        assert 'value="undo"' not in desk.browser("supervisor-a").get(address).text
    finally:
        desk.clock.now_ms = NOW_MS


def test_steps_are_in_order_and_the_database_lets_nobody_change_them(desk: Web) -> None:
    decide(desk, "supervisor-a", "take")
    decide(desk, "supervisor-a", "ask", seen=2, note="which sheet?")
    decide(desk, "auditor", "answer", seen=3)
    case = desk.client("auditor").get("/api/v1/cases").json()["cases"][0]["case"]
    steps = desk.client("auditor").get(f"/api/v1/cases/{case}").json()["steps"]
    assert [step["action"] for step in steps] == ["open", "take", "ask", "answer"]
    assert all(one["at_ms"] <= other["at_ms"] for one, other in pairwise(steps))
    replaced = text(
        "INSERT OR REPLACE INTO case_steps "
        "SELECT \"case\", number, action, 'x', 0, note, outcome, 0, 0, assignee, recovered_fen, recovered_on "
        "FROM case_steps"
    )
    for change in (delete(case_steps), replaced):
        with pytest.raises(StoreError, match="only ever appended to"), desk.database.writing() as connection:
            connection.execute(change)


def test_program_decides_by_the_same_rules(desk: Web) -> None:
    client, path = desk.client("supervisor-a"), f"/api/v1/visits/{desk.visits['empty_order']}/steps"
    proposed = client.post(path, json={"action": "propose", "seen_version": 0, "note": "empty bed"}).json()
    assert proposed["standing"]["proposed_by"] == "supervisor-a"
    steps = f"/api/v1/cases/{proposed['case']}/steps"
    assert client.post(steps, json={"action": "approve", "seen_version": 2}).status_code == 400
    stale = desk.client("auditor").post(steps, json={"action": "approve", "seen_version": 1})
    assert (stale.status_code, stale.headers["content-type"]) == (409, "application/problem+json")
    assert desk.client("auditor").post(steps, json={"action": "approve", "seen_version": 2}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [{}, {"action": "take"}, {"action": "take", "seen_version": -1}, {"action": "take", "seen_version": 0, "x": 1}],
)
def test_malformed_step_of_a_program_is_refused(desk: Web, body: dict[str, object]) -> None:
    path = f"/api/v1/visits/{desk.visits['empty_order']}/steps"
    assert desk.client("auditor").post(path, json=body).status_code == 422


def test_case_is_opened_with_the_note_that_was_sent_and_with_nothing_that_is_not_its_own(desk: Web) -> None:
    client, path = desk.client("auditor"), f"/api/v1/visits/{desk.visits['empty_order']}/steps"
    opening = {"action": "open", "seen_version": 0, "note": "a neighbour called"}
    assert client.post(path, json=opening | {"outcome": "irregular"}).status_code == 400
    opened = client.post(path, json=opening).json()
    assert [(step["action"], step["note"]) for step in opened["steps"]] == [("open", "a neighbour called")]
    assert opened["standing"]["due_at_ms"] is not None


def test_outcomes_are_offered_in_the_order_of_their_keys(desk: Web) -> None:
    decide(desk, "supervisor-a", "take")
    for visit in ("empty_order", "rich"):
        shown = desk.client("auditor").get(f"/visits/{desk.visits[visit]}").text
        assert re.findall(r'value="close:\w+"[^>]* data-key="(\d)"', shown) == ["1", "2", "3"]


def test_list_of_cases_says_how_each_stands_and_what_is_late(desk: Web) -> None:
    decide(desk, "supervisor-a", "take")
    client = desk.client("supervisor-a")
    shown = client.get("/cases?state=investigating").text
    assert "核查中" in shown
    assert "逾期" not in shown
    desk.clock.now_ms += 2 * 86_400_000
    try:
        assert "逾期" in desk.client("supervisor-a").get("/cases?state=investigating").text
    finally:
        desk.clock.now_ms = NOW_MS
    assert "agency-b" not in client.get("/cases").text
    assert "没有符合条件的案件" in client.get("/cases?assignee=nobody").text


def queue(web: Web, work: str = "waiting") -> list[str]:
    """Visits to be looked at first, as a supervisor's program reads them."""
    found = web.client("supervisor-a").get(f"/api/v1/visits?band=hold&work={work}").json()["visits"]
    return [visit["visit"] for visit in found]


def test_closed_visit_leaves_the_queue(desk: Web) -> None:
    visit = desk.visits["empty_order"]
    assert visit in queue(desk)
    decide(desk, "supervisor-a", "close:false_alarm")
    assert visit not in queue(desk)
    assert visit in queue(desk, "handled")
    assert visit not in desk.client("supervisor-a").get("/?band=hold").text
    assert "误报" in desk.client("supervisor-a").get("/?band=hold&work=handled").text


def test_snoozed_visit_comes_back_by_itself(desk: Web) -> None:
    visit = desk.visits["empty_order"]
    assert decide(desk, "supervisor-a", "snooze", until="2026-09-25").status_code == 303
    assert visit not in queue(desk)
    assert visit in queue(desk, "snoozed")
    desk.clock.now_ms += 5 * 86_400_000
    assert visit in queue(desk)


def test_date_that_was_left_in_the_form_keeps_nobody_from_deciding(desk: Web) -> None:
    assert decide(desk, "supervisor-a", "close:false_alarm", until="2026-09-25").status_code == 303
    assert (stands(desk)["state"], stands(desk)["wakes_at_ms"]) == (State.CLOSED, None)


def test_next_is_the_most_expected_loss_that_nobody_took(desk: Web) -> None:
    client = desk.client("supervisor-a")
    assert desk.visits["empty_order"] in client.get("/next").headers["location"]
    decide(desk, "supervisor-a", "take")
    assert desk.visits["empty_order"] not in client.get("/next").headers["location"]
    for band in ("hold", "review"):
        for visit in client.get(f"/api/v1/visits?band={band}").json()["visits"]:
            path = f"/api/v1/visits/{visit['visit']}/steps?record={visit['digest']}"
            seen = 0 if visit["work"] is None else 2 if visit["work"]["assignee"] else 1
            client.post(path, json={"action": "close", "outcome": "inconclusive", "seen_version": seen})
    assert client.get("/next").headers["location"] == "/"


def test_next_goes_on_from_where_one_is_and_never_round(desk: Web) -> None:
    client, seen = desk.client("supervisor-a"), []
    address = client.get("/next").headers["location"]
    while address != "/":
        seen.append(address)
        address = client.get(f"/next?after={address.rpartition('=')[2]}").headers["location"]
    assert len(seen) == len(set(seen)) >= 2
    assert client.get("/next").headers["location"] == seen[0], "nothing was written"


def test_second_person_is_told_what_waits_for_them(desk: Web) -> None:
    decide(desk, "supervisor-a", "propose", note="empty bed")
    assert "等待第二人复核" in desk.client("auditor").get("/").text
    assert "等待第二人复核" not in desk.client("supervisor-a").get("/").text
    assert "等待第二人复核" not in desk.client("supervisor-b").get("/").text


def test_expected_loss_of_the_queue_is_what_the_agency_is_told_to_have_at_risk(desk: Web) -> None:
    client = desk.client("supervisor-a")
    found = client.get("/api/v1/visits?limit=200").json()["visits"]
    told = client.get("/api/v1/authenticity/agency/agency-a").json()["money"]["at_risk_fen"]
    assert sum(visit["at_risk_fen"] for visit in found) == told > 0
