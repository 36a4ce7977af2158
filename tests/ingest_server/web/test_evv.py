"""The EVV export over HTTP: every visit once, the reader's own alone, within limits, and in the trail."""

import asyncio
import csv
import html
import io
import json
import re
from datetime import UTC, date
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import update
from starlette.types import Message

from ingest_server.errors import ExportBrokenOffError
from ingest_server.evv.days import span_of
from ingest_server.evv.sheet import COLUMNS, SHARE_COLUMNS
from ingest_server.local_days import Span
from ingest_server.store.evv import EvvFilter, count_evv, evv_batches, evv_page
from ingest_server.store.schema import records, verdicts
from ingest_server.store.scope import Everything, OneAgency, Scope
from ingest_server.web.turns import Limits
from tests.ingest_server.store.test_scans import said_to_the_database
from tests.ingest_server.web.conftest import Web
from tests.ingest_server.web.test_edits import LONGER, SHORTER, edit
from tests.ingest_server.web.test_query import limited

SEPTEMBER = "from=2026-09-01&to=2026-09-30"


def rows(web: Web, query: str = SEPTEMBER, who: str = "auditor") -> list[dict[str, str]]:
    answer = web.client(who).get(f"/api/v1/evv.csv?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def pages(web: Web, query: str = SEPTEMBER, who: str = "auditor", limit: int = 2) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = web.client(who).get(f"/api/v1/evv?{query}&limit={limit}{cursor}").json()
        found += page["visits"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def test_file_and_pages_hold_every_visit_once_in_order(web: Web) -> None:
    in_file, in_pages = rows(web), pages(web)
    assert tuple(in_file[0]) == COLUMNS
    digests = [row["record_digest"] for row in in_file]
    assert digests == [visit["record_digest"] for visit in in_pages]
    assert len(set(digests)) == len(digests) == len(web.visits) - 1, "all but the one of the year 9999"
    starts = [row["start_captured"] for row in in_file]
    assert starts == sorted(starts)


@pytest.mark.parametrize("path", ["/evv.json", "/api/v1/evv.json"])
def test_page_offers_the_same_visits_as_json(web: Web, path: str) -> None:
    client = web.client("auditor")
    assert 'formaction="/evv.json"' in client.get("/evv").text
    answer = client.get(f"{path}?{SEPTEMBER}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == 'attachment; filename="evv-2026-09-01-2026-09-30.json"'
    (found,) = client.get("/api/v1/trail?deed=export&limit=1").json()["entries"]
    assert found["entry"]["about"].endswith(f"rows:{len(web.visits) - 1}")
    assert answer.json() == {"visits": pages(web)}
    assert client.get(f"{path}?from=2020-01-01&to=2020-01-02").json() == {"visits": []}


@pytest.mark.parametrize(("language", "wanted"), [("zh", "签到"), ("en", "check-in on the device")])
def test_every_field_is_described_where_an_auditor_reads_it(web: Web, language: str, wanted: str) -> None:
    client = web.client("auditor")
    client.cookies.set("carewitness-language", language)
    assert 'href="/evv/fields"' in client.get("/evv").text
    shown = client.get("/evv/fields").text
    for name in (*COLUMNS, *SHARE_COLUMNS, "forgot_check_out", "GPS_DISTANCE"):
        assert f"<code>{name}</code>" in shown
    assert wanted in shown
    assert "docs/evv.md" not in client.get("/evv").text
    told = client.get("/api/v1/evv/fields").json()
    assert tuple(one["name"] for one in told["fields"]) == COLUMNS


def test_row_can_be_checked_against_the_ledger(web: Web) -> None:
    row = next(row for row in rows(web) if row["visit"] == web.visits["rich"])
    path = f"/api/v1/visits/{row['visit']}?record={row['record_digest']}"
    found = web.client("auditor").get(path).json()
    assert str(found["inclusion"]["log_index"]) == row["log_index"]
    assert found["summary"]["digest"] == row["record_digest"]
    raised = [f"{one['code']}:{one['class_']}" for one in found["verdict"]["exceptions"]]
    assert row["exceptions"] == "; ".join(raised)


def test_supervisor_exports_their_agency_alone(web: Web) -> None:
    assert {row["agency"] for row in rows(web, who="supervisor-b")} == {"agency-b"}
    assert {visit["agency"] for visit in pages(web, who="supervisor-a")} == {"agency-a"}
    assert rows(web, f"{SEPTEMBER}&agency=agency-b", "supervisor-a") == []
    narrowed = rows(web, f"{SEPTEMBER}&agency=agency-a&caregiver={'c' * 64}")
    assert [row["visit"] for row in narrowed] == [web.visits["long"]]


def test_edits_are_told_beside_what_was_captured(filled_web: Web) -> None:
    edit(filled_web, LONGER)
    row = next(row for row in rows(filled_web) if row["visit"] == filled_web.visits["rich"])
    assert (row["end_captured"], row["end_edited"]) == ("2026-09-21T23:13:20+08:00", "2026-09-21T23:28:20+08:00")
    assert row["start_edited"] == ""
    assert "supervisor-a forgot_check_out/signed_timesheet end [lengthens]" in row["edits"]
    visit = next(one for one in pages(filled_web) if one["visit"] == filled_web.visits["rich"])
    assert visit["edits"][0]["memo"] == "signed sheet 12"


@pytest.mark.parametrize("path", ["/api/v1/evv", "/api/v1/evv.csv", "/evv.csv", "/evv.json"])
@pytest.mark.parametrize(
    "query", ["", "from=2026-09-30&to=2026-09-01", "from=soon&to=later", "from=9999-12-31&to=9999-12-31"]
)
def test_days_that_are_none_are_refused_with_what_to_do(web: Web, path: str, query: str) -> None:
    answer = web.client("auditor").get(f"{path}?{query}")
    assert answer.status_code in {400, 422}


def test_bad_form_comes_back_with_what_was_typed(web: Web) -> None:
    answer = web.client("auditor").get("/evv.csv?from=2026-09-30&to=2026-09-01&agency=agency-a")
    assert answer.status_code == 400
    for told in ('role="alert"', "截止日期早于起始日期", "2026-09-30", "2026-09-01", "agency-a"):
        assert told in answer.text


def test_file_is_refused_where_it_would_hold_too_much(filled_web: Web) -> None:
    client = limited(filled_web, limits=Limits(export_rows=3)).client("auditor")
    for path in ("/api/v1/evv.csv", "/evv.csv", "/api/v1/evv.json", "/evv.json"):
        answer = client.get(f"{path}?{SEPTEMBER}")
        assert answer.status_code == 400
        assert "ingest-server export evv" in answer.text


FILES = (f"/api/v1/evv.csv?{SEPTEMBER}", "/api/v1/edits/shares.csv", "/api/v1/query/visits.csv")


@pytest.mark.parametrize("address", FILES)
def test_file_whose_reader_takes_no_more_of_it_is_broken_off(filled_web: Web, address: str) -> None:
    edit(filled_web, LONGER)
    slow = limited(filled_web, limits=Limits(sending_s=0.4, taking_s=0.4))
    with pytest.raises(ExportBrokenOffError):
        asyncio.run(stalled(slow, address))
    found = slow.client("auditor").get("/api/v1/trail?deed=export&limit=2").json()["entries"]
    assert [one["entry"]["status"] for one in found] == [500, 200]


async def stalled(web: Web, address: str) -> None:
    """Ask for a file and take the head of the answer, no more."""
    path, _, query = address.partition("?")
    token = f"Bearer {web.tokens['auditor']}".encode()
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"host", b"testserver"), (b"authorization", token)],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
        "scheme": "http",
    }
    stuck = asyncio.Event()

    async def receive() -> Message:
        if stuck.is_set():
            await asyncio.Event().wait()
        stuck.set()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    async with asyncio.timeout(10):
        await web.app(scope, receive, send)


