"""What is looked at of each device in the background: its latest visits, however many notes stand between them."""

from ingest_server.fleet.troubles import RECENT, Device
from ingest_server.store.devices import enrol
from ingest_server.store.watch import active_devices
from tests.ingest_server.conftest import NOW_MS, Served, arrival, chain, enrolment
from tests.ingest_server.notes import note_about, read
from tests.ingest_server.store.test_scans import said_to_the_database, whole_tables
from tests.visit_record.examples import STRANGER
from visit_record.record import VisitRecord


def watched(served: Served) -> Device:
    with served.database.reading() as connection:
        return next(active_devices(connection))


def notes_after(visit: bytes, last: bytes, count: int) -> list[bytes]:
    sealed = [last]
    for _ in range(count):
        sealed.append(note_about(visit, sealed[-1]))
    return sealed[1:]


def check_ins(sealed: list[bytes]) -> list[int]:
    said = [read(one).said for one in reversed(sealed)]
    return [one.span.check_in_ms for one in said if isinstance(one, VisitRecord)]


def test_notes_push_no_visit_out_of_sight(served: Served) -> None:
    visits = chain(RECENT + 2)
    notes = notes_after(visits[0], visits[-1], RECENT)
    served.intake.take([arrival(one) for one in visits + notes])
    assert [one.check_in_ms for one in watched(served).recent] == check_ins(visits[2:])


def test_fewer_visits_than_are_looked_at_are_all_seen(served: Served) -> None:
    visits = chain(2)
    served.intake.take([arrival(one) for one in visits + notes_after(visits[0], visits[-1], RECENT + 1)])
    assert [one.check_in_ms for one in watched(served).recent] == check_ins(visits)


def test_device_that_sent_notes_alone_was_heard(served: Served) -> None:
    assert watched(served).heard_at_ms is None
    (visit,) = chain(1)
    served.intake.take([arrival(note_about(visit, visit))])
    found = watched(served)
    assert (found.heard_at_ms, found.recent) == (NOW_MS, ())


def test_device_of_which_nothing_came_is_there_too(served: Served) -> None:
    served.intake.take([arrival(one) for one in chain(1)])
    with served.database.writing() as connection:
        enrol(connection, [enrolment("device-2", "agency-b", STRANGER)], NOW_MS)
    with served.database.reading() as connection:
        found = [(one.device, one.heard_at_ms, len(one.recent)) for one in active_devices(connection)]
    assert found == [("device-1", NOW_MS, 1), ("device-2", None, 0)]


def test_latest_of_each_device_are_found_by_an_index(served: Served) -> None:
    served.intake.take([arrival(one) for one in chain(RECENT + 1)])
    with said_to_the_database() as statements, served.database.reading() as connection:
        assert len(list(active_devices(connection))) == 1
    assert whole_tables(served, statements) == []
    [(counted_back, values)] = [one for one in statements if "coalesce" in one[0]]
    with served.database.reading() as connection:
        plan = [step[3] for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {counted_back}", values)]
    counted = plan.index("CORRELATED SCALAR SUBQUERY 1")
    assert plan[counted + 1] == "SEARCH records USING INDEX records_chain (device=?)", plan
    assert sum("TEMP B-TREE" in step for step in plan) == 1, "the few that are found are sorted, and nothing else"
