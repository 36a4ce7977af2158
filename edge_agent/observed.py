"""Everything that was observed in a visit, until it is sealed: of many hours too, in little memory."""

import zlib
from collections import defaultdict
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from edge_agent.observations import AnyObservation, Observation

# So many of a kind stand as they are; then they are packed together.
PACKED_AT = 256

O = TypeVar("O", bound=Observation)  # noqa: E741 - an observation


class Observed:
    """Used by one thread."""

    def __init__(self) -> None:
        self._fresh: dict[type[Observation], list[Observation]] = defaultdict(list)
        self._packed: dict[type[Observation], list[bytes]] = defaultdict(list)
        self._latest: dict[type[Observation], Observation] = {}

    def take(self, seen: AnyObservation) -> None:
        """Add what was observed."""
        kind = type(seen)
        self._latest[kind] = seen
        fresh = self._fresh[kind]
        fresh.append(seen)
        if len(fresh) >= PACKED_AT:
            self._packed[kind].append(zlib.compress(msgspec.msgpack.encode(fresh)))
            fresh.clear()

    def latest(self, kind: type[O]) -> O | None:
        """What was observed last of one kind."""
        seen = self._latest.get(kind)
        return seen if isinstance(seen, kind) else None

    def all(self, kind: type[O]) -> list[O]:
        """Everything of one kind, in the order in which it was observed."""
        return [*self._unpacked(kind), *(seen for seen in self._fresh[kind] if isinstance(seen, kind))]

    def _unpacked(self, kind: type[O]) -> Iterator[O]:
        for packed in self._packed[kind]:
            yield from msgspec.msgpack.decode(zlib.decompress(packed), type=list[kind])  # type: ignore[valid-type]
