"""What a command does is in the audit trail too, in the same transaction."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection

from ingest_server.clock import now_ms
from ingest_server.commands.authors import machines_user
from ingest_server.store.database import Database
from ingest_server.store.trail import Actor, Entry, enter
from ingest_server.vocabulary import Deed

MOST_ACTOR, MOST_ABOUT = 64, 512
_DONE: Final = 200


@contextmanager
def managing(store: Database, command: str, *about: str | None, by: str | None = None) -> Iterator[Connection]:
    """A transaction in which a command changes something, entered as done by the operating system's user.

    ``by`` is the name that was given with ``--by``: it is told, and proves nothing.

    Raises:
        AuthorError: the name of the operating system's user would not read as it stands.
        StoreError: the store fails; nothing is changed.
    """
    actor, told = Actor(machines_user()[:MOST_ACTOR]), " ".join(filter(None, (*about, as_given({"--by": by}))))
    with store.writing() as connection:
        yield connection
        enter_done(connection, actor, Deed.MANAGE, command, f"ingest-server {command} {told}".rstrip())


def enter_command(store: Database, command: str, *about: str | None, by: str | None = None) -> None:
    """Enter a command by itself, whose changes are no one transaction.

    It is entered before the first of them, so that what is interrupted does not stand untold; a migration, which may
    make the trail, after it.

    Raises:
        AuthorError, StoreError: as :func:`managing`.
    """
    with managing(store, command, *about, by=by):
        pass


def as_given(options: Mapping[str, object]) -> str:
    """Options as they were given, those that were not left out; ``(none)`` for what was given as nothing."""
    given = ((option, "(none)" if value == "" else value) for option, value in options.items() if value is not None)
    return " ".join(f"{option} {value}" for option, value in given)


def enter_done(connection: Connection, actor: Actor, deed: Deed, command: str, about: str) -> None:
    """Enter what a command did, as a request that was answered is entered."""
    route, told = f"ingest-server {command}", about[:MOST_ABOUT]
    enter(connection, Entry(now_ms(), actor.name, actor.role, actor.agency, deed, route, told, _DONE, ""))
