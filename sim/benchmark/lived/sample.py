"""Which visits of a world are lived: half of them honest with every oddity among them, half faked in every way."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, zip_longest

from sim.benchmark.population import PlannedVisit, Population
from sim.benchmark.world import BenchmarkWorld
from sim.staging.variants import SHOWN_BY_ONE, VARIANTS, plainest
from sim.staging.visits import StagedVisit
from visit_record.vocabulary import Typology

# Visits that are drawn for each that is lived: about as many caregivers as there are visits, twice over.
DRAWN_FOR_EACH, LOOKED_AT_FOR_EACH = 90, 8
LEAST_OF_AN_ODDITY = 4


def sample(world: BenchmarkWorld, seed: int, count: int, longest_s: float) -> list[StagedVisit]:
    """So many visits of a world by turns honest and faked, each of another caregiver where there are enough.

    What surrounds a visit is as drawn; none is ordered for longer than ``longest_s``. How visits are faked is dealt out
    evenly over every variant of every typology that one visit can show. Honest visits in which something seldom is odd
    are preferred until there are a few of each.
    """
    drawn = Population.drawn(world, seed, count * DRAWN_FOR_EACH)
    plans = [_capped(plan, longest_s) for plan in _first_of_each(drawn.plans)]
    faked = _dealt_out(plans[: count // 2])
    looked_at = plans[count // 2 : LOOKED_AT_FOR_EACH * count]
    honest = [_made(plan, Typology.GENUINE, plainest(Typology.GENUINE)) for plan in looked_at]
    candidates = list(replace(drawn, plans=honest).visits())
    chosen = _with_oddities(candidates, count - len(faked))
    return _by_turns(chosen, list(replace(drawn, plans=faked).visits()))


def _first_of_each(plans: Sequence[PlannedVisit]) -> list[PlannedVisit]:
    """The first visit of each caregiver, then their others."""
    first = {plan.person.caregiver.id: plan for plan in reversed(plans)}
    firsts = {plan.seed for plan in first.values()}
    return [*reversed(first.values()), *(plan for plan in plans if plan.seed not in firsts)]


def _capped(plan: PlannedVisit, longest_s: float) -> PlannedVisit:
    return replace(plan, home=replace(plan.home, planned_s=min(longest_s, plan.home.planned_s)))


def _dealt_out(plans: Sequence[PlannedVisit]) -> list[PlannedVisit]:
    """Typologies by turns, and of each its variants by turns."""
    ways = {kind: cycle(VARIANTS[kind]) for kind in SHOWN_BY_ONE if kind is not Typology.GENUINE}
    return [_made(plan, kind, next(ways[kind])) for plan, kind in zip(plans, cycle(ways), strict=False)]


def _made(plan: PlannedVisit, kind: Typology, variant: str) -> PlannedVisit:
    return replace(plan, typology=kind, variant=variant)


def _with_oddities(candidates: Sequence[StagedVisit], count: int) -> list[StagedVisit]:
    """As drawn but for what is too seldom among them: the last ones give way to visits that have it."""
    chosen, spare = list(candidates[:count]), candidates[count:]
    seen = Counter(oddity for visit in chosen for oddity in visit.oddities)
    for visit in spare:
        wanted = [oddity for oddity in visit.oddities if seen[oddity] < LEAST_OF_AN_ODDITY]
        given_up = next((one for one in reversed(chosen) if _can_be_spared(one, seen)), None)
        if wanted and given_up is not None:
            chosen[chosen.index(given_up)] = visit
            seen.subtract(given_up.oddities)
            seen.update(visit.oddities)
    return chosen


def _can_be_spared(visit: StagedVisit, seen: Counter[str]) -> bool:
    return all(seen[oddity] > LEAST_OF_AN_ODDITY for oddity in visit.oddities)


def _by_turns(honest: Sequence[StagedVisit], faked: Sequence[StagedVisit]) -> list[StagedVisit]:
    pairs = zip_longest(honest, faked)
    return [visit for pair in pairs for visit in pair if visit is not None]
