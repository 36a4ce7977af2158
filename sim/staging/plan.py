"""What was ordered, and what the kiosk was told: the claims of a visit, true or not."""

from dataclasses import dataclass

from sim.staging.world import Caregiver, Home
from visit_record.catalogue import service_items
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

    ``checked_in_by`` is the way in that was used at the kiosk, whoever used it.
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


def plan_visit(  # noqa: PLR0913, PLR0917 - the parts of a plan, most of them given
    visit_seed: int,
    home: Home,
    caregiver: Caregiver,
    started_at_ms: int,
    duration_s: float = VISIT_S,
    withheld: frozenset[Modality] = frozenset(),
) -> Plan:
    """The home's usual items one after another, shortened alike where the visit would not hold them."""
    usual_s = [60.0 * service_items()[item].usual_minutes for item in home.items]
    free_s = duration_s - ARRIVAL_S - DEPARTURE_S - PAUSE_S * (len(usual_s) - 1)
    scale = min(1.0, free_s / sum(usual_s))
    claims: list[Claim] = []
    at_s = ARRIVAL_S
    for item, length_s in zip(home.items, usual_s, strict=True):
        claims.append(Claim(item, at_s, at_s + scale * length_s))
        at_s += scale * length_s + PAUSE_S
    return Plan(visit_seed, home, caregiver, started_at_ms, duration_s, tuple(claims), withheld)
