"""Staged visits measured as the weigher measures them, in processes of their own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from msgspec.structs import replace

from ingest_server.scoring.seen import see
from ingest_server.scoring.weigher import measure
from models.weighing.alone import Floats, Sample
from sim.benchmark.population import Population
from sim.benchmark.processes import in_order
from sim.benchmark.world import BenchmarkWorld, shipped_world
from sim.history.record import record_of
from sim.senses.half import Half
from sim.senses.senses import Senses
from visit_record.catalogue import service_items
from visit_record.record import ChainLink
from visit_record.vocabulary import NotObservedReason, Typology

CHUNK = 500


@dataclass(frozen=True)
class Drawn:
    """A world's visits, so many of them faked, drawn with one seed."""

    world: str
    seed: int
    visits: int
    faked_share: float


@dataclass(frozen=True)
class Measured:
    """Measured visits: ``values`` [N, E], and what they are."""

    values: Floats
    truth: tuple[Typology, ...]

    def and_those_of(self, other: "Measured") -> "Measured":
        """These visits, and then others."""
        return Measured(np.concatenate([self.values, other.values]), self.truth + other.truth)

    def sample(self, faked: tuple[Typology, ...]) -> Sample:
        """The same, with the ways of faking by their places."""
        places = {Typology.GENUINE: 0} | {typology: 1 + nth for nth, typology in enumerate(faked)}
        return Sample(self.values, np.array([places[typology] for typology in self.truth]))


def measured(drawn: Drawn, processes: int, progress: Callable[[int], None]) -> Measured:
    """Stage, witness and measure every visit, in their order whatever the number of processes.

    Raises:
        BenchmarkError: a process was ended from outside, as where memory ran out.
    """
    starts = range(0, drawn.visits, CHUNK)
    rows: list[tuple[list[float], Typology]] = []
    for chunk in in_order(partial(_chunk, drawn), starts, processes):
        rows += chunk
        progress(len(chunk))
    values, truth = zip(*rows, strict=True)
    return Measured(np.array(values), truth)


def _chunk(drawn: Drawn, start: int) -> list[tuple[list[float], Typology]]:
    return list(_rows(drawn, start))


def _rows(drawn: Drawn, start: int) -> Iterator[tuple[list[float], Typology]]:
    population, senses = _population(drawn), _senses(drawn.world)
    for number in range(start, min(start + CHUNK, len(population.plans))):
        visit = population.stage(number)
        record = record_of(visit, ChainLink(1, None), "ueid", {}, senses)
        values = [_number(value) for value in measure(see(record, service_items()))]
        yield values, visit.truth


def _number(value: float | NotObservedReason) -> float:
    return float("nan") if isinstance(value, NotObservedReason) else value


@cache
def _population(drawn: Drawn) -> Population:
    return Population.drawn(more_faked(shipped_world(drawn.world), drawn.faked_share), drawn.seed, drawn.visits)


def more_faked(world: BenchmarkWorld, share: float) -> BenchmarkWorld:
    """The same world with more dishonest caregivers, so that every way of faking is seen often enough."""
    people = replace(world.caregivers, dishonest_share=min(0.9, share * 1.5))
    return replace(world, faked_share=share, caregivers=people)


@cache
def _senses(world: str) -> Senses:
    return Senses.measured(Half(shipped_world(world).half))
