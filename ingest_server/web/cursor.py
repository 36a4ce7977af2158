"""The opaque cursor of a list: where the last page ended."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from ingest_server.store.wanted import Place
from ingest_server.web.errors import WrongCursorError

_PLACE = re.compile(r"(0|[1-9][0-9]{0,14}),(0|[1-9][0-9]{0,14}),([0-9a-f]{64})")


def cursor_of(place: Place) -> str:
    """The cursor that continues after a place."""
    return urlsafe_b64encode(f"{place.at_risk_fen},{place.check_in_ms},{place.digest}".encode()).rstrip(b"=").decode()


def place_of(cursor: str) -> Place:
    """The place that a cursor names.

    Raises:
        WrongCursorError: it is none that this server gave.
    """
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except ValueError as cause:
        raise WrongCursorError from cause
    found = _PLACE.fullmatch(text)
    if found is None:
        raise WrongCursorError
    return Place(int(found[1]), int(found[2]), found[3])
