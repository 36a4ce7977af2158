"""Combined queries: right, within the reader's scope, within limits, and in the trail."""

import csv
import io
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Column, delete, func, select, text

from ingest_server.errors import TooLongError
from ingest_server.queries.address import order_named, read
from ingest_server.queries.columns import Kind, Operator, Order, View, ViewColumn
from ingest_server.queries.reach import reads_everything
from ingest_server.queries.views import VIEWS
from ingest_server.store.asking import Asking, statement_of
from ingest_server.store.deadline import Deadline, within
from ingest_server.store.schema import visit_edit_changes, visit_edits
from ingest_server.store.scope import Everything, OneAgency, Scope
from ingest_server.store.sources import SOURCES
from ingest_server.vocabulary import Deed
from ingest_server.web.parts import Parts
from ingest_server.web.turns import Limits, Turns
from tests.ingest_server.authenticity.test_adopting import downgrade
from tests.ingest_server.conftest import NOW_MS
from tests.ingest_server.web.conftest import ORIGIN, Web, copied
from tests.ingest_server.web.test_trail import all_entries, without_a_trail
from tests.visit_record.examples import minutes

Rows = list[dict[str, Any]]
EVERY_VIEW = pytest.mark.parametrize("view", VIEWS.values(), ids=lambda view: view.name)


CODES = {"reason": "device_fault", "action": "signed_timesheet", "memo": "see sheet 12 of that day"}
# Two fields at once, one of them again, and the first taken back, which then changes nothing but the items.
EDITED: tuple[dict[str, object], ...] = (
    CODES | {"seen_version": 0, "end_ms": minutes(55), "items": ["feeding", "bed_making"]},
    CODES | {"seen_version": 1, "end_ms": minutes(50)},
    CODES | {"seen_version": 2, "reason": "entered_in_error", "action": "edit_withdrawn", "withdraws": 1},
)


@pytest.fixture(scope="module")
def busy_once(filled_once: tuple[Path, Web], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Web]:
    """A store in which people of both agencies have looked, decided and saved, so that no view is empty; closed."""
    file = tmp_path_factory.mktemp("busy") / "carewitness.db"
    with copied(filled_once, file) as web:
        keep_busy(web)
    return file, web


@pytest.fixture
def busy_web(busy_once: tuple[Path, Web], tmp_path: Path) -> Iterator[Web]:
    with copied(busy_once, tmp_path / "busy.db") as web:
        yield web


def keep_busy(web: Web) -> None:
    for name, agency in (("supervisor-a", "agency-a"), ("supervisor-b", "agency-b")):
        client = web.client(name)
        case = web.cases[agency]
        for step in ({"action": "take"}, {"action": "comment", "note": f"=1+1 of {agency}"}):
            version = client.get(f"/api/v1/cases/{case}").json()["standing"]["version"]
            assert client.post(f"/api/v1/cases/{case}/steps", json=step | {"seen_version": version}).is_success
        visit = web.visits["rich" if agency == "agency-a" else "b_rich"]
        for edit in EDITED:
            assert client.post(f"/api/v1/visits/{visit}/edits", json=edit).is_success


