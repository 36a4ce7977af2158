"""Correcting a visit: by its agency alone, beside what was captured, once, and in the fund's sight."""

import re
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import delete, select, text, update

from ingest_server.authenticity.counting import Period
from ingest_server.edits.edit import Mark
from ingest_server.edits.making import MOST_AGE_MS
from ingest_server.edits.shares import EditorKind
from ingest_server.errors import StoreError
from ingest_server.store.edit_sums import edited_share
from ingest_server.store.schema import edit_sums, visit_edits, visits
from ingest_server.store.scope import Everything, OneAgency
from tests.ingest_server.conftest import NOW_MS
from tests.ingest_server.web.conftest import ORIGIN, Web
from tests.visit_record.examples import minutes

CODES = {"reason": "forgot_check_out", "action": "signed_timesheet", "memo": "signed sheet 12"}
LONGER: dict[str, Any] = {**CODES, "end_ms": minutes(75), "seen_version": 0}
SHORTER: dict[str, Any] = {**LONGER, "end_ms": minutes(50)}
WITHDRAWN = {"reason": "entered_in_error", "action": "edit_withdrawn", "memo": "slip of the finger"}


@pytest.fixture
def desk(filled_web: Web) -> Web:
    """A web of its own, whose visits may be edited."""
    return filled_web


def edit(web: Web, asked: dict[str, Any], who: str = "supervisor-a", visit: str = "rich") -> Response:
    answer: Response = web.client(who).post(f"/api/v1/visits/{web.visits[visit]}/edits", json=asked)
    return answer


def stands(web: Web, visit: str = "rich", who: str = "auditor") -> dict[str, Any]:
    found: dict[str, Any] = web.client(who).get(f"/api/v1/visits/{web.visits[visit]}/edits").json()
    return found


def sent(web: Web, **typed: str | list[str]) -> Response:
    """The form of a visit's page as it stands, with some of it typed over, sent."""
    client, path = web.client("supervisor-a"), f"/visits/{web.visits['rich']}"
    shown = client.get(path).text
    form = shown[shown.index('class="decide edit"') :]
    fields: dict[str, str | list[str]] = {
        name: found[1]
        for name in ("seen_version", "start", "end", "recipient", "caregiver")
        if (found := re.search(rf'name="{name}"[^>]*value="([^"]*)"', form))
    }
    fields["items"] = re.findall(r'name="items" value="(\w+)" checked', form)
    answer: Response = client.post(f"{path}/edits", data=fields | typed)
    return answer


def test_edit_stands_beside_what_was_captured(desk: Web) -> None:
    answer = edit(desk, LONGER)
    assert answer.status_code == 200
    assert answer.json() == stands(desk, who="supervisor-a")
    found = stands(desk)
    assert (found["captured"]["end_ms"], found["standing"]["end_ms"]) == (minutes(60), minutes(75))
    (made,) = found["edits"]
    assert (made["actor"], made["at_ms"], made["memo"]) == ("supervisor-a", NOW_MS, "signed sheet 12")
    assert made["changes"] == [{"field": "end", "before": minutes(60), "after": minutes(75)}]


def test_edit_moves_neither_verdict_nor_evidence_nor_what_is_at_risk(desk: Web) -> None:
    client = desk.client("auditor")
    path = f"/api/v1/visits/{desk.visits['empty_order']}"
    shares = "/api/v1/authenticity/caregiver/caregiver-1"
    with desk.database.reading() as connection:
        row = connection.execute(select(visits).where(visits.c.visit == desk.visits["empty_order"])).one()
    before, share = client.get(path).json(), client.get(shares).json()
    assert edit(desk, LONGER, visit="empty_order").status_code == 200
    assert client.get(path).json() == before
    assert client.get(shares).json() == share
    with desk.database.reading() as connection:
        assert connection.execute(select(visits).where(visits.c.visit == desk.visits["empty_order"])).one() == row


def test_second_of_two_is_told_and_nothing_is_overwritten(desk: Web) -> None:
    assert edit(desk, SHORTER).status_code == 200
    second = edit(desk, LONGER)
    assert second.status_code == 409
    assert "supervisor-a" in second.json()["detail"]
    assert stands(desk)["standing"]["end_ms"] == minutes(50)


