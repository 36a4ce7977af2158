"""One transaction in which something is decided and entered in the trail: neither is there without the other."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request
from sqlalchemy import Connection

from ingest_server.store.trail import enter
from ingest_server.web.entries import entry_of
from ingest_server.web.parts import Parts


@contextmanager
def entered(request: Request, parts: Parts, answered: int, did: str) -> Iterator[Connection]:
    """The transaction of a decision; ``answered`` is the status that the trail tells of it, ``did`` what was done."""
    with parts.database.writing() as connection:
        yield connection
        enter(connection, entry_of(request, request.state.actor, answered, parts.now_ms(), did))
    request.state.entered = True
