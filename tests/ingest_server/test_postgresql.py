"""The store in PostgreSQL: the same answers as from SQLite, and whoever writes at once does not undo the other."""

import csv
import io
import time
from base64 import urlsafe_b64encode as b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text

from ingest_server.errors import StoreError, TooLongError
from ingest_server.queries.views import VIEWS
from ingest_server.store.accounts import (
    Proven,
    authenticate,
    holds,
    remove_account,
    reset_password,
    set_disabled,
)
from ingest_server.store.database import Database
from ingest_server.store.deadline import Deadline, within
from ingest_server.store.passwords import hashed
from ingest_server.store.schema import metadata
from ingest_server.store.scope import Everything
from ingest_server.store.sessions import open_session, open_sessions
from ingest_server.store.trail import TrailFilter, check_trail, enter, entries
from tests.ingest_server.cluster import cluster
from tests.ingest_server.conftest import NOW_MS, arrival, chain, served_on
from tests.ingest_server.notes import note_about
from tests.ingest_server.web.conftest import ORIGIN, PASSWORD, Web, fill, fresh_web
from tests.ingest_server.web.test_notes import sealed as sealed_by

pytestmark = pytest.mark.postgresql
AT_ONCE = 4
_numbers = count()


@dataclass(frozen=True)
class Server:
    """A cluster whose databases are made for a test each."""

    address: str

    @contextmanager
    def database(self) -> Iterator[Database]:
        name = f"of_a_test_{next(_numbers)}"
        engine = create_engine(f"{self.address}postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        database = Database(f"{self.address}{name}")
        try:
            yield database
        finally:
            database.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with cluster() as address:
        yield Server(address)


@pytest.fixture(scope="module")
def both(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web, Web]]:
    """The same people, visits, notes and decisions in SQLite and in PostgreSQL."""
    here = Database(f"sqlite:///{tmp_path_factory.mktemp('here') / 'carewitness.db'}")
    with server.database() as there:
        made = []
        for database in (here, there):
            database.require_current()
            made.append(fresh_web(database))
            fill(made[-1])
            note_and_recover(made[-1])
        yield made[0], made[1]
    here.close()


def note_and_recover(web: Web) -> None:
    """A note from a device about its first visit, and money that came back in the case of agency A."""
    visits = sealed_by(web, "device-1")
    web.served.intake.take([arrival(note_about(visits[0], visits[-1]))])
    steps: tuple[tuple[str, dict[str, object]], ...] = (
        ("supervisor-a", {"action": "propose", "note": "somebody else's face"}),
        ("auditor", {"action": "approve"}),
        ("auditor", {"action": "recover", "recovered_fen": 1_050, "recovered_on": "2026-09-22"}),
    )
    for seen, (who, step) in enumerate(steps, start=1):
        answer = web.client(who).post(
            f"/api/v1/cases/{web.cases['agency-a']}/steps", json={**step, "seen_version": seen}
        )
        assert answer.status_code == 200, answer.text


@pytest.fixture
def web(server: Server) -> Iterator[Web]:
    with server.database() as database:
        database.require_current()
        made = fresh_web(database)
        fill(made)
        yield made


def test_migrations_make_the_tables_that_the_program_knows(server: Server) -> None:
    with server.database() as database:
        database.migrate()
        with database.reading() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        database.require_made()


ADDRESSES = (
    "/api/v1/visits?limit=50",
    "/api/v1/visits?sort=newest&limit=3",
    "/api/v1/visits?class=must_fix",
    "/api/v1/visits/{visit}/steps",
    "/api/v1/notes",
    "/api/v1/next",
    "/api/v1/cases",
    "/api/v1/cases/{case}",
    "/api/v1/overview",
    "/api/v1/overview/devices",
    "/api/v1/authenticity/caregiver",
    "/api/v1/profiles/caregiver/caregiver-1",
    "/api/v1/profiles/device/device-1",
    "/api/v1/devices",
    "/api/v1/devices/device-1",
    "/api/v1/devices/device-1/hours?limit=5",
    "/api/v1/edits",
    "/api/v1/edits/shares",
    "/api/v1/evv?from=2026-09-01&to=2026-09-30",
    "/api/v1/evv.csv?from=2026-09-01&to=2026-09-30",
    *(f"/api/v1/query/{view}" for view in VIEWS if view != "trail"),
    *(f"/api/v1/query/{view}.csv" for view in VIEWS if view != "trail"),
)


