"""What a supervisor is answered names nothing of another agency, on any route: lists are held to what they hold."""

import io
import zipfile
from collections.abc import Iterator
from itertools import product

import pytest
from httpx import Response
from sqlalchemy import update

from ingest_server.authenticity.estimate import Kind
from ingest_server.exports.file import Format
from ingest_server.queries.views import VIEWS
from ingest_server.scoring.verdict import Band
from ingest_server.store.schema import visits
from tests.ingest_server.conftest import arrival
from tests.ingest_server.notes import note_about
from tests.ingest_server.told import saying, with_machine
from tests.ingest_server.web.conftest import Web, tell
from tests.ingest_server.web.test_access import (
    A_LIST,
    EVERYBODY,
    OF_A_DEVICE,
    OF_ADMINISTRATORS,
    cased,
    filled_in,
    guarded,
)
from tests.ingest_server.web.test_edits import LONGER, edit
from tests.ingest_server.web.test_notes import sealed
from tests.ingest_server.web.test_saved import kept
from tests.visit_record.examples import STRANGER

SEPTEMBER = "from=2026-09-01&to=2026-09-30"
# How a list is asked so that it holds all that it can: many open on what waits, or on some days.
WIDEST = {
    "/": ("band=all&work=all",),
    "/evv": (SEPTEMBER, f"{SEPTEMBER}&kind=supervisor"),
    "/evv.csv": (SEPTEMBER,),
    "/evv.json": (SEPTEMBER,),
    "/api/v1/evv": (SEPTEMBER,),
    "/api/v1/evv.csv": (SEPTEMBER,),
    "/api/v1/evv.json": (SEPTEMBER,),
    "/api/v1/edits/shares": ("kind=caregiver", "kind=supervisor"),
    "/api/v1/edits/shares.csv": ("kind=caregiver", "kind=supervisor"),
}
# Lists that name no agency's visits, people or devices to anybody. A new route is none of these until it is put here.
NAMING_NOBODY = {
    "/rules",
    "/api/v1/rules",
    "/api/v1/calibration",
    "/api/v1/rule-sets",
    "/api/v1/rule-sets/{version}/differences",
    "/api/v1/rule-sets/{version}/movements",
    "/api/v1/trail/leaf",
    "/api/v1/ledger/checkpoint",
    "/api/v1/views",
    "/evv/fields",
    "/api/v1/evv/fields",
    "/overview/charts",
    # The hours of the device that was asked for.
    "/api/v1/devices/{device}/hours",
    # What is one's own.
    "/me",
    "/me/acts",
    "/me/password",
    "/api/v1/me",
}


@pytest.fixture
def busy(filled_web: Web) -> Web:
    """Both agencies with edits, looks, deeds and saved queries, devices whose clocks are wrong, and B's with a note."""
    theirs = sealed(filled_web, "device-2")
    filled_web.served.intake.take([arrival(note_about(theirs[0], theirs[-1], STRANGER), "device-2", "agency-b")])
    for agency, mark in (("a", ""), ("b", "b_")):
        who = f"supervisor-{agency}"
        assert edit(filled_web, LONGER, who, f"{mark}rich").status_code == 200
        assert filled_web.client(who).get(f"/visits/{filled_web.visits[f'{mark}rich']}").status_code == 200
        kept(filled_web.client(who), query=f"agency=agency-{agency}", shared=True)
    kept(filled_web.client("auditor"), query="caregiver=caregiver-9", shared=True)
    # What comes next is one visit alone: agency B's, for whoever may see it.
    costly = update(visits).where(visits.c.visit == filled_web.visits["b_proxy"])
    full = with_machine(disk_free_mb=1.0)
    tell(filled_web, saying(full), saying(full, device="device-2", agency="agency-b"))
    with filled_web.database.writing() as connection:
        connection.execute(update(visits).values(clock="unsynchronised"))
        connection.execute(costly.values(band=Band.HOLD, at_risk_fen=1_000_000))
    return filled_web


def others(web: Web) -> frozenset[str]:
    """By what a reader could tell agency B's visits, people and devices."""
    theirs = {visit for kind, visit in web.visits.items() if kind.startswith("b_")}
    return frozenset({"agency-b", "caregiver-9", "recipient-9", "device-2", "supervisor-b", *theirs})


def told(web: Web, answer: Response) -> set[str]:
    """Which of these an answer names: in its text, its file, or in the address that it leads on to."""
    content = answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as sheets:
            content = b"".join(sheets.read(name) for name in sheets.namelist())
    said = content + answer.headers.get("location", "").encode()
    return {one for one in others(web) if one.encode() in said}


def addresses(web: Web, path: str) -> Iterator[str]:
    """Whatever a route is asked for; where it is asked about somebody, about agency A's."""
    chosen = f"record={cased(web, 'agency-a')}&record={cased(web, 'agency-b')}"
    queries = (chosen,) if path == "/cases/new" else WIDEST.get(path, ("",))
    kinds = tuple(Kind) if "{subject}" not in path else (Kind.CAREGIVER,)
    for view, form, kind, query in product(VIEWS, Format, kinds, queries):
        named = path.replace("{view}", view).replace("{form}", form).replace("{kind}", kind)
        yield filled_in(named, web, "agency-a").partition("?")[0] + (f"?{query}" if query else "")


def looked_at(web: Web) -> Iterator[tuple[str, str]]:
    """Every path template that is looked at, with each of its addresses."""
    for method, path in guarded(web):
        if method == "GET" and path not in OF_ADMINISTRATORS:
            for address in dict.fromkeys(addresses(web, path)):
                yield path, address


def of_their_device(web: Web) -> list[tuple[str, str]]:
    """The same of what is told of one device, asked about agency B's."""
    return [(path, filled_in(path, web, "agency-b")) for path in sorted(OF_A_DEVICE)]


def test_supervisor_is_told_nothing_of_another_agency_on_any_route(busy: Web) -> None:
    client = busy.client("supervisor-a")
    for _, address in looked_at(busy):
        answer = client.get(address)
        assert answer.status_code < 500, address
        assert told(busy, answer) == set(), address
    for _, address in of_their_device(busy):
        answer = client.get(address)
        # The address that was asked for, which a page's way back names.
        assert (answer.status_code, told(busy, answer) - {"device-2"}) == (404, set()), address


def test_lists_that_could_tell_do_tell_the_fund(busy: Web) -> None:
    client, telling = busy.client("auditor"), set[str]()
    listing = [(path, address) for path, address in looked_at(busy) if path in A_LIST | EVERYBODY]
    listing += of_their_device(busy)
    for path, address in listing:
        if path not in telling and told(busy, client.get(address)):
            telling.add(path)
    assert {path for path, _ in listing} - telling == NAMING_NOBODY


@pytest.mark.parametrize("narrowed", ["agency=agency-b", "caregiver=caregiver-9", "device=device-2"])
def test_asking_for_another_agency_finds_nothing(busy: Web, narrowed: str) -> None:
    supervisor, auditor = busy.client("supervisor-a"), busy.client("auditor")
    for path in ("/?band=all&work=all&", "/api/v1/visits?"):
        theirs = {busy.visits["b_rich"], "recipient-9"}
        assert told(busy, auditor.get(path + narrowed)) >= theirs
        assert not told(busy, supervisor.get(path + narrowed)) & theirs
