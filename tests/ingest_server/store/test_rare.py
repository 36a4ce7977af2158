"""What is rare among millions is found by an index of its own."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from ingest_server.scoring.verdict import Band
from ingest_server.store.scope import Everything, OneAgency
from ingest_server.store.trail import TrailFilter, entries
from ingest_server.store.visits import visits_page
from ingest_server.store.wanted import Cut, VisitFilter, Work
from ingest_server.vocabulary import Deed
from tests.ingest_server.conftest import NOW_MS, Served
from tests.ingest_server.store.test_scans import said_to_the_database
from visit_record.vocabulary import ExceptionClass

OURS = OneAgency("agency-a")


def trail(**wanted: object) -> Callable[[Connection], object]:
    return lambda connection: entries(connection, Everything(), TrailFilter(**wanted), 100)  # type: ignore[arg-type]


def visits(scope: Everything | OneAgency, **wanted: object) -> Callable[[Connection], object]:
    return lambda connection: visits_page(connection, scope, VisitFilter(**wanted), Cut(50, NOW_MS))  # type: ignore[arg-type]


RARE = {
    "refusals": (trail(refused=True), "trail_refused"),
    "decisions": (trail(deed=Deed.DECIDE), "trail_by_deed"),
    "the newest of a class": (visits(Everything(), gravest=ExceptionClass.MUST_FIX), "visits_of_class"),
    "the same of an agency": (visits(OURS, gravest=ExceptionClass.MUST_FIX), "visits_of_class_of_agency"),
    "handled ones": (visits(Everything(), work=Work.HANDLED), "visits_handled"),
    "handled ones of an agency": (visits(OURS, work=Work.HANDLED), "visits_handled_of_agency"),
    "handled ones of a band": (visits(Everything(), work=Work.HANDLED, band=Band.CREDIBLE), "visits_handled_in_band"),
    "those put off": (visits(Everything(), work=Work.SNOOZED), "visits_put_off"),
}


@pytest.mark.parametrize("case", RARE)
def test_rare_rows_are_not_looked_for_one_by_one(served: Served, case: str) -> None:
    ask, index = RARE[case]
    with said_to_the_database() as statements, served.database.reading() as connection:
        ask(connection)
        statement, values = next(one for one in statements if one[0].startswith("SELECT"))
        plan = [step[3] for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert len(plan) == 1, plan
    assert f"USING INDEX {index}" in plan[0]
