"""What is ordered for one visit, and how it then goes: its length, its items, and what was refused."""

import numpy as np

from sim.benchmark.odds import Visits
from sim.staging.plan import ARRIVAL_S, DEPARTURE_S, PAUSE_S, Claim, Plan, Refusal, one_after_another
from sim.staging.world import Caregiver, Home
from visit_record.catalogue import service_items
from visit_record.vocabulary import IdentityMethod, Modality, ServiceRefusalReason

OUTING_S, LEAST_WITH_OUTING_S = (1080.0, 1800.0), 3300.0
REASONS = tuple(ServiceRefusalReason)
REASON_SHARES = (0.5, 0.2, 0.18, 0.07, 0.05)
# Of the time that a visit has for its items, so much is filled with them; a slow hand stretches an item this far.
FILLED, MOST_STRETCHED = (0.7, 1.0), 1.4
MOST_ITEMS = 6


def draw_plan(  # noqa: PLR0913, PLR0917 - what is known of a visit before it
    visit_seed: int, home: Home, caregiver: Caregiver, started_at_ms: int, odds: Visits, rng: np.random.Generator
) -> tuple[Plan, tuple[float, float] | None]:
    """A plan whose claims are when the items are truly given, and when the two are out for a walk, if they are."""
    duration_s = round(home.planned_s * _stretch(odds, rng), 1)
    ordered = _ordered(home, rng, odds)
    given, refused = _refusals(ordered, odds, rng)
    out_s = float(rng.uniform(*OUTING_S))
    goes_out = rng.random() < odds.outing and duration_s >= LEAST_WITH_OUTING_S
    gap = (int(rng.integers(len(given))), out_s) if goes_out else None
    plan = Plan(
        visit_seed,
        home,
        caregiver,
        started_at_ms,
        duration_s,
        one_after_another(given, duration_s, _lengths(given, duration_s - (out_s if goes_out else 0), odds, rng), gap),
        withheld=home.room.withheld,
        refused=refused,
        checked_in_by=_way_in(home, odds, rng),
        planned_s=home.planned_s,
        items=ordered,
    )
    return plan, _outing(plan.claims, gap)


def _stretch(odds: Visits, rng: np.random.Generator) -> float:
    drawn = float(rng.random())
    if drawn < odds.early:
        return float(rng.uniform(0.55, 0.85))
    if drawn > 1 - odds.late:
        return float(rng.uniform(1.15, 1.4))
    return float(np.clip(rng.normal(1.0, 0.04), 0.88, 1.12))


def _ordered(home: Home, rng: np.random.Generator, odds: Visits) -> tuple[str, ...]:
    """Some of the home's usual items, as many as their usual minutes fit; in another order where some were moved."""
    room_s = home.planned_s - ARRIVAL_S - DEPARTURE_S
    taken: set[str] = set()
    for index in rng.permutation(len(home.items)).tolist():
        usual_s = 60.0 * service_items()[home.items[index]].usual_minutes + PAUSE_S
        if len(taken) < MOST_ITEMS and (usual_s <= room_s or not taken):
            taken.add(home.items[index])
            room_s -= usual_s
    items = [item for item in home.items if item in taken]
    return tuple(rng.permutation(items).tolist()) if rng.random() < odds.moved else tuple(items)


def _refusals(
    ordered: tuple[str, ...], odds: Visits, rng: np.random.Generator
) -> tuple[tuple[str, ...], tuple[Refusal, ...]]:
    if rng.random() >= odds.refusal or len(ordered) < 2:
        return ordered, ()
    refused = ordered[int(rng.integers(len(ordered)))]
    reason = REASONS[int(np.searchsorted(np.cumsum(REASON_SHARES), rng.random()))]
    return tuple(item for item in ordered if item != refused), (Refusal(refused, reason),)


def _lengths(items: tuple[str, ...], duration_s: float, odds: Visits, rng: np.random.Generator) -> list[float]:
    """How much longer than usual each takes, so that most of the visit is filled; one may be cut short."""
    usual_s = sum(60.0 * service_items()[item].usual_minutes for item in items)
    free_s = duration_s - ARRIVAL_S - DEPARTURE_S - PAUSE_S * len(items)
    filled = min(MOST_STRETCHED, float(rng.uniform(*FILLED)) * max(0.1, free_s / usual_s))
    lengths = (filled * np.exp(rng.normal(0, 0.2, len(items)))).tolist()
    if rng.random() < odds.shortened:
        lengths[int(rng.integers(len(items)))] *= float(rng.uniform(0.2, 0.5))
    return [float(length) for length in lengths]


def _outing(claims: tuple[Claim, ...], gap: tuple[int, float] | None) -> tuple[float, float] | None:
    if gap is None:
        return None
    back_s = claims[gap[0]].start_s - PAUSE_S / 2
    return max(ARRIVAL_S / 2, back_s - gap[1]), back_s


def _way_in(home: Home, odds: Visits, rng: np.random.Generator) -> IdentityMethod:
    unseen = Modality.FACE in home.room.withheld
    return IdentityMethod.PIN if unseen or rng.random() < odds.other_way_in else IdentityMethod.FACE
