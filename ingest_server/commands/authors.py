"""Who gives a command that changes what counts: a user of ours who is named, else the operating system's user."""

import getpass
from typing import Annotated

import typer
from sqlalchemy import Connection

from ingest_server.clock import now_ms
from ingest_server.errors import AuthorError
from ingest_server.store.accounts import accounts
from ingest_server.store.changes import By
from visit_record.readable import is_readable

MOST_CHARACTERS = 500

Author = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="操作人 · A known user; the operating system's user unless given."),
]
Note = Annotated[str | None, typer.Option(help="说明 · Why, for the history; one line of at most 500 characters.")]


def author(connection: Connection, name: str | None, note: str | None) -> By:
    """The author of a change that is made now.

    Raises:
        AuthorError: there is no such user, or the name or note is too long or would not read as it stands.
    """
    _check("--note", note or "")
    if name is None:
        return By(machines_user(), now_ms(), note)
    _check("--by", name)
    if name not in {account.name for account in accounts(connection)}:
        raise AuthorError(f"there is no user {name}; `ingest-server users list` shows all")
    return By(name, now_ms(), note)


def machines_user() -> str:
    """The operating system's user, marked, so that nobody takes an account of this machine for one of ours.

    Raises:
        AuthorError: its name would not read as it stands.
    """
    name = getpass.getuser()
    if not is_readable(name):
        raise AuthorError(f"the user of this machine, {name[:96]!a}, cannot be kept in a history; say --by NAME")
    return f"os:{name}"[:96]


def _check(option: str, text: str) -> None:
    if len(text) > MOST_CHARACTERS or not is_readable(text):
        raise AuthorError(
            f"{option} is one line of at most {MOST_CHARACTERS} characters, without control characters or marks that "
            "turn the direction of writing"
        )
