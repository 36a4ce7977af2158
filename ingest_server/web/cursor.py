"""Opaque cursors: where the last page of a list ended. What is written in one is for each list to say."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Literal

from ingest_server.store.wanted import Place
from ingest_server.web.errors import WrongCursorError

ListOfVisits = Literal["visits", "evv"]
_PLACE = re.compile(r"(visits|evv):(0|[1-9][0-9]{0,14}),(0|[1-9][0-9]{0,14}),([0-9a-f]{64})")


def wrapped(content: bytes) -> str:
    """A cursor of some content."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def unwrapped(cursor: str) -> bytes:
    """The content of a cursor.

    Raises:
        WrongCursorError: it has none.
    """
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError as cause:
        raise WrongCursorError from cause


def fields_of(cursor: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """The fields of a cursor whose content is a text of a pattern.

    Raises:
        WrongCursorError: it is none that this server gave.
    """
    try:
        found = pattern.fullmatch(unwrapped(cursor).decode())
    except UnicodeDecodeError as cause:
        raise WrongCursorError from cause
    if found is None:
        raise WrongCursorError
    return found.groups()


def cursor_of(place: Place, of: ListOfVisits = "visits") -> str:
    """The cursor that continues after a place in a list of visits; two lists have two orders, and say whose it is."""
    return wrapped(f"{of}:{place.at_risk_fen},{place.check_in_ms},{place.digest}".encode())


def place_of(cursor: str, of: ListOfVisits = "visits") -> Place:
    """The place that a cursor names.

    Raises:
        WrongCursorError: it is none that this server gave for this list.
    """
    told, at_risk_fen, check_in_ms, digest = fields_of(cursor, _PLACE)
    if told != of:
        raise WrongCursorError
    return Place(int(at_risk_fen), int(check_in_ms), digest)
