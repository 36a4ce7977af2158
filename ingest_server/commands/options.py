"""Options that several commands share, and the database they name."""

from pathlib import Path
from typing import Annotated

import typer

from ingest_server.data_dir import make_data_dir
from ingest_server.errors import StoreError
from ingest_server.settings import DATABASE_FILE, default_database_url
from ingest_server.shipped import enter_shipped_rules
from ingest_server.store.database import Database

DataDir = Annotated[Path, typer.Option("--data-dir", help="数据目录 · Folder of key and database.")]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database",
        envvar="CAREWITNESS_DATABASE",
        metavar="URL",
        help="数据库地址 · SQLAlchemy address; SQLite in the data folder unless given.",
    ),
]
DATA_DIR = Path("var")


def current_database(url: str | None, data_dir: Path) -> Database:
    """The store that a command works on, made if it is new.

    Raises:
        StoreError: the database fails, or is of another version.
    """
    if url is None:
        make_data_dir(data_dir)
    database = Database(url or default_database_url(data_dir))
    database.require_current()
    return database


def existing_database(url: str | None, data_dir: Path) -> Database:
    """The store that a command asks or changes, never made: a mistyped one must not look like an empty server.

    Raises:
        StoreError: there is none; or as :func:`current_database`.
    """
    if url is None and not (data_dir / DATABASE_FILE).exists():
        raise StoreError(f"there is no database in {data_dir}; name the folder that the server runs with")
    made = Database(url or default_database_url(data_dir))
    made.require_made()
    return made


def database_with_rules(url: str | None, data_dir: Path) -> Database:
    """The same, the rule set that ships with this version entered: what concerns rules finds one live.

    Raises:
        StoreError: as :func:`existing_database`.
    """
    database = existing_database(url, data_dir)
    enter_shipped_rules(database)
    return database
