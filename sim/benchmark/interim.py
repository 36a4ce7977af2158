"""A population until that of the world files is here."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.history.month import SHARES
from sim.staging.plan import plan_visit
from sim.staging.visits import StagedVisit, stage
from sim.staging.world import build_world
from visit_record.vocabulary import Typology


@dataclass(frozen=True)
class Population:
    """Homes, and so many visits."""

    seed: int
    count: int

    @property
    def genuine_share(self) -> dict[str, float]:
        """How probable it is that a visit of each caregiver is genuine."""
        world = build_world(self.seed, agencies=10, homes_each=30, caregivers_each=15)
        share = SHARES[Typology.GENUINE] / sum(SHARES.values())
        return {caregiver.id: share for home in world.homes for caregiver in home.caregivers}

    def visits(self) -> Iterator[StagedVisit]:
        """Each visit in turn."""
        world = build_world(self.seed, agencies=10, homes_each=30, caregivers_each=15)
        rng = np.random.default_rng(self.seed)
        kinds = list(SHARES)
        shares = np.array([SHARES[t] for t in kinds])
        for number in range(self.count):
            home = world.homes[number % len(world.homes)]
            caregiver = home.caregivers[int(rng.integers(len(home.caregivers)))]
            typology: Typology = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
            plan = plan_visit(int(rng.integers(2**31)), home, caregiver, 1_790_000_000_000 + number * 60_000)
            yield stage(plan, typology)
