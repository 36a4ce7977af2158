"""What was ordered, and what the kiosk was told: the claims of a visit, true or not."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.staging.world import Caregiver, Home
from visit_record.catalogue import service_items
from visit_record.record import PlannedOrder
from visit_record.vocabulary import IdentityMethod, Modality, ServiceRefusalReason

VISIT_S = 3600.0
ARRIVAL_S = 90.0
PAUSE_S = 90.0
DEPARTURE_S = 120.0


@dataclass(frozen=True)
class Claim:
    """An item that was marked as given, from ``start_s`` to ``end_s``."""

    item: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Refusal:
    """An ordered item that the kiosk was told was not given, and why."""

    item: str
    reason: ServiceRefusalReason


@dataclass(frozen=True)
class Plan:
    """One visit as ordered and as the kiosk was told; what really happens is the script's.

    ``duration_s`` is from check-in to check-out; ``planned_s`` and ``items`` are what was ordered, the same and the
    home's usual ones where they are ``None``. ``checked_in_by`` is the way in that was used at the kiosk, whoever used
    it. ``claims`` may overlap where somebody pressed the buttons so; they are in order of time.
    """

    visit_seed: int
    home: Home
    caregiver: Caregiver
    started_at_ms: int
    duration_s: float
    claims: tuple[Claim, ...]
    withheld: frozenset[Modality] = frozenset()
    refused: tuple[Refusal, ...] = ()
    checked_in_by: IdentityMethod = IdentityMethod.FACE
    planned_s: float | None = None
    items: tuple[str, ...] | None = None

    @property
    def order(self) -> PlannedOrder:
        """The order as the agency wrote it."""
        planned_s = self.duration_s if self.planned_s is None else self.planned_s
        items = self.home.items if self.items is None else self.items
        return PlannedOrder(f"order-{self.visit_seed}", self.started_at_ms, planned_s, items)


def plan_visit(  # noqa: PLR0913, PLR0917 - the parts of a plan, most of them given
    visit_seed: int,
    home: Home,
    caregiver: Caregiver,
    started_at_ms: int,
    duration_s: float = VISIT_S,
    withheld: frozenset[Modality] = frozenset(),
) -> Plan:
    """The home's usual items one after another, shortened alike where the visit would not hold them."""
    claims = one_after_another(home.items, duration_s)
    return Plan(visit_seed, home, caregiver, started_at_ms, duration_s, claims, withheld)


def one_after_another(
    items: Sequence[str], duration_s: float, lengths: Sequence[float] = (), gap: tuple[int, float] | None = None
) -> tuple[Claim, ...]:
    """Items with pauses between them, shortened alike where the visit would not hold them.

    ``lengths`` are factors on the usual minutes; ``gap`` is the number of an item and the seconds kept free before it.
    """
    at_item, gap_s = gap or (0, 0.0)
    scales = lengths or [1.0] * len(items)
    usual_s = [60.0 * service_items()[item].usual_minutes * scale for item, scale in zip(items, scales, strict=True)]
    free_s = duration_s - ARRIVAL_S - DEPARTURE_S - PAUSE_S * (len(usual_s) - 1) - gap_s
    scale = min(1.0, free_s / sum(usual_s))
    claims: list[Claim] = []
    at_s = ARRIVAL_S
    for number, (item, length_s) in enumerate(zip(items, usual_s, strict=True)):
        at_s += gap_s if number == at_item else 0.0
        claims.append(Claim(item, at_s, at_s + scale * length_s))
        at_s += scale * length_s + PAUSE_S
    return tuple(claims)
