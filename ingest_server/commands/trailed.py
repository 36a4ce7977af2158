"""What a command does is in the audit trail too, in the same transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection

from ingest_server.clock import now_ms
from ingest_server.commands.authors import machines_user
from ingest_server.store.database import Database
from ingest_server.store.trail import Actor, Deed, Entry, enter

MOST_ACTOR, MOST_ABOUT = 64, 512
_DONE: Final = 200


@contextmanager
def managing(store: Database, command: str, *about: str | None) -> Iterator[Connection]:
    """A transaction in which a command changes something, entered as done by the operating system's user.

    Raises:
        AuthorError: the name of the operating system's user would not read as it stands.
        StoreError: the store fails; nothing is changed.
    """
    actor, told = Actor(machines_user()[:MOST_ACTOR]), " ".join(filter(None, about))
    with store.writing() as connection:
        yield connection
        enter_done(connection, actor, Deed.MANAGE, command, f"ingest-server {command} {told}")


def enter_done(connection: Connection, actor: Actor, deed: Deed, command: str, about: str) -> None:
    """Enter what a command did, as a request that was answered is entered."""
    route, told = f"ingest-server {command}", about[:MOST_ABOUT]
    enter(connection, Entry(now_ms(), actor.name, actor.role, actor.agency, deed, route, told, _DONE, ""))
