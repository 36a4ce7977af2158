"""A month of visits in a staged world, most of them honest. Seeded."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations

import numpy as np

from sim.history.oddities import oddly
from sim.staging.plan import plan_visit
from sim.staging.variants import drawn_variant
from sim.staging.visits import StagedVisit, stage
from sim.staging.world import Home, World
from visit_record.vocabulary import Typology

# Staged, not known: nobody has published how often each is done.
SHARES: Mapping[Typology, float] = {
    Typology.GENUINE: 0.915,
    Typology.EMPTY_ORDER: 0.025,
    Typology.COLLUDING_FAMILY: 0.01,
    Typology.PROXY_CAREGIVER: 0.01,
    Typology.RECIPIENT_ABSENT: 0.01,
    Typology.PADDED_DURATION: 0.01,
    Typology.SERVICE_SWAP: 0.005,
    Typology.REPLAYED_EVIDENCE: 0.005,
    Typology.FALSE_LOCATION: 0.005,
    Typology.TAMPERED_DEVICE: 0.005,
}
LOCAL_OFFSET = timedelta(hours=8)
OVERLAP_MS = 1_200_000


def month_of_visits(
    world: World, seed: int, until: datetime, days: int = 30
) -> Iterator[tuple[Home, list[StagedVisit]]]:
    """The visits of each home in the days before ``until``, in order of time."""
    midnight = datetime(until.year, until.month, until.day, tzinfo=UTC) - LOCAL_OFFSET
    months = {
        home: list(_visits(home, np.random.default_rng([seed, number]), midnight - timedelta(days=days), days))
        for number, home in enumerate(world.homes)
    }
    for agency in world.agencies:
        _book_twice([home for home in world.homes if home.agency == agency], months)
    yield from months.items()


def _book_twice(homes: Sequence[Home], months: Mapping[Home, list[StagedVisit]]) -> None:
    """The caregiver of an honest visit is said to be in another home at the same time, if both homes have them."""
    for here, there in permutations(homes, 2):
        for visit in months[here]:
            caregiver = visit.plan.caregiver
            if visit.truth is Typology.GENUINE and caregiver in there.caregivers:
                starts_ms = visit.plan.started_at_ms + OVERLAP_MS
                plan = plan_visit(visit.plan.visit_seed + 1, there, caregiver, starts_ms)
                months[there].append(stage(plan, Typology.DOUBLE_BOOKING))
                months[there].sort(key=lambda staged: staged.plan.started_at_ms)
                return


def _visits(home: Home, rng: np.random.Generator, first_day: datetime, days: int) -> Iterator[StagedVisit]:
    weekdays = {int(day) for day in rng.choice(7, size=home.visits_a_week, replace=False)}
    hour = float(rng.uniform(8, 16))
    for day in range(days):
        if day % 7 not in weekdays:
            continue
        starts = first_day + timedelta(days=day, hours=hour, minutes=float(rng.normal(0, 8)))
        caregiver = home.caregivers[0 if rng.random() < 0.8 else -1]
        plan = plan_visit(int(rng.integers(2**31)), home, caregiver, int(starts.timestamp() * 1000))
        honest_looking = Typology.SHARED_IDENTITY if caregiver.same_person_as else Typology.GENUINE
        typology = _typology(rng)
        staged = honest_looking if typology is Typology.GENUINE else typology
        yield oddly(stage(plan, staged, drawn_variant(staged, rng)), rng)


def _typology(rng: np.random.Generator) -> Typology:
    shares = list(SHARES.values())
    return list(SHARES)[int(rng.choice(len(shares), p=np.array(shares) / sum(shares)))]
