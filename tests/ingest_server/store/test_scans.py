"""Nothing that the intake asks for each batch reads a whole table, or a million records would make each one slower."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select

from ingest_server.authenticity.counting import Period
from ingest_server.edits.shares import EditorKind
from ingest_server.ledger import merkle
from ingest_server.store.accounts import Account, add_account
from ingest_server.store.devices import enrol
from ingest_server.store.edit_sums import ShareFilter, shares_page
from ingest_server.store.fleet import FleetFilter, fleet_page
from ingest_server.store.key_rows import with_keys
from ingest_server.store.ledger_nodes import Ledger
from ingest_server.store.passwords import hashed
from ingest_server.store.people import people_page
from ingest_server.store.schema import edit_sums, records
from ingest_server.store.scope import Everything
from ingest_server.vocabulary import Role
from tests.ingest_server.conftest import NOW_MS, Served, arrival, chain, enrolment
from tests.visit_record.examples import STRANGER
from visit_record.sealing import digest_of

GROWING = (
    "records",
    "visits",
    "verdicts",
    "tallies",
    "counted_visits",
    "ledger_nodes",
    "case_visits",
    "cases",
    "daily_tallies",
    "visit_exceptions",
)
Statement = tuple[str, Any]


@contextmanager
def said_to_the_database() -> Iterator[list[Statement]]:
    """Every statement with its values."""
    heard: list[Statement] = []

    def hear(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        heard.append((statement, values))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def whole_tables(served: Served, statements: list[Statement]) -> list[str]:
    """What each statement that reads a growing table from end to end is planned to do."""
    plans: list[Any] = []
    with served.database.reading() as connection:
        for statement, values in statements:
            if statement.startswith(("SELECT", "DELETE", "UPDATE")):
                one = values[0] if isinstance(values, list) else values
                plans += connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", one).all()
    told = {plan[3] for plan in plans}
    return [plan for plan in sorted(told) if any(plan.startswith(f"SCAN {table}") for table in GROWING)]


def test_a_batch_reads_no_whole_table(served: Served) -> None:
    sealed = chain(30)
    served.intake.take([arrival(one) for one in sealed[:20]])
    with said_to_the_database() as statements:
        served.intake.take([arrival(one) for one in sealed[15:]])
    assert len(statements) > 10
    assert whole_tables(served, statements) == []


def test_a_scan_would_be_seen(served: Served) -> None:
    with said_to_the_database() as statements, served.database.reading() as connection:
        connection.execute(select(records.c.digest).where(records.c.prev == "none")).all()
    assert whole_tables(served, statements) == ["SCAN records"]


@pytest.mark.parametrize("size", [1, 2, 7, 20])
def test_a_proof_is_read_in_few_statements_and_holds(served: Served, size: int) -> None:
    sealed = chain(size)
    served.intake.take([arrival(one) for one in sealed])
    with said_to_the_database() as statements, served.database.reading() as connection:
        ledger = Ledger(connection)
        root, proof = ledger.root(), ledger.inclusion_proof(size - 1)
    assert merkle.verify_inclusion(merkle.leaf_hash(sealed[-1]), size - 1, size, proof, root)
    assert len([statement for statement, _ in statements if statement.startswith("SELECT")]) == 3
    assert whole_tables(served, statements) == []


def test_rows_by_keys_are_those_of_the_keys_alone(served: Served) -> None:
    sealed = chain(4)
    served.intake.take([arrival(one) for one in sealed])
    columns = (records.c.device, records.c.seq)
    with served.database.reading() as connection:
        keys = [("device-1", 2), ("device-1", 4), ("device-1", 99), ("device-2", 1)]
        found = connection.execute(with_keys(connection, select(records.c.digest), columns, keys)).scalars()
        assert set(found) == {digest_of(sealed[1]), digest_of(sealed[3])}
        assert connection.execute(with_keys(connection, select(records.c.digest), columns, [])).all() == []


def test_visits_of_whoever_was_edited_are_found_by_their_name(served: Served) -> None:
    of = {"kind": "caregiver", "subject": "caregiver-1", "agency": "agency-a", "month": "2026-09"}
    sums = dict.fromkeys(("edited", "lengthened", "edits", "withdrawals"), 1)
    with served.database.writing() as connection:
        connection.execute(insert(edit_sums), of | sums)
    wanted = ShareFilter(EditorKind.CAREGIVER, Period("2026-01", "2026-12"))
    with said_to_the_database() as statements, served.database.reading() as connection:
        assert len(shares_page(connection, Everything(), wanted, 25)) == 1
    [(statement, values)] = [one for one in statements if "FROM tallies" in one[0]]
    with served.database.reading() as connection:
        plan = [step[3] for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert any("tallies" in step and "subject=?" in step for step in plan), plan


def test_a_page_of_devices_or_people_takes_as_many_statements_however_many_it_holds(served: Served) -> None:
    def statements() -> int:
        with said_to_the_database() as heard, served.database.reading() as connection:
            fleet_page(connection, Everything(), FleetFilter(), 50)
            people_page(connection, NOW_MS, None, 50)
        return len(heard)

    with served.database.writing() as connection:
        add_account(connection, Account("one", Role.AUDITOR, None), hashed("correct horse battery"))
    before = statements()
    with served.database.writing() as connection:
        enrol(connection, [enrolment("device-2", "agency-b", STRANGER)], NOW_MS)
        add_account(connection, Account("other", Role.AUDITOR, None), hashed("correct horse battery"))
    assert statements() == before
