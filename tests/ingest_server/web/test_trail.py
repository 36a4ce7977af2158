"""The audit trail: whoever looks at evidence is seen to have looked, and nobody can undo it."""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import takewhile
from operator import ne

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from sqlalchemy import delete, text, update
from starlette.types import Receive, Scope, Send
from typer.testing import CliRunner

from ingest_server.cli import app
from ingest_server.errors import AlteredTrailError, StoreError
from ingest_server.ledger import merkle
from ingest_server.store.ledger_nodes import Ledger
from ingest_server.store.schema import trail
from ingest_server.store.scope import Everything
from ingest_server.store.trail import NOBODY, Actor, StoredEntry, TrailFilter, check_trail, entries
from ingest_server.store.trail_leaves import check_leaves
from ingest_server.vocabulary import Deed, Role
from ingest_server.web.trailing import Trailing
from tests.ingest_server.web.conftest import ORIGIN, PASSWORD, PEOPLE, Web, put
from tests.ingest_server.web.test_access import filled_in, guarded, sent
from tests.ingest_server.web.visits import rich_visit
from tests.visit_record.examples import KEY, STRANGER


def all_entries(web: Web, most: int = 10_000) -> list[StoredEntry]:
    """The newest first."""
    with web.database.reading() as connection:
        return entries(connection, Everything(), TrailFilter(), most)


@pytest.mark.parametrize("account", PEOPLE, ids=lambda account: account.name)
@pytest.mark.parametrize("agency", ["agency-a", "agency-b"])
def test_every_request_of_somebody_known_leaves_one_entry(web: Web, account: object, agency: str) -> None:
    person = next(known for known in PEOPLE if known is account)
    client = web.client(person.name)
    for method, path in guarded(web):
        before = next(iter(all_entries(web, most=1)), None)
        status = client.request(method, filled_in(path, web, agency), **sent(method, path, web, agency)).status_code
        added = list(takewhile(partial(ne, before), all_entries(web, most=3)))
        assert [(one.entry.actor, one.entry.role, one.entry.agency) for one in added] == [
            (person.name, person.role, person.agency)
        ], path
        assert (added[0].entry.route, added[0].entry.status) == (path, status)


def test_stranger_leaves_none(web: Web) -> None:
    before = len(all_entries(web))
    assert web.client().get("/api/v1/visits").status_code == 401
    assert web.client().get("/healthz").status_code == 200
    assert len(all_entries(web)) == before


def test_log_ins_are_entered_refused_ones_too_and_no_password_is(web: Web) -> None:
    form = {"name": "supervisor-a", "password": PASSWORD}
    client = web.client()
    client.post("/login", data=form | {"password": "not the password"}, headers={"Origin": ORIGIN})
    client.post("/login", data=form | {"name": "nobody"}, headers={"Origin": ORIGIN})
    client.post("/login", data=form, headers={"Origin": ORIGIN})
    client.post("/logout", headers={"Origin": ORIGIN})
    found = [(one.entry.deed, one.entry.actor, one.entry.role, one.entry.refused) for one in all_entries(web)[:4]]
    assert found == [
        (Deed.LOG_OUT, "supervisor-a", Role.SUPERVISOR, False),
        (Deed.LOG_IN, "supervisor-a", Role.SUPERVISOR, False),
        (Deed.LOG_IN, NOBODY, None, True),
        (Deed.LOG_IN, "supervisor-a", Role.SUPERVISOR, True),
    ]
    assert PASSWORD not in str(all_entries(web))


# Who sends what where; what the trail then tells beside the address.
REFUSED = {
    "own approval": ("supervisor-a", "/visits/{visit}/steps", {"does": "approve", "seen_version": "2"}, "approve"),
    "date that is none": (
        "supervisor-a",
        "/visits/{visit}/steps",
        {"does": "snooze", "seen_version": "2", "until": "soon"},
        "snooze",
    ),
    "edit of nothing": (
        "supervisor-a",
        "/visits/{visit}/edits",
        {"codes": "forgot_check_out:signed_timesheet", "seen_version": "0"},
        "edit:forgot_check_out:signed_timesheet",
    ),
    "withdrawal of none": (
        "supervisor-a",
        "/visits/{visit}/edits",
        {"withdraws": "3", "seen_version": "0"},
        "edit:entered_in_error:edit_withdrawn",
    ),
    "own reset": (
        "administrator",
        "/people/administrator/acts",
        {"does": "reset_password", "seen_version": "0"},
        "reset_password",
    ),
    "name that turns the line": (
        "administrator",
        "/people",
        {"name": "a\u202e\ncl\x00erk", "role": "auditor"},
        "add a\ufffd\ufffdcl\ufffderk auditor",
    ),
}


