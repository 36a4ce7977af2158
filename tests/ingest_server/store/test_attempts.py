"""Guessed passwords are slowed down, by whichever process is asked."""

from pathlib import Path

from ingest_server.store.attempts import MOST_FAILURES, WINDOW_MS, Pair, admit, forget
from ingest_server.store.database import Database
from tests.ingest_server.stores import new_store

HERE, ELSEWHERE, ANOTHER = Pair("somebody", "10.0.0.1"), Pair("somebody", "10.0.0.2"), Pair("another", "10.0.0.1")


def admitted(database: Database, pair: Pair, now_ms: int) -> bool:
    with database.writing() as connection:
        return admit(connection, pair, now_ms)


def test_failures_of_each_pair_are_counted_for_itself_by_all_processes_and_a_success_forgets_them(
    tmp_path: Path,
) -> None:
    one, other = (Database(f"sqlite:///{tmp_path / 'carewitness.db'}") for _ in range(2))
    one.migrate()
    for number in range(MOST_FAILURES):
        assert admitted((one, other)[number % 2], HERE, 0)
    assert not admitted(one, HERE, WINDOW_MS - 1)
    assert not admitted(other, HERE, WINDOW_MS - 1)
    assert admitted(other, ELSEWHERE, 0)
    assert admitted(other, ANOTHER, 0)
    with one.writing() as connection:
        forget(connection, HERE)
    assert admitted(other, HERE, 0)
    one.close()
    other.close()


def test_failures_are_over_when_their_time_is_and_nothing_is_kept_of_them(tmp_path: Path) -> None:
    database = new_store(tmp_path / "carewitness.db")
    assert all(admitted(database, HERE, 0) for _ in range(MOST_FAILURES))
    assert admitted(database, ANOTHER, WINDOW_MS)
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT name FROM login_attempts").scalars().all() == ["another"]
    database.close()
