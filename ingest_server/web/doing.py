"""Who does something in a request, and the one transaction in which it is done and entered in the trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from fastapi import Request
from msgspec import Struct
from sqlalchemy import Connection

from ingest_server.store.trail import enter
from ingest_server.web.access import Viewer
from ingest_server.web.entries import entry_of
from ingest_server.web.parts import Parts

# RFC 9110, 15.4.4: a form that is done leads to a page, which nobody sends twice by looking at it again.
SEE_OTHER: Final = 303


class Doing(Struct, frozen=True):
    """Who does something, in which request; ``answered`` is the status that the trail tells if it is done."""

    request: Request
    parts: Parts
    viewer: Viewer
    answered: int = 200

    def tries(self, did: str) -> None:
        """Let the trail tell what this is about to do, should it be refused too."""
        self.request.state.did = did

    @contextmanager
    def entered(self, did: str) -> Iterator[Connection]:
        """A transaction with its entry in the trail, which tells ``did``: neither is there without the other.

        Where it is refused, :mod:`.trailing` enters the refusal, with ``did`` likewise.
        """
        self.tries(did)
        with self.parts.database.writing() as connection:
            yield connection
            told = entry_of(self.request, self.request.state.actor, self.answered, self.parts.now_ms())
            enter(connection, told)
        self.request.state.entered = True
