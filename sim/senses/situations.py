"""Who may be where at one time: the situations that the thermal array was measured on, and what is nearest to one."""

from collections.abc import Iterable
from dataclasses import dataclass

from sim.script import Spot, Stay

Place = tuple[Spot, bool]


@dataclass(frozen=True)
class Situation:
    """The spots of everybody in the room, each with whether that one works there rather than rests."""

    people: tuple[Place, ...]

    @classmethod
    def of(cls, stays: Iterable[Stay]) -> "Situation":
        """Of the stays that are under way; in bed nobody works."""
        return cls(tuple(sorted((stay.spot, stay.moving and stay.spot is not Spot.BED) for stay in stays)))

    @property
    def name(self) -> str:
        """Spots in order of name, with a star where somebody works."""
        return "+".join(sorted(f"{spot}{'*' if moving else ''}" for spot, moving in self.people)) or "nobody"

    @property
    def bed(self) -> bool:
        """Whether somebody is in bed."""
        return any(spot is Spot.BED for spot, _ in self.people)

    @property
    def beside(self) -> int:
        """How many are at the bedside."""
        return sum(spot is Spot.BEDSIDE for spot, _ in self.people)

    @property
    def close(self) -> bool:
        """Whether two are close: at one spot, or one in bed and one beside it."""
        spots = [spot for spot, _ in self.people]
        return (self.bed and self.beside > 0) or len(set(spots)) < len(spots)


def _situation(*places: str) -> Situation:
    return Situation(tuple(sorted((Spot(place.rstrip("*")), place.endswith("*")) for place in places)))


SITUATIONS: tuple[Situation, ...] = tuple(
    _situation(*places.split())
    for places in (
        *("", "bed", "sofa", "door", "door*", "basin*", "bedside*", "bedside"),
        *("bed door", "bed door*", "bed basin*", "bed bedside*", "bed bedside", "bed sofa"),
        *("sofa sofa", "basin* sofa", "bedside* sofa", "basin* basin*", "basin* basin", "door* sofa"),
        *("bed sofa sofa", "bed bedside* sofa", "bed basin* sofa", "bed bedside* bedside*", "bed door* sofa"),
        *("basin* sofa sofa", "sofa sofa sofa", "bed bedside* sofa sofa"),
    )
)


def nearest_to(wanted: Situation) -> Situation:
    """The measured situation that the array would most nearly take it for: by people, bed, bedside, then movement."""
    return min(SITUATIONS, key=lambda one: _apart(one, wanted))


def _apart(one: Situation, other: Situation) -> tuple[int, ...]:
    moving, other_moving = (sum(works for _, works in people) for people in (one.people, other.people))
    spots = {spot for spot, _ in one.people} ^ {spot for spot, _ in other.people}
    return (
        abs(len(one.people) - len(other.people)),
        one.bed is not other.bed,
        abs(min(1, one.beside) - min(1, other.beside)),
        one.close is not other.close,
        abs(moving - other_moving),
        len(spots),
    )
