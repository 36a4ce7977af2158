"""Empty stores of tests' own: every migration is run once, which takes a third of a second, then its file copied."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest_server.store.database import Database


def new_store(file: Path) -> Database:
    """A store of this version, in a file that is made for it.

    Raises:
        FileExistsError: another store may be open in it.
    """
    with file.open("xb") as made:
        made.write(_migrated())
    return Database(f"sqlite:///{file}")


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "store.db"
        database = Database(f"sqlite:///{file}")
        database.migrate()
        database.close()
        return file.read_bytes()
