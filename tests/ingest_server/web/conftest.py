"""The pages over a real database: two agencies, one user of each role and agency, visits of every kind."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from shutil import copyfile
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from fastapi.testclient import TestClient
from msgspec.structs import replace
from sqlalchemy import delete, insert

from ingest_server.cases.step import Action, Step
from ingest_server.charts.drawing import drawn
from ingest_server.fleet.told import Link
from ingest_server.shipped import enter_shipped_rules
from ingest_server.store.accounts import Account, add_account
from ingest_server.store.cases import open_case
from ingest_server.store.database import Database
from ingest_server.store.devices import enrol
from ingest_server.store.passwords import PasswordHash
from ingest_server.store.schema import listening
from ingest_server.store.scope import OneAgency
from ingest_server.store.sessions import issue_token
from ingest_server.store.told import Saying, enter_told
from ingest_server.store.visits import find_key
from ingest_server.vocabulary import Role
from ingest_server.web.app import create_app
from ingest_server.web.censuses import Censuses
from ingest_server.web.drawings import Drawings
from ingest_server.web.figures import Figures
from ingest_server.web.parts import Parts
from ingest_server.web.watch import watch_over
from tests.chromium import serving
from tests.ingest_server.conftest import NOW_MS, SERVER_KEY, Served, arrival, by_hand, enrolment, served_on
from tests.ingest_server.stores import new_store
from tests.ingest_server.told import of_hours, saying, with_camera
from tests.ingest_server.web.visits import (
    HOUR_MS,
    empty_order,
    linked,
    little_seen,
    longest_names,
    momentary,
    moved,
    proxy_with_photo,
    rich_visit,
)
from tests.visit_record.examples import KEY, STRANGER
from visit_record.record import VisitRecord
from visit_record.sealing import digest_of, seal
from visit_record.visit_id import visit_id

PASSWORD = "correct horse battery"
ORIGIN = "http://testserver"
PEOPLE = (
    Account("supervisor-a", Role.SUPERVISOR, "agency-a"),
    Account("supervisor-b", Role.SUPERVISOR, "agency-b"),
    Account("auditor", Role.AUDITOR, None),
    Account("administrator", Role.ADMINISTRATOR, None),
)


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now_ms: int = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


@dataclass
class Broker:
    """A broker that stays up until a test takes it down."""

    up: bool = True


@dataclass
class Web:
    """The app, its clock, its broker, its people's tokens, visits by what they are, and a case of each agency."""

    app: FastAPI
    database: Database
    clock: Clock
    tokens: dict[str, str]
    served: Served
    broker: Broker
    visits: dict[str, str] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)

    def client(self, token_of: str | None = None) -> TestClient:
        """A client that shows every answer as it is; with the token of ``token_of``, or as a stranger."""
        headers = {} if token_of is None else {"Authorization": f"Bearer {self.tokens[token_of]}"}
        return TestClient(self.app, headers=headers, follow_redirects=False, raise_server_exceptions=False)

    def browser(self, name: str) -> TestClient:
        """A client that logged in through the form."""
        browser = self.client()
        answer = browser.post("/login", data={"name": name, "password": PASSWORD}, headers={"Origin": ORIGIN})
        assert answer.status_code == 303
        return browser


@cache
def quickly_hashed(password: str) -> PasswordHash:
    """A hash as the server keeps one, but that it takes no time to find out whether a password fits."""
    return PasswordHash(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password))


def fresh_web(database: Database) -> Web:
    """A web over an empty database, with its people and two devices."""
    enter_shipped_rules(database)
    kept = quickly_hashed(PASSWORD)
    with database.writing() as connection:
        for account in PEOPLE:
            add_account(connection, account, kept)
        tokens = {account.name: issue_token(connection, account.name, NOW_MS, 30) for account in PEOPLE}
        devices = [enrolment("device-1", "agency-a", KEY), enrolment("device-2", "agency-b", STRANGER)]
        enrol(connection, devices, NOW_MS)
    return web_on(database, tokens)


def web_on(database: Database, tokens: dict[str, str]) -> Web:
    """A web over a database that has its people already."""
    clock, broker = Clock(), Broker()
    parts = Parts(
        database=database,
        now_ms=clock,
        server_key=SERVER_KEY,
        intake_connected=lambda: broker.up,
        calibration=by_hand(),
        censuses=Censuses(database, clock, start=lambda work: work()),
        zone=ZoneInfo("Asia/Shanghai"),
        watch=watch_over(database, clock, start=lambda work: work()),
        drawings=Drawings(drawn, start=lambda work: work()),
    )
    app = create_app(parts, Figures.of_one_process())
    return Web(app, database, clock, tokens, served_on(database), broker)


