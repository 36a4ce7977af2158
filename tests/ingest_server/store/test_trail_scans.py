"""What is rare in a trail of millions is found by an index of its own."""

import pytest

from ingest_server.store.scope import Everything
from ingest_server.store.trail import Deed, TrailFilter, entries
from tests.ingest_server.conftest import Served
from tests.ingest_server.store.test_scans import said_to_the_database


@pytest.mark.parametrize(
    ("wanted", "index"),
    [(TrailFilter(refused=True), "trail_refused"), (TrailFilter(deed=Deed.DECIDE), "trail_by_deed")],
    ids=["refusals", "decisions"],
)
def test_rare_entries_are_not_looked_for_one_by_one(served: Served, wanted: TrailFilter, index: str) -> None:
    with said_to_the_database() as statements, served.database.reading() as connection:
        entries(connection, Everything(), wanted, 100)
        [(statement, values)] = [one for one in statements if one[0].startswith("SELECT")]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert [index in step[3] for step in plan] == [True]