def test_withdrawn_edit_is_told_for_good(desk: Web) -> None:
    edit(desk, LONGER)
    assert edit(desk, {**WITHDRAWN, "withdraws": 1, "seen_version": 1}).status_code == 200
    found = stands(desk)
    assert found["standing"] == found["captured"]
    assert [(one["number"], one["withdraws"]) for one in found["edits"]] == [(1, None), (2, 1)]
    assert found["edits"][1]["changes"] == [{"field": "end", "before": minutes(75), "after": minutes(60)}]


REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "unpaired": ({**LONGER, "action": "clock_set"}, 400),
    "too far": ({**LONGER, "end_ms": minutes(60 + 241)}, 400),
    "nothing": ({**CODES, "seen_version": 0}, 400),
    "memo of a letter": ({**LONGER, "memo": "x"}, 400),
    "memo that turns round": ({**LONGER, "memo": "kept\u202eturned"}, 400),
    "stranger": ({**CODES, "reason": "wrong_recipient", "recipient": "recipient-9", "seen_version": 0}, 400),
    "no such reason": ({**LONGER, "reason": "because"}, 422),
    "evidence": ({**LONGER, "face": "seen"}, 422),
    "no id": ({**LONGER, "recipient": "=cmd"}, 422),
}


@pytest.mark.parametrize(("asked", "status"), REFUSED.values(), ids=REFUSED)
def test_edit_that_may_not_be_is_refused_in_both_languages_and_not_written(
    desk: Web, asked: dict[str, Any], status: int
) -> None:
    answer = edit(desk, asked)
    assert answer.status_code == status
    assert re.search("[\u4e00-\u9fff]", answer.json()["detail_zh"])
    assert stands(desk)["edits"] == []


@pytest.mark.parametrize(
    ("who", "status"), [("auditor", 403), ("administrator", 403), ("supervisor-b", 404), ("supervisor-a", 200)]
)
def test_agency_alone_edits(desk: Web, who: str, status: int) -> None:
    assert edit(desk, SHORTER, who).status_code == status
    assert len(stands(desk)["edits"]) == (status == 200)


def test_person_of_the_agency_may_take_a_wrong_ones_place(desk: Web) -> None:
    asked = {**CODES, "reason": "wrong_recipient", "recipient": "r" * 64, "seen_version": 0}
    assert edit(desk, asked).status_code == 200
    assert stands(desk)["edits"][0]["marks"] == ["changes_person"]


def step(web: Web, who: str, visit: str, **asked: object) -> Response:
    answer: Response = web.client(who).post(f"/api/v1/visits/{web.visits[visit]}/steps", json=asked)
    return answer


def test_closed_case_keeps_its_visit_until_it_is_reopened(desk: Web) -> None:
    assert step(desk, "supervisor-a", "rich", action="close", outcome="false_alarm", seen_version=0).status_code == 200
    refused = edit(desk, SHORTER)
    assert (refused.status_code, "reopen" in refused.json()["detail"]) == (400, True)
    assert step(desk, "supervisor-a", "rich", action="reopen", note="wrong end", seen_version=2).status_code == 200
    assert edit(desk, SHORTER).status_code == 200


def test_who_proposed_does_not_edit(desk: Web) -> None:
    step(desk, "supervisor-a", "rich", action="propose", note="empty bed", seen_version=0)
    step(desk, "auditor", "rich", action="return", note="look again", seen_version=2)
    assert "colleague" in edit(desk, SHORTER).json()["detail"]


def test_late_edit_is_refused_and_the_page_says_so(desk: Web) -> None:
    desk.clock.now_ms += MOST_AGE_MS + 1
    browser, path = desk.browser("supervisor-a"), f"/visits/{desk.visits['rich']}"
    shown = browser.get(path).text
    assert "60 天" in shown
    assert 'class="decide edit"' not in shown
    answer = browser.post(f"/api/v1{path}/edits", json=SHORTER, headers={"Origin": ORIGIN})
    assert (answer.status_code, "60 days" in answer.json()["detail"]) == (400, True)


