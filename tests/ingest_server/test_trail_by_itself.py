"""The trail reaches the ledger where no record arrives, by the writer that enters records, and when the server ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from ingest_server.intake.intake import Reply
from ingest_server.intake.mqtt import IntakeSubscription
from ingest_server.intake.reading import Arrival
from ingest_server.store.database import Database
from ingest_server.store.ledger_nodes import Ledger
from ingest_server.store.trail import Actor, Entry, check_trail, enter
from ingest_server.store.trail_leaves import check_leaves
from ingest_server.vocabulary import Deed
from sim.demo.service import LogIn
from tests.ingest_server.conftest import NOW_MS, Served
from tests.whole import amqtt, await_true, running_server

NO_BROKER = "mqtt://127.0.0.1:1"


def somebody_looks(served: Served) -> None:
    somebody = Actor("auditor")
    with served.database.writing() as connection:
        enter(connection, Entry(NOW_MS, somebody.name, None, None, Deed.READ, "/", "/", 200, ""))


def lengths(database: Database) -> tuple[int, int]:
    """How many entries the trail has, and up to which it is in the ledger."""
    with database.reading() as connection:
        return check_trail(connection), check_leaves(connection)


def size(served: Served) -> int:
    with served.database.reading() as connection:
        return Ledger(connection).size


def test_batch_of_nothing_takes_the_trail_into_the_ledger_once(served: Served) -> None:
    somebody_looks(served)
    assert served.intake.take([]) == []
    assert lengths(served.database) == (1, 1)
    served.intake.take([])
    assert size(served) == 1
    assert not +served.tally.counts


def test_server_on_which_nobody_did_anything_has_an_empty_ledger(served: Served) -> None:
    served.intake.take([])
    assert (size(served), lengths(served.database)) == (0, (0, 0))


def unheard(_topic: str, _payload: bytes, _kept: bool) -> None:
    raise AssertionError("no device tells anything here")


@contextmanager
def running(subscription: IntakeSubscription) -> Iterator[None]:
    thread = Thread(target=subscription.run)
    thread.start()
    try:
        yield
    finally:
        subscription.stop()
        thread.join()


def test_on_a_quiet_night_what_people_do_is_entered_soon(served: Served) -> None:
    with running(IntakeSubscription(NO_BROKER, "intake", served.intake.take, unheard, quiet_s=0.05)):
        for count in (1, 2):
            somebody_looks(served)
            await_true(lambda count=count: lengths(served.database) == (count, count))  # type: ignore[misc]


def test_what_people_do_is_entered_at_the_end(served: Served) -> None:
    with running(IntakeSubscription(NO_BROKER, "intake", served.intake.take, unheard)):
        somebody_looks(served)
        assert lengths(served.database) == (1, 0)
    assert lengths(served.database) == (1, 1)


def test_full_disk_at_the_end_holds_nobody_up(served: Served, tmp_path: Path) -> None:
    def take(arrivals: list[Arrival]) -> list[Reply]:
        with Database(f"sqlite:///{tmp_path}").writing():
            raise AssertionError(arrivals)

    with running(IntakeSubscription(NO_BROKER, "intake", take, unheard)):
        somebody_looks(served)
    assert lengths(served.database) == (1, 0)


@pytest.mark.long
@pytest.mark.parametrize("page_processes", [1, 2])
def test_server_that_is_told_to_end_leaves_nothing_of_the_trail_out(tmp_path: Path, page_processes: int) -> None:
    with amqtt(tmp_path) as broker_url, running_server(tmp_path, broker_url, page_processes) as server:
        person = LogIn("auditor-1", "auditor")
        server.service.add_person(person)
        assert server.visits() == []
        server.stop()
        entered, covered = lengths(Database(f"sqlite:///{server.service.data_dir / 'carewitness.db'}"))
    assert entered >= 3
    assert covered == entered
