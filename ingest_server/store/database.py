"""Opening the database, and turning its failures into the store's own error."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from ingest_server.errors import StoreError

# How long whoever wants to write waits for those who are writing.
PATIENCE_S: Final = 10.0
# Connections, as many as threads may ask at once. One beyond would be closed after its page, and opened for the next:
# with SQLAlchemy's five, under fifty people, that took a third of all that the pages took.
KEPT_OPEN: Final = 16


class Database:
    """An engine whose failures come out as :class:`StoreError`.

    Example:
        >>> database = Database("sqlite:///visits.db")
        >>> database.migrate()
        >>> with database.writing() as connection: ...
    """

    def __init__(self, url: str, patience_s: float = PATIENCE_S) -> None:
        """Name the database; nothing is opened yet. ``patience_s`` is how long a writer waits for those before.

        Raises:
            StoreError: ``url`` is no database's address, or its driver is not installed.
        """
        self._engine = _engine(url)
        self._patience_s = patience_s
        # As it may be shown: an address can hold a password.
        self.name = self._engine.url.render_as_string(hide_password=True)
        # SQLite has one writer, and lets whoever comes second sleep up to a tenth of a second and look again: our own
        # threads wait here instead, each until the one before is done. Others wait where rows meet.
        self._turn = Lock() if self._engine.dialect.name == "sqlite" else None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, committed at the end, undone on any error.

        Patience is for the whole of SQLite's file, and in PostgreSQL for each row or table that others hold.

        Raises:
            StoreError: the database fails, or others write to it for longer than patience lasts.
        """
        with _own_errors(self.name), self._turn_taken() as left_s, self._engine.connect() as connected:
            connection = connected.execution_options(carewitness_patience_ms=round(1000 * left_s))
            with connection.begin():
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that only reads.

        On SQLite all that is read in it is of one moment; elsewhere, as far as the database's own default goes:
        PostgreSQL's, read committed, lets a later query see what was committed meanwhile.

        Raises:
            StoreError: the database fails.
        """
        with _own_errors(self.name), self._engine.connect().execution_options(carewitness_read=True) as connection:
            yield connection

    @contextmanager
    def _turn_taken(self) -> Iterator[float]:
        """Our own threads' turn at writing; how many seconds are left to wait for other programs."""
        give_up_at_s = monotonic() + self._patience_s
        if self._turn is not None and not self._turn.acquire(timeout=self._patience_s):
            raise StoreError(f"the database {self.name}: others write to it; try again")
        try:
            yield max(0.0, give_up_at_s - monotonic())
        finally:
            if self._turn is not None:
                self._turn.release()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def migrate(self) -> None:
        """Bring the tables to this version.

        Raises:
            StoreError: the database fails, or is newer than this program.
        """
        try:
            with self._alembic() as config, self.writing() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError as cause:
            raise StoreError(f"the database {self.name}: {cause}; it is a newer program's, upgrade this one") from cause

    def require_current(self) -> None:
        """Migrate a new database; refuse one of another version.

        Raises:
            StoreError: the tables are of another version than this program.
        """
        if not self._made():
            self.migrate()

    def require_made(self) -> None:
        """Refuse a database without a store: a mistyped address must not look like an empty server, and makes no file.

        Raises:
            StoreError: there is none, it holds no store, or its tables are of another version than this program.
        """
        if self._without_a_file():
            raise StoreError(f"there is no database {self.name}; name the one that the server runs with")
        if not self._made():
            raise StoreError(
                f"the database {self.name} holds no store; name the one that the server runs with, or make this one: "
                "`ingest-server migrate`"
            )

    def _made(self) -> bool:
        """Whether the tables are there, and of this version."""
        with self._alembic() as config, self.reading() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
            wanted = ScriptDirectory.from_config(config).get_current_head()
        if found not in {None, wanted}:
            raise StoreError(
                f"the database {self.name} is at version {found}, not {wanted}: run `ingest-server migrate`"
            )
        return found is not None

    def _without_a_file(self) -> bool:
        """Whether it is SQLite's and has no byte yet: to open it would make it."""
        file = self._engine.url.database
        if self._engine.dialect.name != "sqlite" or (file or "").startswith("file:"):
            return False
        return not file or not Path(file).is_file() or not Path(file).stat().st_size

    @contextmanager
    def _alembic(self) -> Iterator[Config]:
        with as_file(files("ingest_server.store").joinpath("migrations")) as folder:
            config = Config()
            config.set_main_option("script_location", str(folder))
            yield config


# What the driver says, and what to do about it. Whatever it was, a transaction is whole or not there.
_ADVICE = (
    ("unable to open", "check that its folder is there and may be written"),
    ("not a database", "it is something else or damaged: set it aside and restore a backup"),
    ("malformed", "it is damaged: set it aside and restore a backup"),
    ("disk", "free some disk space; nothing was half-written"),
    ("readonly", "check its rights"),
    ("lock timeout", "others write to it; try again"),
    ("locked", "another program writes to it: end that one, or try again"),
    ("already exists", "it is another program's, or an interrupted migration's: name another, or restore a backup"),
)


@contextmanager
def _own_errors(name: str) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as cause:
        said = str(getattr(cause, "orig", None) or cause)
        advice = next((advice for word, advice in _ADVICE if word in said), "nothing was half-written")
        raise StoreError(f"the database {name}: {said}; {advice}") from cause


def _engine(url: str) -> Engine:
    try:
        engine = create_engine(url, pool_size=KEPT_OPEN)
    except (SQLAlchemyError, ImportError) as cause:
        # Not the address itself, which may hold a password.
        kind = url.partition(":")[0][:32]
        raise StoreError(
            f"no database of the kind {kind!r}: {cause.__class__.__name__}; write sqlite:///file.db"
        ) from cause
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def _prepare_sqlite(connection, _) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    # The driver's own transactions begin too late for BEGIN IMMEDIATE; we begin them below.
    connection.isolation_level = None
    # Of KiB that a connection keeps of the file: a page that reads a year of somebody's visits comes back to each.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-8192"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    # One patience for the turn among our threads and for the file: queued behind each other, threads that each had all
    # of it would fail after ten seconds, twenty, thirty.
    connection.exec_driver_sql(f"PRAGMA busy_timeout={_patience_ms(connection)}")
    # IMMEDIATE: two writers that both read the ledger's size first would deadlock on the upgrade of their locks.
    connection.exec_driver_sql("BEGIN" if options.get("carewitness_read", False) else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if not connection.get_execution_options().get("carewitness_read", False):
        # None at all would be for ever: 0 switches it off.
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, _patience_ms(connection))}")


def _patience_ms(connection: Connection) -> int:
    return int(connection.get_execution_options().get("carewitness_patience_ms", round(1000 * PATIENCE_S)))
