"""What the thermal array makes of who is where."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sim.script import DecoyKind
from sim.senses.measured import RoomRow, Seen, State
from sim.senses.rows import chosen
from sim.senses.situations import Situation, nearest_to

NO_DECOY = "none"


@dataclass(frozen=True)
class RoomSense:
    """What the array makes of situations; a device keeps one home, and so what it gets wrong it gets wrong again."""

    rows: Sequence[RoomRow]

    def seen(self, device: str, decoys: Iterable[DecoyKind], situation: Situation) -> Seen:
        """In a home with decoys: where several stand, that which misleads most."""
        home = self._homes[chosen(list(self._homes), device)]
        nearest = self._nearest(situation)
        told = [home[decoy].seen[nearest.name] for decoy in sorted(decoys)] or [home[NO_DECOY].seen[nearest.name]]
        return min(told, key=lambda one: right(one, nearest))

    @cached_property
    def _homes(self) -> Mapping[str, Mapping[str, RoomRow]]:
        homes: dict[str, dict[str, RoomRow]] = {}
        for row in self.rows:
            homes.setdefault(row.home, {})[row.decoy] = row
        return homes

    @cached_property
    def _known(self) -> dict[Situation, Situation]:
        return {}

    def _nearest(self, situation: Situation) -> Situation:
        if situation not in self._known:
            self._known[situation] = nearest_to(situation)
        return self._known[situation]


def right(seen: Seen, situation: Situation) -> float:
    """Share of time over which all of a situation is told rightly."""
    return sum(share for state, share in seen.states if state == truth_of(situation))


def truth_of(situation: Situation) -> State:
    """What an array that is never wrong would say; the model tells no more than three people apart."""
    beside = situation.bed and situation.beside > 0
    return min(3, len(situation.people)), situation.bed, beside, situation.close
