"""Who gives a command that changes what counts: a user of ours who is named, else the operating system's user."""

import getpass
from typing import Annotated

import typer
from sqlalchemy import Connection

from ingest_server.clock import now_ms
from ingest_server.errors import RulesError
from ingest_server.store.accounts import accounts
from ingest_server.store.changes import By

Author = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="操作人 · A known user; the operating system's user unless given."),
]
Note = Annotated[str | None, typer.Option(help="说明 · Why, for the history.")]


def author(connection: Connection, name: str | None, note: str | None) -> By:
    """The author of a change that is made now.

    Raises:
        RulesError: there is no such user.
    """
    if name is None:
        # Marked, so that nobody takes an account of this machine for one of ours.
        return By(f"os:{getpass.getuser()}"[:96], now_ms(), note)
    if name not in {account.name for account in accounts(connection)}:
        raise RulesError(f"there is no user {name}; `ingest-server users list` shows all")
    return By(name, now_ms(), note)
