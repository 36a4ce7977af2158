"""The visits of a world, drawn: planned in one go, and staged each by itself, so that many processes may share them.

Example::

    population = Population.drawn(shipped_world("unseen"), seed=1, visits=20_000)
    for visit in population.visits():
        ...
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from msgspec.structs import replace

from sim.benchmark.odd_days import draw_circumstances
from sim.benchmark.ordering import draw_plan
from sim.benchmark.people import Person, draw_people
from sim.benchmark.world import BenchmarkWorld
from sim.staging.variants import drawn_variant
from sim.staging.visits import StagedVisit, stage
from sim.staging.world import Home
from visit_record.vocabulary import Typology

FIRST_DAY_MS = 1_767_571_200_000
"""2026-01-05 08:00 in Shanghai."""
DAY_MS, SLOT_MS, LATE_MS = 86_400_000, 9_000_000, 900_000
VISITS_A_DAY = 4


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """One visit before it is staged: whose, where, when, and what it is to be."""

    seed: int
    person: Person
    home: Home
    started_at_ms: int
    typology: Typology
    variant: str


@dataclass(frozen=True)
class Population:
    """All visits of a world's caregivers, each caregiver's together and in order of time."""

    world: BenchmarkWorld
    people: Sequence[Person]
    plans: Sequence[PlannedVisit]

    @classmethod
    def drawn(cls, world: BenchmarkWorld, seed: int, visits: int) -> "Population":
        """So many visits. Ids carry half and seed: two populations that differ in either share nobody and nothing."""
        rng = np.random.default_rng([seed, crc32(world.half.encode())])
        people = draw_people(world, f"{world.half}{seed}", visits, rng)
        plans = tuple(plan for person in people for plan in planned(world, person, _slots_ms(person.visits), rng))
        return cls(world, tuple(people), plans)

    @property
    def genuine_share(self) -> Mapping[str, float]:
        """How probable it is that a visit of each caregiver is genuine, by the caregiver's id."""
        return {person.caregiver.id: 1 - person.faked_share for person in self.people}

    def visits(self) -> Iterator[StagedVisit]:
        """Each visit in turn."""
        return (self.stage(number) for number in range(len(self.plans)))

    def stage(self, number: int) -> StagedVisit:
        """The visit of this number, the same whether or not those before it were staged.

        Raises:
            IndexError: there is no such visit.
        """
        planned = self.plans[number]
        honest = planned.typology is Typology.GENUINE
        # Who fakes a visit does not take the recipient for a walk.
        odds = self.world.visits if honest else replace(self.world.visits, outing=0.0)
        rng = np.random.default_rng([planned.seed, 0x4F44])
        caregiver = planned.person.caregiver
        plan, outing_s = draw_plan(planned.seed, planned.home, caregiver, planned.started_at_ms, odds, rng)
        around = draw_circumstances(plan, outing_s, odds, rng)
        return stage(plan, planned.typology, planned.variant, around)


def planned(
    world: BenchmarkWorld, person: Person, slots_ms: Iterable[int], rng: np.random.Generator
) -> Iterator[PlannedVisit]:
    """A caregiver's visits, one in each slot: slots are ``SLOT_MS`` apart or more, so that none overlap."""
    for slot_ms in slots_ms:
        starts_ms = slot_ms + int(rng.integers(LATE_MS))
        kind = _typology(world, person, rng)
        home = _home(world, person, kind, rng)
        variant = drawn_variant(kind, rng, world.variants.get(kind))
        yield PlannedVisit(int(rng.integers(2**62)), person, home, starts_ms, kind, variant)


def slot_ms(first_day_ms: int, number: int) -> int:
    """When the slot of a number begins, four a day; a day's first begins at ``first_day_ms``."""
    day, slot = divmod(number, VISITS_A_DAY)
    return first_day_ms + DAY_MS * day + SLOT_MS * slot


def _slots_ms(visits: int) -> Iterator[int]:
    """One slot after the other, from the first day on."""
    return (slot_ms(FIRST_DAY_MS, number) for number in range(visits))


def _typology(world: BenchmarkWorld, person: Person, rng: np.random.Generator) -> Typology:
    if rng.random() >= person.faked_share:
        return Typology.GENUINE
    if person.favourite is not None and rng.random() < world.caregivers.favourite_share:
        return person.favourite
    ways = list(world.typologies)
    edges = np.cumsum(list(world.typologies.values()))[:-1]
    return ways[int(np.searchsorted(edges, rng.random(), side="right"))]


def _home(world: BenchmarkWorld, person: Person, kind: Typology, rng: np.random.Generator) -> Home:
    """Any of the caregiver's homes; a family that shares the fee lives in the first."""
    bound = kind is Typology.COLLUDING_FAMILY and rng.random() < world.collusion
    return person.homes[0 if bound else int(rng.integers(len(person.homes)))]