def test_edit_is_not_there_without_its_entry_in_the_trail(desk: Web) -> None:
    with desk.database.writing() as connection:
        connection.execute(text("CREATE TRIGGER full BEFORE INSERT ON trail BEGIN SELECT RAISE(ABORT, 'disk'); END"))
    assert edit(desk, SHORTER).status_code == 503
    with desk.database.writing() as connection:
        connection.execute(text("DROP TRIGGER full"))
        assert connection.execute(select(visit_edits)).all() == []
        assert connection.execute(select(edit_sums)).all() == []


def test_trail_says_what_was_edited_once(desk: Web) -> None:
    edit(desk, SHORTER)
    found = desk.client("auditor").get("/api/v1/trail?deed=decide").json()["entries"]
    assert [one["entry"]["about"].rpartition(" ")[2] for one in found] == ["edit:forgot_check_out:signed_timesheet"]


REPLACE = text(
    "INSERT OR REPLACE INTO visit_edits SELECT id, digest, number, visit, agency, caregiver, 'other', at_ms, reason, "
    "action, memo, withdraws, changes, lengthens, adds_items, changes_person, late, doubted FROM visit_edits"
)
CHANGES = {"alter": update(visit_edits).values(actor="other"), "erase": delete(visit_edits), "replace": REPLACE}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_database_lets_nobody_change_an_edit(desk: Web, change: object) -> None:
    edit(desk, SHORTER)
    with pytest.raises(StoreError, match="only ever appended to"), desk.database.writing() as connection:
        connection.execute(change)  # type: ignore[call-overload]
    assert stands(desk)["edits"][0]["actor"] == "supervisor-a"


def edits(web: Web, query: str, who: str = "auditor") -> list[tuple[str, int]]:
    found = web.client(who).get(f"/api/v1/edits?{query}").json()["edits"]
    return [(one["visit"], one["edit"]["number"]) for one in found]


