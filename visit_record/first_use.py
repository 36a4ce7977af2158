"""Types that any thread may be the first to read something as."""

from threading import Lock
from typing import Final, TypeVar

import msgspec

T = TypeVar("T")
_ONE_AT_A_TIME: Final = Lock()
_KNOWN: Final[set[object]] = set()


def known(kind: type[T]) -> type[T]:
    """The type itself, once msgspec knows its fields; where several threads decode or convert, they ask for it so.

    Raises:
        TypeError: msgspec cannot read such a type.
    """
    # msgspec (0.22) learns a struct's fields at its first use, and keeps what it has of them while it calls Python for
    # the rest: a thread that comes by in between reads fields that are not there yet, and the process dies (SIGSEGV).
    with _ONE_AT_A_TIME:
        if kind not in _KNOWN:
            msgspec.json.Decoder(kind)
            _KNOWN.add(kind)
    return kind