def test_no_question_is_so_long_that_the_entry_loses_what_was_done(filled_web: Web) -> None:
    path = f"/api/v1/people/supervisor-b/acts?z={'A' * 600}"
    asked = {"act": "disable", "seen_version": 0}
    assert filled_web.client("administrator").post(path, json=asked).status_code == 200
    assert all_entries(filled_web)[0].entry.about.endswith("A disable")


@pytest.mark.parametrize(("who", "path", "form", "tried"), REFUSED.values(), ids=REFUSED)
def test_what_was_tried_is_told_of_a_refusal(
    filled_web: Web, who: str, path: str, form: dict[str, str], tried: str
) -> None:
    visit = filled_web.visits["empty_order"]
    proposed = {"action": "propose", "seen_version": 0, "note": "the bed was empty"}
    filled_web.client("supervisor-a").post(f"/api/v1/visits/{visit}/steps", json=proposed)
    path = path.format(visit=visit)
    answer = filled_web.client(who).post(path, data=form)
    entry = all_entries(filled_web)[0].entry
    assert (answer.status_code, entry.status, entry.about) == (400, 400, f"{path} {tried}")


@contextmanager
def without_a_trail(web: Web) -> Iterator[None]:
    with web.database.writing() as connection:
        connection.execute(text("ALTER TABLE trail RENAME TO gone"))
    try:
        yield
    finally:
        with web.database.writing() as connection:
            connection.execute(text("ALTER TABLE gone RENAME TO trail"))


@pytest.mark.parametrize("path", ["/visits/{visit}", "/api/v1/visits/{visit}"])
def test_evidence_is_not_shown_where_the_trail_cannot_be_written(web: Web, path: str) -> None:
    with without_a_trail(web):
        answer = web.client("auditor").get(path.format(visit=web.visits["rich"]))
    assert answer.status_code == 503
    assert "caregiver-1" not in answer.text
    assert answer.headers["content-security-policy"]


REPLACE = text(
    "INSERT OR REPLACE INTO trail SELECT id, at_ms, 'somebody-else', role, agency, deed, route, about, status, "
    "address, prev, digest FROM trail"
)
CHANGES = {"alter": update(trail).values(actor="somebody-else"), "erase": delete(trail), "replace": REPLACE}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_database_lets_nobody_change_the_trail(web: Web, change: object) -> None:
    web.client("auditor").get("/")
    before = all_entries(web)
    with pytest.raises(StoreError, match="only ever appended to"), web.database.writing() as connection:
        connection.execute(change)  # type: ignore[call-overload]
    assert all_entries(web) == before


FORGERIES = {
    "altered": "UPDATE trail SET actor = 'somebody-else' WHERE id = (SELECT max(id) - 1 FROM trail)",
    "taken out": "DELETE FROM trail WHERE id = (SELECT max(id) - 1 FROM trail)",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_forgery_by_whoever_owns_the_file_is_seen(empty_web: Web, forgery: str) -> None:
    for _ in range(3):
        empty_web.client("auditor").get("/")
    with empty_web.database.writing() as connection:
        assert check_trail(connection) == 3
        for name in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER trail_no_{name}"))
        connection.execute(text(forgery))
    with pytest.raises(AlteredTrailError, match="does not hold at entry"), empty_web.database.reading() as connection:
        check_trail(connection)


async def breaks(scope: Scope, _receive: Receive, _send: Send) -> None:
    """An app in which the auditor meets a defect of ours."""
    Request(scope).state.actor = Actor("auditor", Role.AUDITOR)
    raise ZeroDivisionError


def test_request_that_breaks_is_entered_too(web: Web) -> None:
    with pytest.raises(ZeroDivisionError):
        TestClient(Trailing(breaks, web.app.state.parts)).get("/visits/some")
    found = all_entries(web)[0].entry
    assert (found.actor, found.about, found.status) == ("auditor", "/visits/some", 500)


@pytest.mark.parametrize("path", ["/trail", "/cases", "/api/v1/trail", "/api/v1/cases"])
def test_cursor_beyond_every_row_is_refused(web: Web, path: str) -> None:
    assert web.client("auditor").get(f"{path}?cursor={10**20}").status_code in {400, 422}


NOT_YET = "留痕完整，共 1 条，至第 0 条已入账本 · The trail holds, 1 entries; up to entry 0 it is in the ledger."


def test_check_says_in_one_line_how_the_trail_is(empty_web: Web) -> None:
    empty_web.client("auditor").get("/")
    found = CliRunner().invoke(app, ["trail", "check", "--database", empty_web.database.name])
    assert (found.exit_code, found.output.splitlines()) == (0, [NOT_YET])


def test_each_sees_what_is_theirs_of_the_trail(web: Web) -> None:
    for name in ("supervisor-a", "supervisor-b", "auditor"):
        web.client(name).get(f"/visits/{web.visits['rich']}")
    web.browser("supervisor-b")

    def seen_by(name: str) -> set[tuple[str, str]]:
        found = web.client(name).get("/api/v1/trail?limit=500").json()["entries"]
        return {(one["entry"]["actor"], one["entry"]["deed"]) for one in found}

    assert {actor for actor, _ in seen_by("auditor")} >= {"supervisor-a", "supervisor-b", "auditor"}
    assert {actor for actor, _ in seen_by("supervisor-a")} == {"supervisor-a"}
    assert {deed for _, deed in seen_by("administrator")} <= {"log_in", "log_out", "manage"}
    assert ("supervisor-b", "log_in") in seen_by("administrator")


def test_pages_of_the_trail_follow_one_another(web: Web) -> None:
    for _ in range(5):
        web.client("auditor").get("/")
    client, cursor, ids = web.client("auditor"), None, []
    while True:
        after = "" if cursor is None else f"&cursor={cursor}"
        found = client.get(f"/api/v1/trail?limit=2&actor=auditor&deed=read{after}").json()
        ids += [one["id"] for one in found["entries"]]
        cursor = found["next_cursor"]
        if cursor is None:
            break
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) >= 5