def test_list_of_edits_is_filtered_paged_and_scoped(desk: Web) -> None:
    edit(desk, LONGER)
    edit(desk, {**SHORTER, "seen_version": 1})
    edit(desk, SHORTER, visit="empty_order")
    edit(desk, SHORTER, who="supervisor-b", visit="b_rich")
    rich, empty, other = (desk.visits[kind] for kind in ("rich", "empty_order", "b_rich"))
    assert edits(desk, "") == [(other, 1), (empty, 1), (rich, 2), (rich, 1)]
    assert edits(desk, "mark=lengthens") == [(rich, 1)]
    assert edits(desk, "mark=doubted") == [(empty, 1)]
    assert edits(desk, "agency=agency-b") == edits(desk, "actor=supervisor-b") == [(other, 1)]
    assert edits(desk, "caregiver=caregiver-9") == edits(desk, "", "supervisor-b") == [(other, 1)]
    assert edits(desk, "reason=wrong_item") == edits(desk, "action=clock_set") == []
    cursor, seen = "", []
    while True:
        page = desk.client("auditor").get(f"/api/v1/edits?limit=1{cursor}").json()
        seen += [(one["visit"], one["edit"]["number"]) for one in page["edits"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == edits(desk, "")


def shares(web: Web, kind: str, who: str = "auditor", query: str = "") -> dict[str, Any]:
    found = web.client(who).get(f"/api/v1/edits/shares?kind={kind}{query}").json()
    assert isinstance(found, dict)
    return found


def test_shares_count_visits_once_and_what_was_withdrawn_too(desk: Web) -> None:
    edit(desk, LONGER)
    edit(desk, {**WITHDRAWN, "withdraws": 1, "seen_version": 1})
    edit(desk, SHORTER, visit="empty_order")
    edit(desk, SHORTER, who="supervisor-b", visit="b_rich")
    found = shares(desk, "caregiver")["shares"]
    assert [(one["subject"], one["edited"], one["lengthened"]) for one in found] == [
        ("caregiver-1", 2, 1),
        ("caregiver-9", 1, 0),
    ]
    first = found[0]
    assert (first["edits"], first["withdrawals"]) == (3, 1)
    assert first["share"] == pytest.approx(2 / first["visits"])
    assert shares(desk, "caregiver")["whole"]["edited"] == 3
    by = {one["subject"]: one for one in shares(desk, "supervisor")["shares"]}
    assert {name: (one["edited"], one["edits"]) for name, one in by.items()} == {
        "supervisor-a": (2, 3),
        "supervisor-b": (1, 1),
    }
    assert by["supervisor-b"]["visits"] == 2


def test_shares_are_the_readers_own_agencys(desk: Web) -> None:
    edit(desk, SHORTER, who="supervisor-b", visit="b_rich")
    assert shares(desk, "caregiver", "supervisor-a")["shares"] == []
    assert shares(desk, "caregiver", "supervisor-a")["whole"]["edited"] == 0
    assert [one["subject"] for one in shares(desk, "supervisor", "supervisor-b")["shares"]] == ["supervisor-b"]


def test_shares_are_of_the_months_asked_for(desk: Web) -> None:
    edit(desk, SHORTER)
    assert shares(desk, "caregiver", query="&since=2026-09&until=2026-09")["shares"]
    assert shares(desk, "caregiver", query="&since=2025-01&until=2026-08")["shares"] == []
    period = Period("2026-09", "2026-09")
    with desk.database.reading() as connection:
        ours = edited_share(connection, OneAgency("agency-a"), EditorKind.CAREGIVER, "caregiver-1", period)
        all_ = edited_share(connection, Everything(), EditorKind.SUPERVISOR, "supervisor-a", period)
    assert (ours.edited, all_.edited) == (1, 1)
    assert ours.share == ours.edited / ours.visits


def test_pages_of_shares_follow_one_another(desk: Web) -> None:
    for visit, who in (("rich", "supervisor-a"), ("long", "supervisor-a"), ("b_rich", "supervisor-b")):
        edit(desk, SHORTER, who=who, visit=visit)
    whole, cursor, seen = shares(desk, "caregiver")["shares"], "", []
    while True:
        page = shares(desk, "caregiver", query=f"&limit=1{cursor}")
        seen += page["shares"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == whole
    assert len(seen) == 3
    for wrong in ("nonsense", "MSwt"):
        answer = desk.client("auditor").get(f"/api/v1/edits/shares?cursor={wrong}")
        assert answer.status_code == 400


def test_sums_are_what_the_edits_come_to(desk: Web) -> None:
    edit(desk, LONGER)
    edit(desk, {**SHORTER, "seen_version": 1})
    edit(desk, {**LONGER, "end_ms": minutes(80), "seen_version": 2})
    with desk.database.reading() as connection:
        kept = connection.execute(select(edit_sums).where(edit_sums.c.kind == "caregiver")).one()
        made = connection.execute(select(visit_edits)).all()
    assert (kept.edits, kept.edited) == (len(made), len({row.digest for row in made}))
    assert kept.lengthened == len({row.digest for row in made if row.lengthens}) == 1


def test_form_writes_what_was_changed_in_it_alone(desk: Web) -> None:
    answer = sent(
        desk, end="2026-09-21T23:28:20", codes="forgot_check_out:confirmed_by_recipient", note="rang her daughter"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"/visits/{desk.visits['rich']}#edits")
    (made,) = stands(desk)["edits"]
    assert [change["field"] for change in made["changes"]] == ["end"]
    assert made["changes"][0]["after"] == minutes(75)
    shown = desk.client("auditor").get(f"/visits/{desk.visits['rich']}").text
    for told in (
        "supervisor-a",
        "忘记签退",
        "已由本人或家属核实",
        "rang her daughter",
        "2026-09-21 23:28:20",
        "延长时间",
    ):
        assert told in shown, told
    assert "2026-09-21 23:13:20" in shown, "what was captured stays in view"


def test_form_takes_items_place_and_a_withdrawal(desk: Web) -> None:
    assert (
        sent(desk, items=["feeding"], codes="service_cut_short:caregiver_stated", note="she was unwell").status_code
        == 303
    )
    assert sent(desk, place="institution", codes="outside_the_home:order_compared").status_code == 303
    assert stands(desk)["standing"]["items"] == ["feeding"]
    assert sent(desk, withdraws="1", note="she had both").status_code == 303
    found = stands(desk)
    assert (found["standing"]["items"], found["standing"]["place"]) == (found["captured"]["items"], "institution")


BAD_FORMS: dict[str, dict[str, str]] = {
    "no codes": {"end": "2026-09-21T23:00:00"},
    "unpaired": {"codes": "forgot_check_out:clock_set", "end": "2026-09-21T23:00:00"},
    "no time": {"codes": "forgot_check_out:signed_timesheet", "end": "half past"},
    "beyond all time": {"codes": "forgot_check_out:signed_timesheet", "end": "9999-12-31T23:59:59"},
    "before all time": {"codes": "forgot_check_in:signed_timesheet", "start": "0001-01-01T00:00:00"},
    "no id": {"codes": "wrong_recipient:order_compared", "recipient": "two words"},
    "no place": {"codes": "outside_the_home:order_compared", "place": "moon"},
    "nothing changed": {"codes": "forgot_check_out:signed_timesheet"},
    "too far": {"codes": "forgot_check_out:signed_timesheet", "end": "2026-09-22T08:00:00"},
    "memo of digits": {
        "codes": "forgot_check_out:signed_timesheet",
        "end": "2026-09-21T23:28:20",
        "note": "1234567890",
    },
    "withdraws what is not there": {"withdraws": "3"},
}


@pytest.mark.parametrize("typed", BAD_FORMS.values(), ids=BAD_FORMS)
def test_bad_form_comes_back_with_what_was_typed_and_why(desk: Web, typed: dict[str, str]) -> None:
    answer = sent(desk, **({"note": "keep this"} | typed))
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    # A choice that the form does not offer is not offered again.
    for told in (
        typed.get("note", "keep this"),
        *(value for name, value in typed.items() if name in {"start", "end", "recipient"}),
    ):
        assert str(told) in answer.text or "withdraws" in typed, told
    assert stands(desk)["edits"] == []


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"end": "9999-12-31T23:59:59"}, "结束时间须在 1970 至 2099 年之间"),
        ({"start": "1900-01-01T00:00:00"}, "开始时间须在 1970 至 2099 年之间"),
        ({"recipient": "two words"}, "被护理人编号为至多 64 个字母"),
        ({"recipient": "r" * 65}, "被护理人编号为至多 64 个字母"),
        ({"caregiver": "c" * 5_000}, "护理员编号为至多 64 个字母"),
        ({"start": "2026-09-21T22:20:00" + "0" * 50}, "时间无效"),
        ({"place": "m" * 65}, "服务地点须从列表选择"),
        ({"place": "moon"}, "服务地点须从列表选择"),
    ],
)
def test_refusal_says_in_the_readers_words_what_a_field_wants(desk: Web, typed: dict[str, str], why: str) -> None:
    answer = sent(desk, codes="other:signed_timesheet", note="keep this", **typed)
    assert answer.status_code == 400
    assert why in answer.text
    assert "keep this" in answer.text
    assert "_ms" not in answer.text


