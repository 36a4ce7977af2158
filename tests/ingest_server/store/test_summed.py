"""What pages sum up of one subject's visits, or of one agency's, is read from an index and not from the visits."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection

from ingest_server.local_days import Span
from ingest_server.scoring.verdict import Band
from ingest_server.store.caregivers import caregiver_summary
from ingest_server.store.company import Whose, contests_of, moments_of, pairs_of
from ingest_server.store.days import confirmed_between
from ingest_server.store.narrowed import Narrowed
from ingest_server.store.scope import Everything, OneAgency, Scope
from ingest_server.store.visit_counts import band_counts, class_counts
from ingest_server.store.visits import visits_page
from ingest_server.store.wanted import Cut, VisitFilter, Work
from ingest_server.store.warned import doubted_by_theme
from tests.ingest_server.conftest import NOW_MS, Served, arrival, chain
from tests.ingest_server.store.test_scans import Statement, said_to_the_database
from visit_record.chain import LinkState

OURS = OneAgency("agency-a")
SUMMED: dict[str, tuple[Callable[[Connection, Scope], Any], str]] = {
    "a caregiver's days": (
        lambda connection, scope: moments_of(connection, scope, Whose("caregiver", "caregiver-1", 0)),
        "visits_by_caregiver",
    ),
    "a caregiver's company": (
        lambda connection, scope: pairs_of(connection, scope, Whose("caregiver", "caregiver-1", 0)),
        "visits_by_caregiver",
    ),
    "a recipient's company": (
        lambda connection, scope: pairs_of(connection, scope, Whose("recipient", "recipient-1", 0)),
        "visits_by_recipient",
    ),
    "a device's cases": (
        lambda connection, scope: contests_of(connection, scope, Whose("device", "device-1", 0)),
        "visits_by_device",
    ),
    "a caregiver's bands": (
        lambda connection, scope: caregiver_summary(connection, scope, "caregiver-1", NOW_MS),
        "visits_by_caregiver",
    ),
}


def plans_of(served: Served, statements: list[Statement]) -> list[str]:
    with served.database.reading() as connection:
        return [
            step[3]
            for statement, values in statements
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]


@pytest.mark.parametrize("scope", [Everything(), OURS], ids=["everything", "one agency"])
@pytest.mark.parametrize("case", SUMMED)
def test_sums_of_a_subject_are_read_from_its_index(served: Served, case: str, scope: Scope) -> None:
    ask, index = SUMMED[case]
    served.intake.take([arrival(one) for one in chain(3)])
    with said_to_the_database() as statements, served.database.reading() as connection:
        ask(connection, scope)
    first = plans_of(served, [next(one for one in statements if "FROM visits" in one[0] or "JOIN visits" in one[0])])
    assert any(f"SEARCH visits USING COVERING INDEX {index} " in step for step in first), first


def test_what_an_agency_had_confirmed_is_found_among_what_was_confirmed(served: Served) -> None:
    with said_to_the_database() as statements, served.database.reading() as connection:
        confirmed_between(connection, Narrowed(OURS), 0, NOW_MS)
    [plan] = plans_of(served, [one for one in statements if "confirmed_at_ms" in one[0]])
    assert (
        "USING COVERING INDEX visits_confirmed_of_agency (agency=? AND confirmed_at_ms>? AND confirmed_at_ms<?)" in plan
    )


def test_doubted_visits_of_a_year_are_found_by_their_band_and_not_by_their_year(served: Served) -> None:
    with said_to_the_database() as statements, served.database.reading() as connection:
        doubted_by_theme(connection, OURS, OURS.agency, Span(0, NOW_MS))
    [plan, *_] = [step for step in plans_of(served, statements[-1:]) if step.startswith("SEARCH visits ")]
    assert "(agency=? AND band=?" in plan, plan


FEW = {
    "those put off": (VisitFilter(work=Work.SNOOZED), "visits_put_off"),
    "broken links": (VisitFilter(link=LinkState.GAP), "sqlite_autoindex_visits_1 (digest=?)"),
}


@pytest.mark.parametrize("scope", [Everything(), OURS], ids=["everything", "one agency"])
@pytest.mark.parametrize("case", FEW)
def test_few_visits_are_not_looked_for_among_all_of_a_band_or_class(served: Served, case: str, scope: Scope) -> None:
    wanted, index = FEW[case]
    with said_to_the_database() as statements, served.database.reading() as connection:
        band_counts(connection, scope, wanted, NOW_MS)
        class_counts(connection, scope, wanted, NOW_MS)
        visits_page(connection, scope, replace(wanted, band=Band.HOLD), Cut(50, NOW_MS))
    asked = [one for one in statements if "FROM visits" in one[0]]
    steps = [step for step in plans_of(served, asked) if step.startswith(("SEARCH visits", "SCAN visits"))]
    assert len(steps) > len(Band)
    assert all(index in step for step in steps), steps


def test_tabs_of_the_queue_are_counted_by_one_statement_that_is_made_once(served: Served) -> None:
    wanted = VisitFilter(work=Work.WAITING)
    with said_to_the_database() as statements, served.database.reading() as connection:
        for now_ms in (NOW_MS, NOW_MS + 1):
            band_counts(connection, OURS, wanted, now_ms)
    counted = [(said, values) for said, values in statements if "count(" in said]
    assert len({said for said, _ in counted}) == 1
    assert [NOW_MS in values for _, values in counted] == [True, False]


def test_what_is_handled_of_a_class_is_not_looked_for_among_all_of_it(served: Served) -> None:
    with said_to_the_database() as statements, served.database.reading() as connection:
        class_counts(connection, OURS, VisitFilter(work=Work.HANDLED), NOW_MS)
    steps = [step for step in plans_of(served, statements) if step.startswith("SEARCH visits")]
    assert all("(agency=? AND gravest=? AND band=? AND handled=?)" in step for step in steps), steps