def asked(client: TestClient, view: str, **wanted: object) -> Rows:
    """All rows of a question, page by page."""
    rows: Rows = []
    cursor: str | None = None
    while True:
        more = {} if cursor is None else {"cursor": cursor}
        answer = client.get(f"/api/v1/query/{view}?{urlencode(wanted | more)}")
        assert answer.status_code == 200, answer.text
        rows += answer.json()["rows"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return rows


def so_far(web: Web, view: View) -> dict[str, object]:
    """The trail up to now: whatever is asked is entered in it, and would be asked about without end."""
    return {"id__to": all_entries(web)[0].id} if view.name == "trail" else {}


def filters(view: View, rows: Rows) -> Iterator[tuple[ViewColumn, Operator, str]]:
    """Every filter of a view, with a value that some of the rows have."""
    for column in view.asked:
        held = [row[column.name] for row in rows if row.get(column.name) is not None]
        for operator in column.operators:
            yield column, operator, _value(column, operator, held)


def _value(column: ViewColumn, operator: Operator, held: list[Any]) -> str:
    if operator is Operator.EMPTY:
        return "yes"
    if not held:
        nothing = {Kind.MONTH: "2026-09", Kind.MOMENT: "2026-09-01", Kind.YES_NO: "no", Kind.ID: "nobody"}
        return next(iter(column.vocabulary)).value if column.vocabulary else nothing.get(column.kind, "1")
    if operator is Operator.ONE_OF:
        # Spaces stand between the values of a list.
        held = [value for value in held if " " not in str(value)]
    value = sorted(held, key=str)[len(held) // 2]
    if column.kind is Kind.YES_NO:
        return "yes" if value else "no"
    if operator is Operator.BEGINS:
        return str(value)[:7].upper()
    if operator is Operator.CONTAINS:
        return str(value)[1:9].upper()
    return f"{value:.6f}" if isinstance(value, float) else str(value)


HOLDS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.IS: lambda held, value: held == value,
    Operator.ONE_OF: lambda held, value: held == value,
    Operator.FROM: lambda held, value: held is not None and held >= value,
    Operator.TO: lambda held, value: held is not None and held <= value,
    Operator.BEGINS: lambda held, value: held is not None and held.lower().startswith(value.lower()),
    Operator.CONTAINS: lambda held, value: held is not None and value.lower() in held.lower(),
    Operator.EMPTY: lambda held, _: held is None,
}


def typed(column: ViewColumn, value: str) -> Any:  # noqa: ANN401
    """A value of an address as JSON has it."""
    if column.kind is Kind.YES_NO:
        return value == "yes"
    if column.kind is Kind.COUNT:
        return int(value)
    if column.kind in {Kind.SHARE, Kind.YUAN, Kind.MINUTES}:
        return float(value)
    return value


@EVERY_VIEW
def test_every_filter_gives_just_the_rows_that_it_holds_of(busy_web: Web, view: View) -> None:
    client = busy_web.client("auditor")
    rows = asked(client, view.name, limit=200)
    assert rows
    until = {"id__to": max(row["id"] for row in rows)} if view.name == "trail" else {}
    for column, operator, value in filters(view, rows):
        if not column.shown:
            continue
        name = column.name if operator is Operator.IS else f"{column.name}__{operator}"
        found = asked(client, view.name, **({name: value, "limit": 200} | (until if name != "id__to" else {})))
        wanted = typed(column, value) if operator is not Operator.EMPTY else value
        expected = [row for row in rows if HOLDS[operator](row[column.name], wanted)]
        assert found == expected, (name, value)


@EVERY_VIEW
@pytest.mark.parametrize("agency", ["a", "b"])
def test_supervisor_is_answered_of_their_own_agency_alone_whatever_is_asked(
    busy_web: Web, view: View, agency: str
) -> None:
    of_all = asked(busy_web.client("auditor"), view.name, limit=200)
    until = so_far(busy_web, view)
    foreign = {row["agency"] for row in of_all} - {f"agency-{agency}"}
    assert foreign, "the fund sees others too"
    client = busy_web.client(f"supervisor-{agency}")
    questions: list[dict[str, object]] = [{}, {"agency__in": ",".join(str(one) for one in foreign if one)}]
    for column, operator, value in filters(view, of_all):
        questions.append({column.name if operator is Operator.IS else f"{column.name}__{operator}": value})
    for name in view.orders:
        questions += [{"order": name, "limit": 1}, {"order": f"-{name}", "limit": 1}]
    for question in questions:
        rows = asked(client, view.name, **(until | {"limit": 200, "columns": "agency"} | question))
        assert {row["agency"] for row in rows} <= {f"agency-{agency}"}, question
    for ending in ("csv", "xlsx", "sqlite"):
        assert "agency-" + ("b" if agency == "a" else "a") not in file_text(
            client, f"{view.name}.{ending}?{urlencode(until)}"
        )


def file_text(client: TestClient, name: str) -> str:
    """Every cell of every table of an exported file."""
    answer = client.get(f"/api/v1/query/{name}")
    assert answer.status_code == 200, answer.text
    if ".csv?" in name:
        return str(answer.content, "utf-8-sig")
    if ".xlsx?" in name:
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        return str([list(sheet.values) for sheet in book])
    database = sqlite3.connect(":memory:")
    database.deserialize(answer.content)
    return "\n".join(database.iterdump())


def test_agencies_that_filters_named_come_from_nowhere_else(busy_web: Web) -> None:
    rows = asked(busy_web.client("supervisor-a"), "visits", agency="agency-b")
    assert rows == []


@EVERY_VIEW
@pytest.mark.parametrize("falling", [True, False])
def test_pages_follow_one_another_in_every_order(busy_web: Web, view: View, falling: bool) -> None:
    client = busy_web.client("auditor")
    until = so_far(busy_web, view)
    for column in view.orders:
        order = {"order": order_named(Order(column, falling)), **until}
        whole = asked(client, view.name, limit=200, **order)
        assert asked(client, view.name, limit=2, **order) == whole
        keys = [tuple(row[name] for name in view.key) for row in whole]
        assert len(set(keys)) == len(keys)
        held = [row[column] for row in whole if row[column] is not None]
        assert held == sorted(held, reverse=falling)


@pytest.mark.parametrize(("limit", "status"), [("50", 200), ("100", 200), ("200", 200), ("7", 400), ("many", 400)])
def test_a_page_has_as_many_rows_as_its_links_offer(busy_web: Web, limit: str, status: int) -> None:
    assert busy_web.client("auditor").get(f"/query/visits?limit={limit}").status_code == status


def test_cursor_of_another_question_is_refused(busy_web: Web) -> None:
    client = busy_web.client("auditor")
    cursor = client.get("/api/v1/query/visits?limit=2").json()["next_cursor"]
    assert client.get(f"/api/v1/query/visits?limit=2&cursor={cursor}").status_code == 200
    for other in ("visits?order=suspicion&", "visits?handled=no&", "cases?"):
        answer = client.get(f"/api/v1/query/{other}cursor={cursor}")
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert client.get("/api/v1/query/visits?cursor=nonsense").status_code == 400


def test_months_are_summed_as_they_are_asked_for(busy_web: Web) -> None:
    client = busy_web.client("auditor")
    (before,) = asked(client, "caregivers", caregiver="caregiver-1")
    (after,) = asked(client, "caregivers", caregiver="caregiver-1", month="2026-09")
    assert after["visits"] < before["visits"]
    assert (after["first_month"], after["last_month"]) == ("2026-09", "2026-09")
    assert asked(client, "caregivers", caregiver="caregiver-1", month__to="2020-01") == []


def test_edits_are_told_field_by_field_beside_what_was_captured(busy_web: Web) -> None:
    rows = asked(busy_web.client("auditor"), "edits", agency="agency-a", order="edit")
    told = [(row["number"], row["change"], row["field"], row["withdraws"], row["withdrawn"]) for row in rows]
    assert told == [(1, 0, "end", None, True), (1, 1, "items", None, True), (2, 0, "end", None, False),
                    (3, 0, "items", 1, False)]  # fmt: skip
    captured, after = rows[0]["captured_at"], [row["edited_at"] for row in rows]
    assert [row["captured_at"] for row in rows] == [captured, None, captured, None]
    assert [datetime.fromisoformat(captured), *(one and datetime.fromisoformat(one) for one in after)] == [
        datetime.fromtimestamp(minutes(at) / 1000, UTC) if at else None for at in (60, 55, None, 50, None)
    ]
    claimed = "feeding, bed_making, hand_and_foot_care"
    assert [(row["captured"], row["edited"]) for row in rows if row["field"] == "items"] == [
        (claimed, "feeding, bed_making"), (claimed, claimed)
    ]  # fmt: skip
    assert {(row["actor"], row["caregiver"], row["visit"]) for row in rows} == {
        ("supervisor-a", "caregiver-1", busy_web.visits["rich"])
    }


def test_withdrawal_that_changes_nothing_is_a_row_too(busy_web: Web) -> None:
    last = CODES | {"seen_version": 3, "reason": "entered_in_error", "action": "edit_withdrawn", "withdraws": 2}
    client = busy_web.client("supervisor-a")
    assert client.post(f"/api/v1/visits/{busy_web.visits['rich']}/edits", json=last).is_success
    with busy_web.database.writing() as connection:
        newest = select(func.max(visit_edits.c.id)).scalar_subquery()
        connection.execute(delete(visit_edit_changes).where(visit_edit_changes.c.edit == newest))
    row = asked(client, "edits", agency="agency-a")[0]
    assert (row["number"], row["withdraws"], row["change"], row["field"]) == (4, 2, 0, None)


def test_upgrade_fills_the_changes_of_edits_from_the_edits(busy_web: Web) -> None:
    with busy_web.database.reading() as connection:
        before = connection.execute(visit_edit_changes.select().order_by("edit", "position")).all()
    assert len(before) == 8
    downgrade(busy_web.database, "0018")
    busy_web.database.migrate()
    with busy_web.database.reading() as connection:
        assert connection.execute(visit_edit_changes.select().order_by("edit", "position")).all() == before


def test_refused_question_names_its_field_in_both_languages(web: Web) -> None:
    answer = web.client("auditor").get("/api/v1/query/visits?check_in__from=soon")
    assert answer.status_code == 400
    assert "2026-09-01" in answer.json()["detail"]
    assert "签到" in answer.json()["detail_zh"]
    assert web.client("auditor").get("/api/v1/query/nothing").status_code == 404


def plan(web: Web, scope: Scope, view: str, pairs: dict[str, str]) -> str:
    """How SQLite would go about a question."""
    with web.database.reading() as connection:
        query = read(VIEWS[view], pairs.items())
        statement = statement_of(Asking(query, scope, ZoneInfo("Asia/Shanghai")), 51)
        compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
        return "\n".join(str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}"))


# All devices are few: what is asked of them is asked of each.
SEARCHED = [view for view in VIEWS.values() if view.name != "devices"]
LED = [(view.name, column) for view in SEARCHED for column in view.asked if column.leads]


def led_to(found: list[str], view: str, column: ViewColumn) -> bool:
    """Whether a plan begins with a search by what a column is stored as: rows of sums are always searched by their
    kind, which leads to all of them."""
    stored = SOURCES[view].columns[column.name]
    assert isinstance(stored, Column)
    named = "rowid" if list(stored.table.primary_key) == [stored] and stored.type.python_type is int else stored.key
    by = re.compile(rf"SEARCH .*\W{named}[=<>]")
    return found[0].startswith("SEARCH") and any(by.match(step) for step in found)


def asked_first(column: ViewColumn) -> dict[str, str]:
    """The first thing that may be asked of a column, with some value."""
    word = next(iter(column.vocabulary or ["agency-a"]))
    value = {Kind.MOMENT: "2026-09-01", Kind.COUNT: "1"}.get(column.kind, word)
    operator = column.operators[0]
    return {column.name if operator is Operator.IS else f"{column.name}__{operator}": value}


@pytest.mark.parametrize(("view", "column"), LED, ids=[f"{view}-{column.name}" for view, column in LED])
def test_column_that_leads_is_answered_from_an_index(web: Web, view: str, column: ViewColumn) -> None:
    pairs = asked_first(column)
    assert not reads_everything(read(VIEWS[view], pairs.items()), one_agency=False)
    found = plan(web, Everything(), view, pairs).splitlines()
    assert led_to(found, view, column), found


@pytest.mark.parametrize(
    ("view", "name", "indexes"),
    [
        ("visits", "caregiver", ["visits_by_caregiver"]),
        ("visits", "closed", ["cases_by_closing"]),
        ("edits", "visit", ["visit_edits_by_visit"]),
        ("caregivers", "agency", ["tallies_of_agency"]),
        ("recipients", "agency", ["tallies_of_agency"]),
        ("agencies", "agency", ["tallies_of_agency"]),
    ],
)
def test_column_without_its_index_would_be_seen_not_to_lead(
    filled_web: Web, view: str, name: str, indexes: list[str]
) -> None:
    column = VIEWS[view].column(name)
    assert column is not None
    with filled_web.database.writing() as connection:
        for index in indexes:
            connection.execute(text(f"DROP INDEX {index}"))
    found = plan(filled_web, Everything(), view, asked_first(column)).splitlines()
    assert not led_to(found, view, column), found


@pytest.mark.parametrize("column", ["visit", "caregiver", "recipient", "device"])
def test_agency_does_not_lead_where_fewer_rows_are_asked_for(web: Web, column: str) -> None:
    found = plan(web, OneAgency("agency-a"), "exceptions", {column: "one"})
    assert f"({column}=?)" in found
    assert "agency=?" not in found


@pytest.mark.parametrize("view", ["visits", "trail", "cases"])
def test_view_as_it_lies_is_read_in_the_order_of_an_index(web: Web, view: str) -> None:
    found = plan(web, Everything(), view, {})
    assert "TEMP B-TREE" not in found
    assert not reads_everything(read(VIEWS[view], []), one_agency=False)
    assert "USING INDEX" in plan(web, OneAgency("agency-a"), view, {})


@pytest.mark.parametrize("view", ["caregivers", "recipients", "devices"])
def test_first_page_of_sums_adds_up_no_more_than_it_shows(web: Web, view: str) -> None:
    found = plan(web, Everything(), view, {})
    assert "TEMP B-TREE" not in found
    assert "MATERIALIZE" not in found


def test_question_that_must_read_everything_says_so(web: Web) -> None:
    client = web.client("auditor")
    for query, everything in (("suspicion__from=0.5", True), ("caregiver__contains=a", True), ("order=suspicion", True),
                              ("check_in__to=2026-01-01", True), ("check_in__from=2026-01-01&band__in=hold", False),
                              ("", False)):  # fmt: skip
        assert client.get(f"/api/v1/query/visits?{query}").json()["reads_everything"] is everything, query
        assert ("要读遍全部记录" in client.get(f"/query/visits?{query}").text) is everything, query
    assert "要读遍全部记录" not in web.client("supervisor-a").get("/query/visits?suspicion__from=0.5").text


def test_question_is_stopped_in_the_database_and_the_connection_serves_on(web: Web) -> None:
    endless = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
    with web.database.reading() as connection:
        with pytest.raises(TooLongError), within(connection, Deadline(0.05)):
            connection.execute(endless)
        counting = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200000) SELECT count(*) FROM n"
        assert connection.execute(text(counting)).scalar() == 200_000