def test_visits_are_read_in_batches_and_are_the_same(web: Web) -> None:
    whole = [row["record_digest"] for row in rows(web)]
    days = EvvFilter(span_of(date(2026, 9, 1), date(2026, 9, 30), web.app.state.parts.zone))
    for size in (1, 2, 3):
        batches = list(evv_batches(web.database, Everything(), days, web.app.state.parts.zone, size))
        assert [visit.record_digest for batch in batches for visit in batch] == whole
        assert [len(batch) for batch in batches[:-1]] == [size] * (len(batches) - 1)


def test_every_export_is_in_the_trail_with_how_much_it_holds(web: Web) -> None:
    client = web.client("auditor")
    for path in ("/api/v1/evv.csv", "/evv.csv", "/api/v1/evv"):
        client.get(f"{path}?{SEPTEMBER}")
    client.get("/api/v1/edits/shares.csv")
    found = [one["entry"] for one in client.get("/api/v1/trail?deed=export&limit=4").json()["entries"]][::-1]
    assert [one["route"] for one in found] == ["/api/v1/evv.csv", "/evv.csv", "/api/v1/evv", "/api/v1/edits/shares.csv"]
    assert found[0]["about"].endswith(f"rows:{len(web.visits) - 1}")
    assert "导出" in client.get("/trail?deed=export").text


def test_altered_record_is_neither_left_out_nor_repeated(filled_web: Web) -> None:
    digest = next(row["record_digest"] for row in rows(filled_web) if row["visit"] == filled_web.visits["rich"])
    with filled_web.database.writing() as connection:
        connection.execute(update(records).where(records.c.digest == digest).values(sealed=b"altered"))
    row = next(row for row in rows(filled_web) if row["record_digest"] == digest)
    assert (row["state"], row["caregiver_captured"], row["start_captured"]) == ("altered", "", "")
    assert len(rows(filled_web)) == len(filled_web.visits) - 1


def test_unreadable_verdict_is_no_visit_without_exceptions(filled_web: Web) -> None:
    digest = next(row["record_digest"] for row in rows(filled_web) if row["visit"] == filled_web.visits["proxy"])
    with filled_web.database.writing() as connection:
        connection.execute(update(verdicts).where(verdicts.c.digest == digest).values(verdict=b"{"))
    visit = next(one for one in pages(filled_web) if one["record_digest"] == digest)
    assert (visit["state"], visit["exceptions"]) == ("verdict_unreadable", None)