def test_page_shows_refusals_in_words(web: Web) -> None:
    web.client("supervisor-a").get(f"/visits/{web.visits['b_rich']}")
    shown = web.client("supervisor-a").get("/trail?refused=1").text
    assert web.visits["b_rich"] in shown
    assert "拒绝" in shown
    assert "没有符合条件" in web.client("auditor").get("/trail?actor=nobody-at-all").text


def test_entry_keeps_what_was_asked_for(web: Web) -> None:
    web.client("auditor").get("/rules?version=x")
    assert all_entries(web)[0].entry.about == "/rules?version=x"


def covered(web: Web) -> int:
    with web.database.reading() as connection:
        check_trail(connection)
        return check_leaves(connection)


def test_records_that_arrive_take_the_trail_into_the_ledger(empty_web: Web) -> None:
    client = empty_web.client("auditor")
    assert client.get("/api/v1/trail/leaf").json() == {"proven": None}
    client.get("/")
    put(empty_web, [rich_visit()], "device-1", "agency-a", KEY)
    assert covered(empty_web) == 2
    proven = client.get("/api/v1/trail/leaf").json()["proven"]
    assert (proven["leaf"]["entry"], proven["inclusion"]["holds"]) == (2, True)
    leaf = merkle.leaf_hash(proven["content"].encode())
    path = [b64decode(node) for node in proven["inclusion"]["audit_path"]]
    root = b64decode(proven["inclusion"]["root_hash"])
    assert merkle.verify_inclusion(leaf, proven["leaf"]["log_index"], proven["inclusion"]["tree_size"], path, root)
    assert "至第 2 条已入账本" in client.get("/trail").text


def test_trail_is_entered_once_where_nobody_came_meanwhile(empty_web: Web) -> None:
    empty_web.client("auditor").get("/")
    for agency, device, key in (("agency-a", "device-1", KEY), ("agency-b", "device-2", STRANGER)):
        put(empty_web, [rich_visit()], device, agency, key)
    with empty_web.database.reading() as connection:
        assert Ledger(connection).size == 3, "two records, and the trail once"


REWRITTEN = {
    "ended early": "DELETE FROM trail WHERE id > 1",
    "written anew": "UPDATE trail SET digest = replace(digest, substr(digest, 1, 1), 'f') WHERE id = 2",
    "with another leaf": "UPDATE trail_leaves SET digest = (SELECT digest FROM trail WHERE id = 1), entry = 1",
}


@pytest.mark.parametrize("statement", REWRITTEN.values(), ids=REWRITTEN)
def test_trail_written_anew_by_whoever_owns_the_file_is_not_what_the_ledger_has(empty_web: Web, statement: str) -> None:
    for _ in range(2):
        empty_web.client("auditor").get("/")
    put(empty_web, [rich_visit()], "device-1", "agency-a", KEY)
    with empty_web.database.writing() as connection:
        for name in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER trail_no_{name}"))
        connection.execute(text(statement))
    with pytest.raises(AlteredTrailError, match="not what the ledger has"), empty_web.database.reading() as connection:
        check_leaves(connection)