def limited(web: Web, **parts: object) -> Web:
    """The same web with other parts."""
    changed: Parts = replace(web.app.state.parts, **parts)
    web.app.state.parts = changed
    return web


MANY = """INSERT INTO trail
SELECT 1000 + i, :now, 'auditor', 'auditor', NULL, 'read', '/', '/', 200, '', 'p' || i, 'd' || i FROM (
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 30000) SELECT i FROM n
)"""


def test_question_that_takes_too_long_is_told_what_to_narrow_and_the_form_comes_back(filled_web: Web) -> None:
    with filled_web.database.writing() as connection:
        connection.execute(text(MANY), {"now": NOW_MS})
    client = limited(filled_web, limits=Limits(page_s=0.0, export_s=0.0)).client("auditor")
    page = client.get("/query/trail?about__contains=nowhere")
    assert page.status_code == 400
    assert "请缩短起止时间" in page.text
    assert 'value="nowhere"' in page.text
    for address in ("/api/v1/query/trail?about__contains=nowhere", "/api/v1/query/trail.csv", "/query/trail.xlsx"):
        answer = client.get(address)
        assert (answer.status_code, "stopped after 0 s" in answer.text) == (400, True), address


def test_whoever_comes_while_others_export_is_told_to_wait(filled_web: Web) -> None:
    turns = Turns(at_once=1, waiting=1, patience_s=0.01)
    client = limited(filled_web, exports=turns, questions=turns).client("auditor")
    with turns.taken():
        for address in ("/api/v1/query/visits.csv", "/api/v1/query/visits", "/query/visits"):
            answer = client.get(address)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "30"), address
    assert client.get("/api/v1/query/visits.csv").status_code == 200