def test_shares_are_a_file_too(filled_web: Web) -> None:
    edit(filled_web, LONGER)
    answer = filled_web.client("auditor").get("/api/v1/edits/shares.csv?kind=supervisor")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert (row["kind"], row["subject"], row["edited"]) == ("supervisor", "supervisor-a", "1")


def test_file_of_shares_says_where_there_were_more(filled_web: Web) -> None:
    edit(filled_web, LONGER)
    edit(filled_web, SHORTER, visit="b_rich", who="supervisor-b")
    for rows, name in ((1, "-cut-off.csv"), (2, "-2026-09.csv")):
        client = limited(filled_web, limits=Limits(export_rows=rows)).client("auditor")
        answer = client.get("/api/v1/edits/shares.csv?kind=supervisor")
        assert len(list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))) == rows
        assert answer.headers["content-disposition"].rstrip('"').endswith(name)
        (entry,) = client.get("/api/v1/trail?deed=export&limit=1").json()["entries"]
        assert entry["entry"]["about"].endswith(f"rows:{rows}" + (" cut off" if rows == 1 else ""))


def test_page_counts_what_a_file_would_hold_and_shows_the_shares(filled_web: Web) -> None:
    edit(filled_web, LONGER)
    shown = filled_web.client("supervisor-a").get(f"/evv?{SEPTEMBER}").text
    assert "共 6 次服务" in shown
    assert 'href="/caregivers/caregiver-1"' in shown
    assert "supervisor-a" in filled_web.client("auditor").get("/evv?kind=supervisor").text


def test_page_opens_on_the_last_thirty_days(web: Web) -> None:
    shown = web.client("auditor").get("/evv").text
    assert 'value="2026-08-24"' in shown or 'value="2026-08-25"' in shown
    assert "最近十二个月没有更正过的服务" in shown


EVERY_DAY = Span(0, 4_000_000_000_000)
WANTED = {
    "all": EvvFilter(EVERY_DAY),
    "of an agency": EvvFilter(EVERY_DAY, agency="agency-a"),
    "of a caregiver": EvvFilter(EVERY_DAY, caregiver="caregiver-1"),
}


@pytest.mark.parametrize("scope", [Everything(), OneAgency("agency-a")], ids=["fund", "agency"])
@pytest.mark.parametrize("wanted", WANTED.values(), ids=WANTED)
def test_pages_are_found_by_an_index_and_never_by_sorting(web: Web, wanted: EvvFilter, scope: Scope) -> None:
    with said_to_the_database() as statements, web.database.reading() as connection:
        first = evv_page(connection, scope, wanted, UTC, 2)
        assert first.after is not None
        evv_page(connection, scope, replace(wanted, after=first.after), UTC, 2)
        count_evv(connection, scope, wanted, 10)
    about_visits = [one for one in statements if "FROM visits" in one[0]]
    assert len(about_visits) == 3
    with web.database.reading() as connection:
        for statement, values in about_visits:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            told = [str(row[3]) for row in plan]
            assert not any("TEMP B-TREE" in line for line in told), told
            assert any("SEARCH visits" in line and "check_in_ms>?" in line for line in told), told


def test_json_page_is_one_document(web: Web) -> None:
    answer = web.client("auditor").get(f"/api/v1/evv?{SEPTEMBER}&limit=500")
    found = json.loads(answer.content)
    assert set(found) == {"visits", "count", "next_cursor"}
    assert found["count"] == len(found["visits"])
    assert answer.headers["etag"]


def test_page_leads_to_the_edits_that_lengthened(filled_web: Web) -> None:
    edit(filled_web, LONGER)
    edit(filled_web, SHORTER, visit="proxy")
    client = filled_web.client("auditor")
    led = f"/visits/{filled_web.visits['rich']}?record="
    for query, there in (("", 2), ("mark=lengthens", 1), ("agency=agency-b", 0), ("caregiver=caregiver-1", 2)):
        page = client.get(f"/evv?{query}").text
        edits = page[page.index('<section id="edits">') :]
        assert edits.count('#edits">这次服务') + edits.count('#edits"><span class="zh">这次服务') == there
        assert (led in edits) == bool(there)
    assert led not in filled_web.client("supervisor-b").get("/evv").text
    assert "/evv?caregiver=caregiver-1#edits" in client.get("/caregivers/caregiver-1").text


def test_older_edits_follow(filled_web: Web) -> None:
    edit(filled_web, LONGER)
    edit(filled_web, SHORTER, visit="proxy")
    client = filled_web.client("auditor")
    newest = client.get("/evv?kind=supervisor&limit=1").text
    (older,) = re.findall(r'href="(/evv\?[^"]*before=[^"]*)#edits"', newest)
    assert "kind=supervisor" in older
    oldest = client.get(html.unescape(older)).text
    assert f"/visits/{filled_web.visits['proxy']}?record=" in newest
    assert f"/visits/{filled_web.visits['rich']}?record=" in oldest
    assert "before=" not in oldest.partition('<section id="edits">')[2]
