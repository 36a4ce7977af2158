"""Notes from devices, as programs and people see them."""

from typing import Any

import pytest
from sqlalchemy import select

from ingest_server.store.device_log import broken_links
from ingest_server.store.schema import records
from ingest_server.store.scope import OneAgency
from tests.ingest_server.conftest import arrival
from tests.ingest_server.notes import note_about
from tests.ingest_server.web.conftest import Web
from visit_record.vocabulary import ContestReason

WORDS = "我十点半才走。\nI left at half past ten."


def sealed(web: Web, device: str = "device-1") -> list[bytes]:
    """What a device sealed, in order."""
    with web.database.reading() as connection:
        query = select(records.c.sealed).where(records.c.device == device).order_by(records.c.seq)
        return list(connection.execute(query).scalars())


@pytest.fixture
def noted(filled_web: Web) -> Web:
    """With three notes of the proxy's visit: one by its caregiver, one by somebody else, one of a record unknown."""
    visits = sealed(filled_web)
    own = note_about(visits[2], visits[-1])
    others = note_about(visits[2], own, caregiver="caregiver-7", reason=ContestReason.DEVICE, text=None)
    later = note_about(others, others, caregiver="caregiver-8")
    filled_web.served.intake.take([arrival(one) for one in (own, others, later)])
    return filled_web


def asked(web: Web, path: str, who: str = "supervisor-a") -> Any:  # noqa: ANN401 - any JSON value
    answer = web.client(who).get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_visit_tells_what_its_own_caregiver_wrote_and_no_other(noted: Web) -> None:
    visit = noted.visits["proxy"]
    (line,) = asked(noted, f"/api/v1/visits/{visit}/notes")["notes"]
    assert (line["text"], line["reason"], line["standing"]) == (WORDS, "time", "own")
    page = noted.client("supervisor-a").get(f"/visits/{visit}").text
    assert "护理员在设备上写的意见" in page
    assert "I left at half past ten." in page
    assert "caregiver-7" not in page
    assert 'id="notes"' not in noted.client("supervisor-a").get(f"/visits/{noted.visits['rich']}").text


def test_notes_of_no_visit_of_their_writers_are_listed_as_such(noted: Web) -> None:
    lines = asked(noted, "/api/v1/notes")["notes"]
    assert [line["standing"] for line in lines] == ["unknown", "others", "own"]
    page = noted.client("auditor").get("/notes").text
    for words in ("没有这条记录", "别人的服务，不计入", "设备出了问题"):
        assert words in page
    only = noted.client("auditor").get("/notes?standing=others").text
    assert "caregiver-7" in only
    assert "caregiver-8" not in only


def test_notes_are_turned_over_page_by_page(noted: Web) -> None:
    seen, cursor = [], ""
    while cursor is not None:
        found = asked(noted, f"/api/v1/notes?limit=1{cursor and f'&cursor={cursor}'}")
        seen += [line["digest"] for line in found["notes"]]
        cursor = found["next_cursor"]
    assert seen == [line["digest"] for line in asked(noted, "/api/v1/notes")["notes"]]
    assert len(seen) == 3


def test_a_note_counts_among_the_contests_of_its_own_caregiver_alone(noted: Web) -> None:
    lines = asked(noted, "/api/v1/notes?standing=own")["notes"]
    found = asked(noted, f"/api/v1/profiles/caregiver/{lines[0]['caregiver']}")
    assert found["contests"]["notes"] == 1
    assert asked(noted, "/api/v1/profiles/device/device-1")["contests"]["notes"] == 1
    page = noted.client("supervisor-a").get(f"/caregivers/{lines[0]['caregiver']}").text
    assert f'href="/notes?caregiver={lines[0]["caregiver"]}"' in page


def test_another_agency_sees_none(noted: Web) -> None:
    assert asked(noted, "/api/v1/notes", "supervisor-b")["notes"] == []
    for path in (f"/api/v1/visits/{noted.visits['proxy']}/notes", f"/visits/{noted.visits['proxy']}"):
        assert noted.client("supervisor-b").get(path).status_code == 404


def test_a_gap_and_a_fork_at_a_note_are_told_on_the_page_of_its_device(filled_web: Web) -> None:
    visits = sealed(filled_web)
    lost = note_about(visits[2], visits[-1])
    after = note_about(visits[2], lost)
    rivals = [note_about(visits[2], after, caregiver=f"caregiver-{number}") for number in (7, 8)]
    filled_web.served.intake.take([arrival(one) for one in (after, *rivals)])
    seq = len(visits) + 2
    broken = asked(filled_web, "/api/v1/profiles/device/device-1")["log"]["broken"]
    told = sorted((one["seq"], one["link_state"], one["visit"], one["check_in_ms"]) for one in broken)
    assert told == [(seq, "gap", None, None), *[(seq + 1, "fork", None, None)] * 2]
    assert all(one["written_at_ms"] for one in broken)
    page = filled_web.client("supervisor-a").get("/devices/device-1").text
    assert page.count('href="/notes?device=device-1">') == 4, "one is of those counted"
    assert "没有缺口或分叉" not in page
    with filled_web.database.reading() as connection:
        assert broken_links(connection, OneAgency("agency-b"), "device-1") == ()