def test_stale_form_comes_back_and_nothing_is_overwritten(desk: Web) -> None:
    edit(desk, SHORTER)
    answer = sent(desk, seen_version="0", end="2026-09-21T23:28:20", codes="forgot_check_out:signed_timesheet")
    assert answer.status_code == 409
    assert 'value="2026-09-21T23:28:20"' in answer.text
    assert stands(desk)["standing"]["end_ms"] == minutes(50)


def test_nothing_typed_is_lost_where_the_session_is_over(desk: Web) -> None:
    form = {"seen_version": "0", "end": "2026-09-21T23:28:20", "note": "ten minutes of work"}
    answer = desk.client().post(f"/visits/{desk.visits['rich']}/edits", data=form, headers={"Origin": ORIGIN})
    assert answer.status_code == 401
    assert "ten minutes of work" in answer.text
    assert "2026-09-21 23:28:20" in answer.text


@pytest.mark.parametrize(("who", "offered"), [("supervisor-a", True), ("auditor", False)])
def test_form_is_offered_to_whoever_may_send_it(desk: Web, who: str, offered: bool) -> None:
    shown = desk.client(who).get(f"/visits/{desk.visits['rich']}").text
    assert ('class="decide edit"' in shown) == offered
    assert ("由机构主管更正" in shown) != offered


def test_every_mark_has_a_column_to_ask_by() -> None:
    assert {mark.value for mark in Mark} <= set(visit_edits.c.keys())
