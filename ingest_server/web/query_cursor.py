"""The opaque cursor of a combined query: where the last page of this very question ended."""

from hashlib import sha256
from typing import Final

import msgspec

from ingest_server.queries.address import written
from ingest_server.queries.columns import Kind
from ingest_server.queries.query import Query
from ingest_server.store.asking import Place, order_names
from ingest_server.web.cursor import unwrapped, wrapped
from ingest_server.web.errors import WrongCursorError

_TEXTS: Final = frozenset({Kind.ID, Kind.WORD, Kind.MONTH, Kind.TEXT})
_LARGEST: Final = 2**63 - 1


def cursor_of(query: Query, place: Place) -> str:
    """The cursor that continues after a place."""
    return wrapped(msgspec.json.encode((_mark(query), *place)))


def place_in(query: Query, cursor: str) -> Place:
    """The place that a cursor names.

    Raises:
        WrongCursorError: it is none that this server gave for this question.
    """
    try:
        mark, *place = msgspec.json.decode(unwrapped(cursor), type=list[str | int | float])
    except (ValueError, msgspec.DecodeError) as cause:
        raise WrongCursorError from cause
    names = order_names(query)
    if mark != _mark(query) or len(place) != len(names) or not all(map(_fits, (query,) * len(names), names, place)):
        raise WrongCursorError
    return tuple(place)


def _mark(query: Query) -> str:
    # Another question is ordered otherwise: its places would be none of this one's, and nobody would see it.
    return sha256(f"{query.view.name}?{written(query)}".encode()).hexdigest()[:16]


def _fits(query: Query, name: str, value: str | int | float) -> bool:
    """Whether a value is of its column's type: a database may refuse to compare others."""
    column = query.view.column(name)
    if column is not None and column.kind in _TEXTS:
        return isinstance(value, str) and "\0" not in value
    return not isinstance(value, str) and abs(value) <= _LARGEST