# Files.


def csv_of(client: TestClient, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), strict=True))


@pytest.mark.parametrize("prefix", ["/api/v1", ""])
def test_file_holds_the_rows_of_the_question(busy_web: Web, prefix: str) -> None:
    client = busy_web.client("auditor")
    query = "band__in=hold,review&columns=visit,check_in,at_risk_yuan&order=at_risk_yuan"
    names, *rows = csv_of(client, f"{prefix}/query/visits.csv?{query}")
    expected = asked(client, "visits", band__in="hold,review", order="at_risk_yuan")
    assert names == ["visit", "check_in", "at_risk_yuan"]
    assert [row[0] for row in rows] == [row["visit"] for row in expected]
    assert [datetime.fromisoformat(row[1]).astimezone(UTC) for row in rows] == [
        datetime.fromisoformat(row["check_in"]) for row in expected
    ]
    assert [row[2] for row in rows] == [f"{row['at_risk_yuan']:.2f}" for row in expected]


def test_note_that_looks_like_a_formula_is_none_in_any_file(busy_web: Web) -> None:
    client = busy_web.client("supervisor-a")
    notes = [row[-1] for row in csv_of(client, "/query/case_steps.csv")]
    assert "'=1+1 of agency-a" in notes
    book = openpyxl.load_workbook(io.BytesIO(client.get("/query/case_steps.xlsx").content))
    cells = [cell for row in book["case_steps"].iter_rows() for cell in row if cell.value == "=1+1 of agency-a"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_excel_says_who_asked_what_when_and_within_which_scope(busy_web: Web) -> None:
    answer = busy_web.client("supervisor-a").get("/query/visits.xlsx?band__in=hold")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["about"]
    about = {row[0]: row[1] for row in sheet.iter_rows(max_row=8, values_only=True)}
    assert about["查询 · query"] == "/query/visits?band__in=hold"
    assert about["导出人 · exported by"] == "supervisor-a (机构主管 · supervisor)"
    assert about["导出时间 · exported at"] == "2026-09-22T01:00:00.000+08:00"
    assert about["范围 · scope"] == "仅机构 agency-a · agency agency-a alone"


def test_sqlite_can_be_asked_again(busy_web: Web, tmp_path: Path) -> None:
    client = busy_web.client("auditor")
    answer = client.get("/api/v1/query/visits.sqlite")
    assert answer.headers["content-disposition"] == 'attachment; filename="carewitness-visits-20260922-010000.sqlite"'
    file = tmp_path / "visits.sqlite"
    file.write_bytes(answer.content)
    database = sqlite3.connect(file)
    (found,) = database.execute("SELECT count(*), round(sum(at_risk_yuan), 2) FROM visits")
    rows = asked(client, "visits")
    assert found == (len(rows), round(sum(row["at_risk_yuan"] for row in rows), 2))
    names = [name for (name,) in database.execute("SELECT name FROM columns")]
    assert names == [column.name for column in VIEWS["visits"].shown]
    database.close()


def test_file_that_is_cut_off_says_so_in_its_name_in_itself_and_in_the_trail(filled_web: Web) -> None:
    client = limited(filled_web, limits=Limits(export_rows=2)).client("auditor")
    rows = csv_of(client, "/query/visits.csv")
    assert len(rows) == 4
    assert rows[-1][0].startswith("截断：只有前 2 行")
    assert all_entries(filled_web)[0].entry.about == "/query/visits.csv rows:2 cut off"
    assert "-cut-off.csv" in client.get("/query/visits.csv").headers["content-disposition"]


def test_export_is_in_the_trail_as_one_refused_ones_too(filled_web: Web) -> None:
    filled_web.client("auditor").get("/api/v1/query/visits.csv?band__in=hold&columns=visit")
    filled_web.client("auditor").get("/query/visits.csv?band__in=great")
    filled_web.client("administrator").get("/query/visits.csv")
    found = [(one.entry.deed, one.entry.about, one.entry.status) for one in all_entries(filled_web)[:3]]
    assert [status for _, _, status in found] == [403, 400, 200]
    assert {deed for deed, _, _ in found} == {Deed.EXPORT}
    assert found[2][1].startswith("/api/v1/query/visits.csv?band__in=hold&columns=visit rows:")


def test_longest_question_stands_whole_in_the_trail(filled_web: Web) -> None:
    value = ",".join(f"caregiver-{number}" for number in range(10, 41))
    answer = filled_web.client("auditor").get(f"/api/v1/query/visits.sqlite?caregiver__in={value}")
    assert answer.status_code == 200
    about = all_entries(filled_web)[0].entry.about
    assert about.endswith(" rows:0")
    assert value in about.replace("%2C", ",")


@pytest.mark.parametrize("ending", ["csv", "xlsx", "sqlite"])
@pytest.mark.parametrize("prefix", ["/api/v1", ""])
def test_no_file_leaves_where_the_trail_cannot_be_written(web: Web, ending: str, prefix: str) -> None:
    with without_a_trail(web):
        answer = web.client("auditor").get(f"{prefix}/query/visits.{ending}")
    assert answer.status_code == 503
    assert b"caregiver-1" not in answer.content
    assert "content-disposition" not in answer.headers


# Pages.


def test_form_leads_to_the_link_of_its_question(web: Web) -> None:
    client = web.client("auditor")
    sent = "c0=check_in&o0=from&v0=2026-09-01&c1=check_in&o1=to&v1=&c2=band&o2=in&v2=hold&v2=review"
    answer = client.get(f"/query/visits?{sent}&order=-check_in&columns=visit&columns=agency&do=ask")
    assert (answer.status_code, answer.headers["location"]) == (
        303, "/query/visits?check_in__from=2026-09-01&band__in=hold,review&columns=visit,agency",
    )  # fmt: skip
    page = client.get(answer.headers["location"]).text
    assert f'href="/visits/{web.visits["proxy"]}?record=' in page
    assert 'value="2026-09-01"' in page
    assert "/query/visits.xlsx?check_in__from=2026-09-01&amp;band__in=hold,review&amp;columns=visit,agency" in page


def test_row_is_added_and_taken_out_without_a_script(web: Web) -> None:
    client = web.client("auditor")
    added = client.get("/query/visits?c0=agency&o0=begins&v0=agency&do=add&new=caregiver").text
    assert all(part in added for part in ('name="c0" value="agency"', 'name="c1" value="caregiver"', 'value="agency"'))
    taken = client.get("/query/visits?c0=agency&o0=is&v0=x&c1=band&o1=in&v1=hold&do=drop-0").text
    assert 'name="c0" value="band"' in taken
    assert 'name="c1"' not in taken


def test_wrong_form_comes_back_with_what_was_typed_and_what_to_do(web: Web) -> None:
    answer = web.client("auditor").get("/query/visits?c0=suspicion&o0=from&v0=a+lot&c1=agency&o1=is&v1=agency-a&do=ask")
    assert answer.status_code == 400
    assert 'value="a lot"' in answer.text
    assert 'value="agency-a"' in answer.text
    assert "write a number from 0 to 1" in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_wrong_link_shows_its_form_too(web: Web) -> None:
    answer = web.client("auditor").get("/query/visits?colour=red&agency=x&agency=y")
    assert answer.status_code == 400
    assert "colour" in answer.text
    assert "write this once" in answer.text


def test_what_is_typed_is_never_markup(web: Web) -> None:
    for question in ("agency=%3Cscript%3E", "%3Cscript%3E=1", "order=%3Cscript%3E", "c0=agency&o0=is&v0=%3Cscript%3E"):
        page = web.client("auditor").get(f"/query/visits?{question}").text
        assert "<script>" not in page.replace("<script src", "")


def test_rows_lead_to_their_own_pages(busy_web: Web) -> None:
    page = busy_web.client("supervisor-a").get("/query/visits").text
    for address in ("/caregivers/caregiver-1", "/recipients/recipient-1", "/devices/device-1", "/agencies/agency-a"):
        assert f'href="{address}"' in page
    assert f'href="/cases/{busy_web.cases["agency-a"]}"' in page
    assert "没有符合条件的行" in busy_web.client("supervisor-a").get("/query/visits?agency=agency-b").text


def test_session_that_expired_while_a_query_was_saved_loses_nothing(web: Web) -> None:
    answer = web.client().post("/query/saved", data={"view": "visits", "name": "x"}, headers={"Origin": ORIGIN})
    assert answer.status_code == 401
