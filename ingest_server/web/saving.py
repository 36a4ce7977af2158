"""Keeping a query, from a page or a program: the one way, each in one transaction with its entry in the trail."""

from urllib.parse import parse_qsl

from fastapi import Request
from msgspec import Struct

from ingest_server.queries.address import read, written
from ingest_server.queries.views import VIEWS
from ingest_server.store import saved
from ingest_server.store.saved import Kept, SavedQuery
from ingest_server.vocabulary import Deed
from ingest_server.web.doing import Doing
from ingest_server.web.errors import NotFoundError


class KeptQuery(Struct, frozen=True):
    """What somebody asks to keep: a name, a view, the query of an address, and whether others like them see it."""

    name: str
    view: str
    query: str
    shared: bool


async def saving(request: Request) -> None:
    """A dependency: what this request does, were it refused, is about saved queries."""
    if request.method != "GET":
        request.state.deed = Deed.SAVE


def keep(keeping: Doing, asked: KeptQuery) -> SavedQuery:
    """Keep a question by a name.

    Raises:
        NotFoundError: there is no such view.
        QueryError: the question is not understood, or the name is none or taken.
    """
    keeping.tries(f"keep {asked.name.strip()}: {asked.view}?{asked.query}")
    kept = _understood(asked)
    did = f"keep {kept.name.strip()}: {kept.view}?{kept.query}"
    with keeping.entered(did) as connection:
        return saved.save(connection, keeping.viewer.account, kept, keeping.parts.now_ms())


def change_kept(keeping: Doing, number: int, asked: KeptQuery) -> SavedQuery:
    """Change one of the viewer's own.

    Raises:
        NotFoundError: there is none of theirs of the number, or no such view.
        QueryError: the question is not understood, or the name is none or taken.
    """
    keeping.tries(f"change {asked.name.strip()}: {asked.view}?{asked.query}")
    kept = _understood(asked)
    did = f"change {kept.name.strip()}: {kept.view}?{kept.query}"
    with keeping.entered(did) as connection:
        found = saved.change(connection, keeping.viewer.account, number, kept, keeping.parts.now_ms())
        if found is None:
            raise NotFoundError
        return found


def forget_kept(keeping: Doing, number: int) -> None:
    """Delete one of the viewer's own.

    Raises:
        NotFoundError: there is none of theirs of the number.
    """
    with keeping.entered("delete") as connection:
        if not saved.forget(connection, keeping.viewer.account, number):
            raise NotFoundError


def _understood(asked: KeptQuery) -> Kept:
    if asked.view not in VIEWS:
        raise NotFoundError
    query = read(VIEWS[asked.view], parse_qsl(asked.query.removeprefix("?"), keep_blank_values=True))
    return Kept(asked.name, asked.view, written(query), asked.shared)