def put(web: Web, records: Iterable[VisitRecord], device: str, agency: str, key: Ed25519PrivateKey) -> list[str]:
    """Seal, chain and take records in, as of one device; their visit ids."""
    prev: str | None = None
    visits, arrivals = [], []
    for seq, record in enumerate(records, start=1):
        jti = visit_id(1_790_000_000_000 + seq, agency.encode()[-2:] + seq.to_bytes(8, "big"))
        sealed = seal(replace(linked(record, seq, prev), jti=jti, iss=device, agency=agency), key)
        prev = digest_of(sealed)
        visits.append(jti)
        arrivals.append(arrival(sealed, device, agency))
    web.served.intake.take(arrivals)
    return visits


def fill(web: Web) -> None:
    """Visits of every kind for agency A, and two for agency B."""
    kinds = {
        "rich": rich_visit(),
        "empty_order": empty_order(),
        "proxy": proxy_with_photo(),
        "little_seen": little_seen(),
        "momentary": momentary(),
        "moved": moved(rich_visit(), -24 * HOUR_MS),
        "long": longest_names(),
    }
    web.visits = dict(zip(kinds, put(web, kinds.values(), "device-1", "agency-a", KEY), strict=True))
    other = replace(rich_visit().who, caregiver="caregiver-9", recipient="recipient-9")
    others = (replace(rich_visit(), who=other), replace(proxy_with_photo(), who=other))
    web.visits |= dict(zip(("b_rich", "b_proxy"), put(web, others, "device-2", "agency-b", STRANGER), strict=True))
    tell(web, *of_hours(50), *of_hours(3, device="device-2", agency="agency-b"))
    tell(web, saying(with_camera("silent", "black")), saying(Link.ONLINE))
    for agency, kind in (("agency-a", "proxy"), ("agency-b", "b_proxy")):
        web.cases[agency] = case_over(web, web.visits[kind], agency)


def tell(web: Web, *said: Saying) -> None:
    """What devices tell of themselves, taken in."""
    with web.database.writing() as connection:
        assert enter_told(connection, said) == []


def listen(web: Web, since_ms: int, until_ms: int) -> None:
    """The server has heard what devices tell for so long."""
    with web.database.writing() as connection:
        connection.execute(delete(listening))
        connection.execute(insert(listening).values(since_ms=since_ms, until_ms=until_ms))


def case_over(web: Web, visit: str, agency: str) -> int:
    """A case over a visit, just opened; its number."""
    with web.database.writing() as connection:
        key = find_key(connection, OneAgency(agency), visit)
        assert key is not None
        return open_case(connection, agency, [key.digest], [Step(Action.OPEN, "somebody", NOW_MS)])


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Shared by a module: nothing but sessions is written to it."""
    yield from web_over(tmp_path_factory.mktemp("web") / "carewitness.db", filled=True)


@pytest.fixture(scope="module")
def address(web: Web) -> Iterator[str]:
    """Where the module's web is served to browsers."""
    with serving(web.app) as found:
        yield found


@pytest.fixture(scope="session")
def filled_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Web]:
    """A filled store on disk, closed, and what was filled in: making one takes a second, copying it nothing."""
    file = tmp_path_factory.mktemp("filled") / "carewitness.db"
    database = Database(f"sqlite:///{file}")
    database.require_current()
    made = fresh_web(database)
    fill(made)
    database.close()
    return file, made


@contextmanager
def copied(once: tuple[Path, Web], file: Path) -> Iterator[Web]:
    """A web over a file of its own, the copy of a store that was filled once and closed."""
    filled, made = once
    database = Database(f"sqlite:///{copyfile(filled, file)}")
    web = web_on(database, made.tokens)
    web.visits, web.cases = dict(made.visits), dict(made.cases)
    yield web
    database.close()


@pytest.fixture
def filled_web(tmp_path: Path, filled_once: tuple[Path, Web]) -> Iterator[Web]:
    """A filled web of a test's own, in which it may decide."""
    with copied(filled_once, tmp_path / "filled.db") as web:
        yield web


@pytest.fixture
def empty_web(tmp_path: Path) -> Iterator[Web]:
    yield from web_over(tmp_path / "empty.db", filled=False)


def web_over(file: Path, filled: bool) -> Iterator[Web]:
    """A web over a file that is made for it, filled or empty, until it is closed."""
    database = new_store(file)
    made = fresh_web(database)
    if filled:
        fill(made)
    yield made
    database.close()
