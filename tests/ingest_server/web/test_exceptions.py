"""The rows of what visits raise always say what their standing verdicts and chains say."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from ingest_server.store.database import Database
from ingest_server.store.raised import raise_again, raised_rows
from ingest_server.store.schema import records, verdicts, visit_exceptions, visits
from ingest_server.store.summaries import standing_verdict, stored_verdict
from tests.ingest_server.authenticity.test_adopting import downgrade
from tests.ingest_server.authenticity.test_upkeep import SEALED, other_weigher, weigh_anew
from tests.ingest_server.conftest import NOW_MS, Served, arrival
from tests.ingest_server.web.conftest import Web
from visit_record.chain import LinkState
from visit_record.sealing import digest_of

Rows = list[tuple[Any, ...]]


def kept(connection: Connection) -> Rows:
    return sorted(tuple(row) for row in connection.execute(select(visit_exceptions)))


def told(connection: Connection) -> Rows:
    """The same as the verdicts, chains and visits themselves tell it."""
    query = select(visits, records.c.link_state, verdicts.c.verdict).join_from(visits, records)
    query = query.outerjoin(verdicts, standing_verdict())
    rows = [
        made
        for row in connection.execute(query).mappings()
        for made in raised_rows(
            row, stored_verdict(row["digest"], row["verdict"]).exceptions, LinkState(row["link_state"])
        )
    ]
    return sorted(tuple(row[column.name] for column in visit_exceptions.c) for row in rows)


def agreed(database: Database) -> Rows:
    """The rows, which are those that the verdicts tell."""
    with database.reading() as connection:
        rows = kept(connection)
        assert rows == told(connection)
    assert rows
    return rows


@pytest.fixture
def filled(served: Served) -> Iterator[Served]:
    served.intake.take([arrival(one) for one in SEALED])
    yield served


def test_what_a_visit_raises_is_there_once_it_is_taken_in(filled: Served) -> None:
    codes = {row[1] for row in agreed(filled.database)}
    assert len(codes) > 3


def test_a_gap_is_raised_until_the_late_record_closes_it(served: Served) -> None:
    served.intake.take([arrival(SEALED[0]), arrival(SEALED[2])])
    before = agreed(served.database)
    assert (digest_of(SEALED[2]), "SEQ_GAP", "acknowledge") in {row[:3] for row in before}
    served.intake.take([arrival(SEALED[1])])
    assert "SEQ_GAP" not in {row[1] for row in agreed(served.database)}


def test_another_standing_verdict_raises_what_it_raises(filled: Served) -> None:
    before = agreed(filled.database)
    with filled.database.writing() as connection:
        for number in range(len(SEALED)):
            weigh_anew(connection, number, other_weigher())
    assert agreed(filled.database) != before, "another band at least"


def test_a_case_moves_them_with_its_visit(filled_web: Web) -> None:
    before, path = agreed(filled_web.database), f"/api/v1/visits/{filled_web.visits['empty_order']}/steps"
    client = filled_web.client("supervisor-a")
    snoozed = client.post(path, json={"action": "snooze", "seen_version": 0, "until_ms": NOW_MS + 86_400_000})
    assert snoozed.status_code == 200, snoozed.text
    asleep = agreed(filled_web.database)
    body = {"action": "close", "seen_version": snoozed.json()["standing"]["version"], "outcome": "irregular"}
    assert client.post(path, json=body | {"note": "looked at it"}).status_code == 200
    assert len({tuple(before), tuple(asleep), tuple(agreed(filled_web.database))}) == 3


def test_upgrade_fills_them_from_what_is_stored(filled_web: Web) -> None:
    before = agreed(filled_web.database)
    with filled_web.database.writing() as connection:
        broken = connection.execute(select(visit_exceptions.c.digest).limit(1)).scalar_one()
        connection.execute(update(verdicts).where(verdicts.c.digest == broken).values(verdict=b"no verdict"))
    downgrade(filled_web.database, "0016")
    filled_web.database.migrate()
    with filled_web.database.reading() as connection:
        assert kept(connection) == [row for row in before if row[0] != broken or row[1] in {"SEQ_GAP", "CHAIN_FORK"}]


def listed(web: Web, asked: str, who: str = "auditor") -> list[str]:
    answer = web.client(who).get(f"/api/v1/visits?{asked}")
    assert answer.status_code == 200, answer.text
    return [one["digest"] for one in answer.json()["visits"]]


def test_list_of_a_code_is_of_those_who_raised_it_whatever_else_is_asked(filled_web: Web) -> None:
    with filled_web.database.writing() as connection:
        connection.execute(update(visits).where(visits.c.visit == filled_web.visits["moved"]).values(handled=True))
        connection.execute(update(records).where(records.c.seq == 2).values(link_state=LinkState.GAP))
        raise_again(connection, connection.execute(select(visits.c.digest)).scalars().all())
    raised = {row[:2] for row in agreed(filled_web.database)}
    beside = ("", "band=hold", "band=hold&sort=newest", "band=credible&sort=loss", "class=must_fix", "work=waiting",
              "work=handled", "agency=agency-b", "caregiver=caregiver-1", "link=gap", "limit=1")  # fmt: skip
    for asked in beside:
        every = listed(filled_web, asked.replace("limit=1", ""))
        for code in {code for _, code in raised}:
            found = listed(filled_web, f"exception={code}&{asked}")
            wanted = [one for one in every if (one, code) in raised]
            assert found == (wanted[:1] if asked == "limit=1" else wanted), (code, asked)


def test_pages_of_a_code_go_on_where_the_one_before_ended(filled_web: Web) -> None:
    client = filled_web.client("auditor")
    columns = [column.name for column in visit_exceptions.c]
    told_of = Counter((row[1], row[columns.index("band")]) for row in agreed(filled_web.database))
    code, band = told_of.most_common(1)[0][0]
    for order in ("", f"&band={band}&sort=loss", f"&band={band}&sort=newest"):
        every, cursor = [], ""
        while cursor is not None:
            page = client.get(f"/api/v1/visits?exception={code}&limit=1{order}{cursor and '&cursor=' + cursor}").json()
            every += [one["digest"] for one in page["visits"]]
            cursor = page["next_cursor"]
        assert every == listed(filled_web, f"exception={code}{order}")
        assert len(every) > 1


def test_counts_of_a_code_are_of_its_visits(filled_web: Web) -> None:
    code = Counter(row[1] for row in agreed(filled_web.database)).most_common(1)[0][0]
    counts = filled_web.client("auditor").get(f"/api/v1/visits?exception={code}").json()
    assert counts["bands"] == {
        band: len(listed(filled_web, f"exception={code}&band={band}")) for band in counts["bands"]
    }
    classes = {one: len(listed(filled_web, f"exception={code}&class={one}")) for one in counts["classes"]}
    assert counts["classes"] == classes
    assert sum(counts["bands"].values()) > 1


def test_an_agency_is_told_of_its_own_alone(filled_web: Web) -> None:
    for code in {row[1] for row in agreed(filled_web.database)}:
        digests = set(listed(filled_web, f"exception={code}"))
        with filled_web.database.reading() as connection:
            own = select(visits.c.digest).where(visits.c.digest.in_(digests), visits.c.agency == "agency-a")
            assert set(listed(filled_web, f"exception={code}", "supervisor-a")) == set(
                connection.execute(own).scalars()
            )


def test_queue_asks_for_a_code_and_a_caregivers_chips_lead_there(filled_web: Web) -> None:
    client = filled_web.client("auditor")
    page = client.get("/caregivers/caregiver-1").text
    chips = re.findall(r'<li class="chip"><a href="([^"]+)">', page)
    assert chips
    for chip in chips:
        address = chip.replace("&amp;", "&")
        shown = client.get(address).text
        code = address.rsplit("=", 1)[1]
        assert f'<option value="{code}" selected>' in shown
        assert "/visits/" in shown
        assert f"exception={code}" in re.findall(r'href="(/\?band=hold[^"]*)"', shown)[0], "a tab keeps what was asked"


def test_view_of_exceptions_tells_each_with_its_visit(filled_web: Web) -> None:
    client = filled_web.client("auditor")
    rows = client.get("/api/v1/query/exceptions?limit=200").json()["rows"]
    assert {(row["record"], row["code"]) for row in rows} == {row[:2] for row in agreed(filled_web.database)}
    assert [row["check_in"] for row in rows] == sorted((row["check_in"] for row in rows), reverse=True)
    assert {row["visit"] for row in rows} <= set(filled_web.visits.values())
    own = client.get("/api/v1/query/exceptions?code__in=FACE_MISMATCH&agency=agency-b").json()["rows"]
    assert {(row["code"], row["agency"]) for row in own} == {("FACE_MISMATCH", "agency-b")}