@pytest.mark.parametrize("reader", ["auditor", "supervisor-a"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_answers_are_those_of_sqlite(both: tuple[Web, Web], reader: str, address: str) -> None:
    here, there = (
        web.client(reader).get(address.format(visit=web.visits["proxy"], case=web.cases["agency-a"])) for web in both
    )
    assert (here.status_code, there.status_code) == (200, 200)
    assert lines(there.text) == lines(here.text) if ".csv" in address else there.json() == here.json()


def test_note_and_money_are_among_the_answers(both: tuple[Web, Web]) -> None:
    for web in both:
        client = web.client("auditor")
        assert len(client.get("/api/v1/notes").json()["notes"]) == 1
        assert client.get(f"/api/v1/cases/{web.cases['agency-a']}").json()["standing"]["recovered_fen"] == 1_050


def lines(csv_text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_text, newline="")))


@pytest.mark.parametrize("path", ["/", "/overview", "/cases", "/query/visits", "/evv", "/trail", "/caregivers/a%00b"])
def test_pages_are_shown_and_refused_as_from_sqlite(both: tuple[Web, Web], path: str) -> None:
    here, there = (web.client("auditor").get(path) for web in both)
    assert there.status_code == here.status_code
    assert there.status_code < 500


def test_record_is_taken_once_however_often_and_by_however_many_it_comes(web: Web) -> None:
    sealed = chain(6)
    arrivals = [arrival(one) for one in sealed]
    together = Barrier(AT_ONCE)

    def take(intake: Any) -> int:  # noqa: ANN401 - of a server of its own
        together.wait(20)
        return len(intake.take(arrivals))

    web.served.intake.take(arrivals[:2])
    served = [served_on(web.database) for _ in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as servers:
        tried = [servers.submit(take, one.intake) for one in served]
    for one in tried:
        # Whoever came second is refused whole, and the device sends again.
        assert isinstance(one.exception(), StoreError) or one.result() == len(arrivals)
    assert len(web.served.intake.take(arrivals)) == len(arrivals)
    with web.database.reading() as connection:
        found = connection.execute(text("SELECT log_index FROM records ORDER BY log_index")).scalars().all()
    assert found == list(range(len(found)))


def test_record_that_names_no_possible_key_is_refused_alone(web: Web) -> None:
    header = b64encode(b'{"alg":"EdDSA","typ":"visit-record+jwt","kid":"a\\u0000b"}').rstrip(b"=")
    replies = web.served.intake.take([arrival(header + b".e30.AAAA"), arrival(chain(1)[0])])
    assert (len(replies), web.served.tally.counts["unknown_key"]) == (1, 1)


def test_of_two_who_decide_at_once_one_is_told_that_the_other_was_first(web: Web) -> None:
    case = web.cases["agency-a"]
    version = web.client("supervisor-a").get(f"/api/v1/cases/{case}").json()["standing"]["version"]
    together = Barrier(AT_ONCE)

    def take(_: int) -> int:
        together.wait(20)
        body = {"action": "comment", "note": "seen", "seen_version": version}
        return int(client.post(f"/api/v1/cases/{case}/steps", json=body).status_code)

    with web.client("supervisor-a") as client, ThreadPoolExecutor(AT_ONCE) as people:
        assert sorted(people.map(take, range(AT_ONCE))) == [200] + [409] * (AT_ONCE - 1)


def until_one_waits(database: Database) -> None:
    """Until a transaction waits for a row that another holds."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    give_up_at_s = time.monotonic() + 20
    while time.monotonic() < give_up_at_s:
        with database.reading() as connection:
            if connection.execute(waiting).scalar_one():
                return
        time.sleep(0.02)
    pytest.fail("nobody waited")


def proven(connection: Connection, name: str) -> Proven:
    found = authenticate(connection, name, PASSWORD, NOW_MS)
    assert found is not None
    return found


def test_reset_that_meets_a_change_of_password_is_done_and_the_change_is_not(web: Web) -> None:
    browser, asked = web.browser("auditor"), {"old": PASSWORD, "new": "mine alone", "again": "mine alone"}
    with ThreadPoolExecutor(1) as people:
        with web.database.writing() as connection:
            assert holds(connection, proven(connection, "auditor"))
            changed = people.submit(browser.post, "/me/password", data=asked, headers={"Origin": ORIGIN})
            until_one_waits(web.database)
            reset_password(connection, "auditor", hashed("of the administrator"), None)
        assert changed.result().status_code == 401
    with web.database.reading() as connection:
        assert authenticate(connection, "auditor", "of the administrator", NOW_MS) is not None


@pytest.mark.parametrize("ends", [partial(set_disabled, disabled=True), remove_account], ids=["disabled", "removed"])
def test_log_in_that_meets_the_end_of_its_account_leaves_no_session(web: Web, ends: Callable[..., None]) -> None:
    def end() -> None:
        with web.database.writing() as connection:
            ends(connection, "auditor")

    with ThreadPoolExecutor(1) as people:
        with web.database.writing() as connection:
            assert holds(connection, proven(connection, "auditor"))
            ended = people.submit(end)
            until_one_waits(web.database)
            open_session(connection, "auditor", NOW_MS)
        ended.result()
    with web.database.reading() as connection:
        assert open_sessions(connection, ["auditor"], NOW_MS) == {}


def test_trail_is_one_chain_whoever_enters_at_once_and_lets_nobody_change_it(web: Web) -> None:
    assert web.client("auditor").get("/api/v1/cases").status_code == 200
    with web.database.reading() as connection:
        before = check_trail(connection)
        (last,) = entries(connection, Everything(), TrailFilter(), 1)
    together = Barrier(AT_ONCE)

    def write(_: int) -> None:
        together.wait(20)
        with web.database.writing() as connection:
            enter(connection, last.entry)

    with ThreadPoolExecutor(AT_ONCE) as processes:
        list(processes.map(write, range(5 * AT_ONCE)))
    with web.database.reading() as connection:
        assert check_trail(connection) == before + 5 * AT_ONCE
    for change in ("UPDATE trail SET about = ''", "DELETE FROM trail", "TRUNCATE trail"):
        with pytest.raises(StoreError, match="only ever appended to"), web.database.writing() as connection:
            connection.execute(text(change))


def test_question_is_stopped_in_the_database_when_its_time_is_over(server: Server) -> None:
    with server.database() as database:
        began = time.monotonic()
        with (
            pytest.raises(TooLongError),
            database.reading() as connection,
            within(connection, Deadline(0.2)),
        ):
            connection.execute(text("SELECT pg_sleep(30)"))
        assert time.monotonic() - began < 10


def test_writer_waits_for_a_row_that_others_hold_no_longer_than_patience_lasts(web: Web) -> None:
    change, by_url = text("UPDATE devices SET ueid = 'another' WHERE device = 'device-1'"), web.database._engine.url
    hasty = Database(by_url.render_as_string(hide_password=False), 0.3)
    try:
        with web.database.writing() as connection:
            connection.execute(change)
            began = time.monotonic()
            with pytest.raises(StoreError, match="try again"), hasty.writing() as second:
                second.execute(text("SET LOCAL statement_timeout = 10000"))
                second.execute(change)
            assert 0.3 <= time.monotonic() - began < 5
        with hasty.writing() as second:
            second.execute(change)
    finally:
        hasty.close()


def test_store_that_is_away_is_told_without_its_password() -> None:
    database = Database("postgresql+psycopg://somebody:secret@127.0.0.1:1/nowhere")
    with pytest.raises(StoreError) as told:
        database.require_current()
    assert "secret" not in str(told.value)
